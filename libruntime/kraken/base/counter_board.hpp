// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where those who count put their counters, so that a metrics page can read them: by the path of
/// the container and the shard. Reads no counter itself.
#pragma once

#include "kraken/base/guarded.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace kraken {

/// @thread any
template <class Counters>
class counter_board {
public:
  /// Shows `counters` until `remove`; in place of those of the same path and shard.
  void add(const std::string& path, std::uint32_t shard, std::shared_ptr<const Counters> counters) {
    all_.with([&](auto& all) { all[{path, shard}] = std::move(counters); });
  }

  /// Forgets all counters of a path.
  void remove(const std::string& path) {
    all_.with([&](auto& all) {
      auto at = all.lower_bound({path, 0});
      while (at != all.end() && at->first.first == path) {
        at = all.erase(at);
      }
    });
  }

  /// Calls `each(path, shard, counters)` for all of them, by path and shard. `each` must not come
  /// back here.
  template <class Each>
  void visit(Each each) const {
    all_.with([&](const auto& all) {
      for (const auto& [at, counters] : all) {
        each(at.first, at.second, *counters);
      }
    });
  }

private:
  using position = std::pair<std::string, std::uint32_t>;

  guarded<std::map<position, std::shared_ptr<const Counters>>> all_;
};

} // namespace kraken
