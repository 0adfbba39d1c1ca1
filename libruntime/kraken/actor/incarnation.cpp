// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Defaults for kinds that have no size, no process and take no messages.
#include "kraken/actor/incarnation.hpp"

namespace kraken::actor {

bool incarnation::receive(letter& what) {
  static_cast<void>(what);
  return false;
}

result<std::uint32_t> incarnation::scale(std::uint32_t count) {
  return fail(errc::unsupported,
              "a container of this kind has no size to set to " + std::to_string(count));
}

result<void> incarnation::signal_process(int /*number*/) {
  return fail(errc::unsupported, "a container of this kind has no process of its own");
}

result<void> incarnation::recycle_workers(std::function<void(result<void>)> /*done*/) {
  return fail(errc::unsupported, "a container of this kind has no workers of its own");
}

} // namespace kraken::actor
