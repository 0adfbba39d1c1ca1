// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The one configuration of CAF's actor system in this product.
#pragma once

#include "caf/actor_system_config.hpp"

#include <cstdint>

namespace kraken::actor {

/// Which scheduler the actor system has.
enum class scheduling : std::uint8_t {
  shards,  ///< no thread: every actor is hosted on a shard
  testing, ///< `test_coordinator`: no thread, virtual time
};

/// No thread of CAF's, no command line, no configuration file; our error category is known.
class system_config : public caf::actor_system_config {
public:
  explicit system_config(scheduling how = scheduling::shards);
};

} // namespace kraken::actor
