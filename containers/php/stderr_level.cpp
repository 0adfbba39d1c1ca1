// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/php/stderr_level.hpp"

#include <algorithm>
#include <array>

namespace kraken::containers {

namespace {

struct level_row {
  std::string_view begin;
  log::level level;
};

// Of main/main.c and Zend: what a message of each error level begins with.
constexpr std::array levels{level_row{"PHP Fatal error:", log::level::error},
                            level_row{"PHP Parse error:", log::level::error},
                            level_row{"PHP Recoverable fatal error:", log::level::error},
                            level_row{"PHP Warning:", log::level::warn}};

} // namespace

log::level level_of_stderr(std::string_view line) noexcept {
  const auto* const found = std::ranges::find_if(
      levels, [line](const level_row& row) { return line.starts_with(row.begin); });
  return found == levels.end() ? log::level::info : found->level;
}

} // namespace kraken::containers
