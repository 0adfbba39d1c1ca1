// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The sections whose tables are in other files of the room. Private to the room.
#pragma once

#include "config/option_table.hpp"

#include <array>
#include <string_view>

namespace kraken::config::detail {

[[nodiscard]] const section& daemon_section();
[[nodiscard]] const section& container_section(); ///< of model::child_spec: what every kind has
[[nodiscard]] const section& process_section();
[[nodiscard]] const section& pool_section();
[[nodiscard]] const section& http_section();

/// A kind a container may have.
struct kind_row {
  std::string_view name;
  const section* (*options)(); ///< null: the kind has none of its own
  std::string_view summary;
};

inline constexpr std::array kind_table{
    kind_row{"supervisor",
             []() -> const section* { return nullptr; },
             "only supervises its children; the type of a container with children that has no "
             "other"},
    kind_row{"process",
             []() -> const section* { return &process_section(); },
             "any program, supervised"},
    kind_row{"pool",
             []() -> const section* { return &pool_section(); },
             "workers that share a queue of requests"},
    kind_row{"http",
             []() -> const section* { return &http_section(); },
             "listens for HTTP and gives requests to pools"},
};

/// Null when there is no such kind.
[[nodiscard]] constexpr const kind_row* find_kind(std::string_view name) noexcept {
  for (const auto& row : kind_table) {
    if (row.name == name) {
      return &row;
    }
  }
  return nullptr;
}

/// Keys of a container that no table has.
inline constexpr std::array<std::string_view, 2> container_keys{"type", "children"};

} // namespace kraken::config::detail
