// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where those who count put their counters, so that a metrics page can read them: by the path of
/// the container, several per path (one per shard). Reads no counter itself.
#pragma once

#include "kraken/base/guarded.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kraken {

/// @thread any
template <class Counters>
class counter_board {
public:
  void add(const std::string& path, std::shared_ptr<const Counters> counters) {
    all_.with([&](auto& all) { all.emplace_back(path, std::move(counters)); });
  }

  /// Forgets all counters of a path.
  void remove(const std::string& path) {
    all_.with([&](auto& all) {
      all.erase(std::remove_if(
                    all.begin(), all.end(), [&](const auto& each) { return each.first == path; }),
                all.end());
    });
  }

  /// Calls `each(path, counters)` for all of them. `each` must not come back here.
  template <class Each>
  void visit(Each each) const {
    all_.with([&](const auto& all) {
      for (const auto& [path, counters] : all) {
        each(path, *counters);
      }
    });
  }

private:
  guarded<std::vector<std::pair<std::string, std::shared_ptr<const Counters>>>> all_;
};

} // namespace kraken
