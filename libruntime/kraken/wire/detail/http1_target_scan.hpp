// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One look at the bytes of a request target: whether each may stand there, where the path ends,
/// and whether the path may need decoding. Knows no escapes and no segments. Private to the wire
/// room.
#pragma once

#include "kraken/wire/detail/http1_scan.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kraken::wire::detail {

/// What a look at a target found.
struct target_scan {
  std::size_t path_size; ///< up to the first `?`
  bool valid;            ///< no byte that may not stand in a target
  bool marked;           ///< `%`, `.` or a slash behind a slash in the path
};

#if defined(__SSE2__)
/// Up to fifteen bytes in a block; zeros behind them.
[[nodiscard]] inline __m128i load_short(std::string_view text) noexcept {
  const char* const at = text.data();
  const std::size_t size = text.size();
  const auto byte = [at](std::size_t i) -> std::uint64_t {
    return static_cast<unsigned char>(at[i]);
  };
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  // Two loads that overlap; the shift drops from the second one what the first one has.
  if (size >= 8) {
    low = load<std::uint64_t>(at);
    high = load<std::uint64_t>(at + size - 8) >> 1U >> (8 * (16 - size) - 1);
  } else if (size >= 4) {
    const std::uint64_t last = load<std::uint32_t>(at + size - 4);
    low = load<std::uint32_t>(at) | last << (8 * (size - 4));
  } else {
    low = byte(0) | byte(size / 2) << (8 * (size / 2)) | byte(size - 1) << (8 * (size - 1));
  }
  return _mm_set_epi64x(static_cast<std::int64_t>(high), static_cast<std::int64_t>(low));
}

/// What the bytes of a block are, one bit each.
struct target_marks {
  unsigned fit;     ///< may stand in a target
  unsigned ends;    ///< `?`
  unsigned decodes; ///< `%` and `.`
  unsigned slashes;
};

[[nodiscard]] inline target_marks marks_of(__m128i block) noexcept {
  const auto where = [](__m128i bytes) { return static_cast<unsigned>(_mm_movemask_epi8(bytes)); };
  const auto is = [block](char c) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(c)); };
  const __m128i above_space = _mm_cmpeq_epi8(_mm_max_epu8(block, _mm_set1_epi8('!')), block);
  return {where(_mm_andnot_si128(_mm_or_si128(is('#'), is('\x7f')), above_space)),
          where(is('?')),
          where(_mm_or_si128(is('%'), is('.'))),
          where(is('/'))};
}
#endif

/// @param text starts with a slash
[[nodiscard]] inline target_scan scan_target(std::string_view text) noexcept {
  std::size_t path = text.size();
  bool marked = false;
#if defined(__SSE2__)
  unsigned misfits = 0;
  unsigned slash_before = 0; // bit 0: the last byte of the block before is one
  const auto see = [&](__m128i block, unsigned used, std::size_t at) {
    const auto found = marks_of(block);
    misfits |= used & ~found.fit;
    if (path != text.size()) {
      return; // the path has ended before
    }
    const unsigned before_end = (found.ends - 1) & ~found.ends;
    const unsigned doubled = found.slashes & (found.slashes << 1U | slash_before);
    slash_before = found.slashes >> 15U;
    marked = marked || ((found.decodes | doubled) & before_end) != 0;
    if (found.ends != 0) {
      path = at + static_cast<std::size_t>(std::countr_zero(found.ends));
    }
  };
  std::size_t at = 0;
  for (; text.size() - at >= 16; at += 16) {
    see(_mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at)), 0xffff, at);
  }
  if (at != text.size()) {
    const std::string_view rest{text.data() + at, text.size() - at};
    see(load_short(rest), (1U << rest.size()) - 1, at);
  }
  return {path, misfits == 0, marked};
#else
  bool valid = true;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    valid = valid && (bits_of(c) & target_bit) != 0;
    if (c == '?' && path == text.size()) {
      path = at;
    }
    const bool doubled = c == '/' && at != 0 && text[at - 1] == '/';
    marked = marked || (path == text.size() && (c == '%' || c == '.' || doubled));
  }
  return {path, valid, marked};
#endif
}

} // namespace kraken::wire::detail
