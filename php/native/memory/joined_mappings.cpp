// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "joined_mappings.hpp"

#include <algorithm>

#include <sys/mman.h>

namespace kraken::php {

namespace {

constexpr const char* constants = "r--p";
constexpr const char* code = "r-xp";

bool goes_on(const own_mapping& row, const own_mapping& next) noexcept {
  return row.file == next.file && row.end == next.begin &&
         row.offset + (row.end - row.begin) == next.offset;
}

} // namespace

std::vector<own_mapping> joinable(std::span<const own_mapping> all) {
  std::vector<own_mapping> out;
  for (std::size_t at = 0; at < all.size();) {
    own_mapping row = all[at];
    const std::size_t first = at;
    bool has_code = false;
    for (; at < all.size() && (at == first || goes_on(row, all[at])); ++at) {
      if (all[at].rights != constants && all[at].rights != code) {
        break;
      }
      row.end = all[at].end;
      has_code = has_code || all[at].rights == code;
    }
    if (has_code && row.file != 0 && at - first > 1) {
      row.rights = code;
      out.push_back(row);
    }
    at = std::max(at, first + 1);
  }
  return out;
}

void join_mappings() {
  for (const auto& row : joinable(own_mappings())) {
    auto* const place = reinterpret_cast<void*>(row.begin); // an address the kernel has named
    static_cast<void>(::mprotect(place, row.end - row.begin, PROT_READ | PROT_EXEC));
  }
}

} // namespace kraken::php
