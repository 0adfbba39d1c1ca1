// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A plugin as it should be.
#include "kraken/native/plugin.hpp"

namespace {

struct idle final : kraken::native::container {
  using container::container;
  kraken::native::behaviour construct() override { return {}; }
};

} // namespace

const kraken::native::plugin kraken_plugin{.classes = [] {
  return kraken::native::container_classes{
      kraken::native::container_class::of<idle>("Idle", "does nothing")};
}};
