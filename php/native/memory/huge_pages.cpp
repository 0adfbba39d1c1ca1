// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "huge_pages.hpp"

#include "own_mappings.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <sys/mman.h>

namespace kraken::php {

namespace {

constexpr int collapse = 25; // MADV_COLLAPSE, which Debian's C library does not know yet
constexpr std::uintptr_t huge_bytes = 2U << 20U;
constexpr std::uintptr_t page_bytes = 4U << 10U;
constexpr std::ptrdiff_t pages_of_huge = huge_bytes / page_bytes;

// Larger ones are address space that somebody has set aside, a sanitizer for one, and not memory.
constexpr std::uintptr_t mapping_bytes_max = 1U << 30U;

// What is not there yet is given to it as well: no more than a quarter may be.
constexpr std::ptrdiff_t pages_wanted = pages_of_huge * 3 / 4;

bool is_nearly_whole(void* at) noexcept {
  std::array<unsigned char, pages_of_huge> there{};
  return ::mincore(at, huge_bytes, there.data()) == 0 &&
         std::count_if(there.begin(), there.end(), [](unsigned char each) {
           return (each & 1U) != 0;
         }) >= pages_wanted;
}

void join_in(std::uintptr_t begin, std::uintptr_t end) noexcept {
  for (auto at = (begin + huge_bytes - 1) & ~(huge_bytes - 1); at + huge_bytes <= end;
       at += huge_bytes) {
    auto* const place = reinterpret_cast<void*>(at); // an address the kernel has named
    if (is_nearly_whole(place)) {
      static_cast<void>(::madvise(place, huge_bytes, collapse) != 0);
    }
  }
}

} // namespace

void join_pages() {
  for (const auto& each : own_mappings()) {
    if (each.rights == "rw-p" && each.file == 0 && each.end - each.begin <= mapping_bytes_max) {
      join_in(each.begin, each.end);
    }
  }
}

} // namespace kraken::php
