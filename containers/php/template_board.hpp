// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where workers find the template of their pool: the link to it, while it can fork.
#pragma once

#include "containers/php/pool/pool_settings.hpp"
#include "kraken/base/guarded.hpp"
#include "kraken/process/launch/template_link.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace kraken::containers {

/// @thread any
class template_board {
public:
  using link = std::shared_ptr<process::template_link>;

  /// @param wanted what is to be made
  /// @return null when the pool has no template that can fork just that
  [[nodiscard]] link find(const std::string& pool, const pool_settings& wanted) const {
    return shown_.with([&](const auto& shown) {
      const auto found = shown.find(pool);
      return found != shown.end() && same_process(*found->second.made_with, wanted)
                 ? found->second.to
                 : nullptr;
    });
  }

  /// From here on this one forks for the pool.
  void show(const std::string& pool, link which, std::shared_ptr<const pool_settings> made_with) {
    shown_.with([&](auto& shown) { shown[pool] = {std::move(which), std::move(made_with)}; });
  }

  /// Without effect when another has taken its place.
  void hide(const std::string& pool, const link& which) {
    shown_.with([&](auto& shown) {
      const auto found = shown.find(pool);
      if (found != shown.end() && found->second.to == which) {
        shown.erase(found);
      }
    });
  }

private:
  struct shown_template {
    link to;
    std::shared_ptr<const pool_settings> made_with;
  };

  guarded<std::map<std::string, shown_template>> shown_;
};

} // namespace kraken::containers
