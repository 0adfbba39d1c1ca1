// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What `kraken shell` offers for the word under the cursor: commands, flags, choices, containers.
/// Reads no terminal and asks no daemon.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::console {

/// Candidates for the last word of `before`, sorted; empty when nothing fits.
/// @param before     the line up to the cursor
/// @param containers paths of the containers there are; their aliases are offered too
/// @thread any (pure)
[[nodiscard]] std::vector<std::string> offers(std::string_view before,
                                              std::span<const std::string> containers);

} // namespace kraken::console
