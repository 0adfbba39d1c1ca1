// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A plugin that needs what no daemon has.
#include "kraken/native/plugin.hpp"

namespace kraken {

int of_another_version();

} // namespace kraken

const kraken::native::plugin kraken_plugin{.classes = [] {
  return kraken::native::container_classes(static_cast<std::size_t>(kraken::of_another_version()));
}};
