// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A plugin of another version, whose list must not even be asked for.
#include "kraken/native/plugin.hpp"

#include <cstdlib>

const kraken::native::plugin kraken_plugin{
    .built = {.version = "0.0.7"},
    .classes = []() -> kraken::native::container_classes { std::abort(); }};
