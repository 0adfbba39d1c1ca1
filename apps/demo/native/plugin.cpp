// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The cache as a plugin: a library that the installed `kraken serve` loads.
#include "cache.hpp"

#include "kraken/native/plugin.hpp"

const kraken::native::plugin kraken_plugin{.classes = [] {
  return kraken::native::container_classes{
      kraken::native::container_class::of<shop::cache>("Cache", "keeps values for a while")};
}};
