// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where a worker finds its pool and a pool its shards: one part per shard, touched by that
/// shard's thread only. Owned by the daemon's wiring.
#pragma once

#include "containers/php/pool/pool_shard.hpp"
#include "kraken/net/event_loop.hpp"
#include "kraken/net/exchange.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

namespace kraken::containers {

/// One shard's part.
/// @thread the shard's, all members
struct pool_registry_part {
  net::event_loop* loop = nullptr;
  net::sink_directory sinks; ///< what routes name: the pool's alias
  std::unordered_map<std::string, std::shared_ptr<pool_shard>> pools; ///< by path

  /// @return null when the pool is not running
  [[nodiscard]] std::shared_ptr<pool_shard> find(const std::string& path) const {
    const auto found = pools.find(path);
    return found == pools.end() ? nullptr : found->second;
  }
};

/// @thread any for `part` and `size`; see pool_registry_part for the rest
class pool_registry {
public:
  /// Adds the part of the next shard. Before the shards run.
  void add_shard(net::event_loop& loop) { parts_.emplace_back().loop = &loop; }

  [[nodiscard]] pool_registry_part& part(std::uint32_t shard) { return parts_[shard]; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(parts_.size()); }

private:
  std::deque<pool_registry_part> parts_;
};

} // namespace kraken::containers
