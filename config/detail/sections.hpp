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
[[nodiscard]] const section& php_section();
[[nodiscard]] const section& http_section();
[[nodiscard]] const section& native_section();

/// Keys of a container that no table has.
inline constexpr std::array<std::string_view, 2> container_keys{"type", "children"};

} // namespace kraken::config::detail
