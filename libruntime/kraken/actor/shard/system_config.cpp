// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/shard/system_config.hpp"

#include "kraken/actor/error_bridge.hpp"
#include "kraken/actor/shard/shard_scheduler.hpp"

#include "caf/actor_system.hpp"
#include "caf/atom.hpp"

#include <memory>

namespace kraken::actor {

system_config::system_config(scheduling how) {
  if (how == scheduling::testing) {
    set("scheduler.policy", caf::atom("testing"));
  } else {
    module_factories.emplace_back([](caf::actor_system& system) -> caf::actor_system::module* {
      return std::make_unique<shard_scheduler>(system).release(); // CAF takes it over
    });
  }
  add_error_category(error_category, render_error);
}

} // namespace kraken::actor
