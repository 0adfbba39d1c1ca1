// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where workers find the template of their pool: the link to it, while it can fork.
#pragma once

#include "kraken/base/guarded.hpp"
#include "kraken/process/launch/template_link.hpp"

#include <map>
#include <memory>
#include <string>

namespace kraken::containers {

/// @thread any
class template_board {
public:
  using link = std::shared_ptr<process::template_link>;

  /// @return null when the pool has no template that can fork
  [[nodiscard]] link find(const std::string& pool) const {
    return links_.with([&](const auto& links) {
      const auto found = links.find(pool);
      return found == links.end() ? nullptr : found->second;
    });
  }

  /// From here on this one forks for the pool.
  void show(const std::string& pool, link which) {
    links_.with([&](auto& links) { links[pool] = std::move(which); });
  }

  /// Without effect when another has taken its place.
  void hide(const std::string& pool, const link& which) {
    links_.with([&](auto& links) {
      const auto found = links.find(pool);
      if (found != links.end() && found->second == which) {
        links.erase(found);
      }
    });
  }

private:
  guarded<std::map<std::string, link>> links_;
};

} // namespace kraken::containers
