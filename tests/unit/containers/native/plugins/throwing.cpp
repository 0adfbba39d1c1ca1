// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A plugin whose list cannot be made.
#include "kraken/native/plugin.hpp"

#include <stdexcept>

const kraken::native::plugin kraken_plugin{.classes = []() -> kraken::native::container_classes {
  throw std::runtime_error("no licence");
}};
