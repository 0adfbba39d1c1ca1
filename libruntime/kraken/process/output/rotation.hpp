// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Turning over of a file of lines: when, and which names change. Pure; renames nothing itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace kraken::process {

/// When a file is turned over, and how many old ones stay.
struct rotation_rules {
  std::uint64_t max_bytes = 0; ///< 0: never
  std::uint32_t keep = 0;      ///< 0: the file begins anew

  friend bool operator==(const rotation_rules&, const rotation_rules&) = default;
};

/// One rename, by the number at the end of the names; 0 is the file itself.
struct rotation_step {
  std::uint32_t from = 0;
  std::uint32_t to = 0;

  friend bool operator==(const rotation_step&, const rotation_step&) = default;
};

/// The renames that make room for a new file, in their order; the last one takes the name of the
/// file itself. Nothing above the first free number moves: only when there is none, the oldest is
/// lost.
/// @param keep   at least 1
/// @param exists whether there is a file with this number; asked of 1 and up
/// @thread any (pure)
[[nodiscard]] std::vector<rotation_step>
rotation_steps(std::uint32_t keep, const std::function<bool(std::uint32_t number)>& exists);

/// Which part of `lines` the file takes before it is turned over: whole lines.
/// @param lines not empty, ends with a line end
/// @param size  of the file now
/// @return empty: it has to be turned over first. A line that is larger than the limit goes into an
///         empty file
/// @thread any (pure)
[[nodiscard]] std::string_view
part_within(std::string_view lines, std::uint64_t size, std::uint64_t max_bytes);

} // namespace kraken::process
