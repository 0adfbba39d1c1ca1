// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The mappings of this process's memory, as /proc/self/maps has them. Knows nothing of PHP.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kraken::php {

/// Neighbouring pages of one origin and with the same rights.
struct own_mapping {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;   ///< behind the last byte
  std::string rights;       ///< "r-xp": what may be done, and p for private
  std::uint64_t offset = 0; ///< of `begin` in the file, bytes
  std::uint64_t file = 0;   ///< its inode; 0: none
};

/// One line of that file. @return nothing for what is no such line, for one the rest of a longer
[[nodiscard]] std::optional<own_mapping> parse_mapping(const char* line);

/// All of them in the order of their addresses; none where /proc cannot be read.
[[nodiscard]] std::vector<own_mapping> own_mappings();

} // namespace kraken::php
