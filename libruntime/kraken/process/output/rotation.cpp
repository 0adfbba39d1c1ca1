// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/process/output/rotation.hpp"

#include <algorithm>

namespace kraken::process {

std::vector<rotation_step> rotation_steps(std::uint32_t keep,
                                          const std::function<bool(std::uint32_t number)>& exists) {
  std::uint32_t free = 1;
  while (free < keep && exists(free)) {
    ++free;
  }
  std::vector<rotation_step> out;
  for (; free > 0; --free) {
    out.push_back({free - 1, free});
  }
  return out;
}

std::string_view part_within(std::string_view lines, std::uint64_t size, std::uint64_t max_bytes) {
  if (max_bytes == 0) {
    return lines;
  }
  const auto room = size < max_bytes ? max_bytes - size : 0;
  if (lines.size() <= room) {
    return lines;
  }
  const auto last = lines.substr(0, static_cast<std::size_t>(room)).rfind('\n');
  if (last != std::string_view::npos) {
    return lines.substr(0, last + 1);
  }
  return size == 0 ? lines.substr(0, std::max(lines.find('\n'), lines.find('\n') + 1))
                   : std::string_view{};
}

} // namespace kraken::process
