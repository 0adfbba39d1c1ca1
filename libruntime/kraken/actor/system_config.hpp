// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The one configuration of CAF's actor system in this product.
#pragma once

#include "caf/actor_system_config.hpp"

#include <cstdint>

namespace kraken::actor {

/// Which scheduler runs actors that are not hosted on a shard.
enum class scheduling : std::uint8_t {
  threads, ///< CAF's sharing scheduler, one thread
  testing, ///< `test_coordinator`: no thread, virtual time
};

/// Sharing scheduler, bounded throughput per turn (the default lets one self-sending actor starve
/// its thread for ever), no command line, no configuration file; our error category is known.
class system_config : public caf::actor_system_config {
public:
  explicit system_config(scheduling how = scheduling::threads);
};

} // namespace kraken::actor
