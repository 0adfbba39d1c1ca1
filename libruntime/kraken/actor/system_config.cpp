// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/system_config.hpp"

#include "kraken/actor/error_bridge.hpp"

#include "caf/atom.hpp"

#include <cstddef>

namespace kraken::actor {

system_config::system_config(scheduling how) {
  set("scheduler.policy", how == scheduling::testing ? caf::atom("testing") : caf::atom("sharing"));
  set("scheduler.max-threads", std::size_t{1});
  set("scheduler.max-throughput", std::size_t{100});
  add_error_category(error_category, render_error);
}

} // namespace kraken::actor
