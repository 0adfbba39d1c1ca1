// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The inner loops of the HTTP/1 parsers: searches and comparisons that look at sixteen
/// bytes at a time where the machine can (SSE2 is part of x86-64). Private to the wire room.
#pragma once

#include "kraken/wire/detail/http1_chars.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace kraken::wire::detail {

template <class Word>
[[nodiscard]] inline Word load(const char* from) noexcept {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

#if defined(__SSE2__)
inline constexpr std::ptrdiff_t block_bytes = 16;

/// @param mask not zero
[[nodiscard]] inline unsigned first_bit(unsigned mask) noexcept {
  return static_cast<unsigned>(std::countr_zero(mask));
}

/// Which of sixteen bytes may be control characters. Adding one makes DEL negative: what is below
/// 0x21 as a signed number is then a control or DEL, and also a tab or an 8-bit character, which
/// are rare enough to be looked at one by one. The sign of a saturating difference is that
/// comparison.
[[nodiscard]] inline unsigned suspect_mask(const char* at) noexcept {
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i moved = _mm_add_epi8(block, _mm_set1_epi8(1));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_subs_epi8(moved, _mm_set1_epi8(0x21))));
}

/// The next byte that may be a control character, or the end of the input.
/// @param last_block sixteen bytes before the end of the input, which `at` is within
[[nodiscard]] inline const char* next_suspect(const char* at, const char* last_block) noexcept {
  for (; at < last_block; at += block_bytes) {
    if (const auto suspects = suspect_mask(at); suspects != 0) {
      return at + first_bit(suspects);
    }
  }
  const auto suspects = suspect_mask(last_block) >> static_cast<unsigned>(at - last_block);
  return suspects != 0 ? at + first_bit(suspects) : last_block + block_bytes;
}
#endif

/// First control character (not tab) in [at, end), or `end`.
/// @param from at or before `at`: what may be read besides, so that the last block can overlap
[[nodiscard]] inline const char*
find_control([[maybe_unused]] const char* from, const char* at, const char* end) noexcept {
#if defined(__SSE2__)
  if (end - from >= block_bytes) {
    at = next_suspect(at, end - block_bytes);
    while (at != end && (bits_of(*at) & control_bit) == 0) {
      at = next_suspect(at + 1, end - block_bytes);
    }
    return at;
  }
#endif
  while (at != end && (bits_of(*at) & control_bit) == 0) {
    ++at;
  }
  return at;
}

#if defined(__SSE2__)
/// Which of sixteen bytes are neither letters nor digits nor dashes. What is left of a byte after
/// each subtraction is zero where it is one of them; one more addition makes all else negative.
[[nodiscard]] inline unsigned other_mask(__m128i block) noexcept {
  const __m128i from_a = _mm_sub_epi8(_mm_or_si128(block, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
  const __m128i from_0 = _mm_sub_epi8(block, _mm_set1_epi8('0'));
  const __m128i no_letter = _mm_subs_epu8(from_a, _mm_set1_epi8(25));
  const __m128i no_digit = _mm_subs_epu8(from_0, _mm_set1_epi8(9));
  const __m128i no_dash = _mm_xor_si128(block, _mm_set1_epi8('-'));
  const __m128i other = _mm_min_epu8(_mm_min_epu8(no_letter, no_digit), no_dash);
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_adds_epu8(other, _mm_set1_epi8(0x7f))));
}

/// Whether `test` holds for blocks that together cover 4 bytes or more; blocks may overlap.
template <class Test>
[[nodiscard]] inline bool all_blocks(std::string_view text, Test test) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  if (text.size() >= 16) {
    for (; end - at > 16; at += 16) {
      if (!test(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)))) {
        return false;
      }
    }
    return test(_mm_loadu_si128(reinterpret_cast<const __m128i*>(end - 16)));
  }
  if (text.size() >= 8) {
    return test(_mm_set_epi64x(load<std::int64_t>(end - 8), load<std::int64_t>(at)));
  }
  const int last = load<std::int32_t>(end - 4);
  return test(_mm_set_epi32(last, last, last, load<std::int32_t>(at)));
}
#endif

/// True when all of `text` is letters, digits and dashes; may be false for them if it is short.
[[nodiscard]] inline bool is_plain_word([[maybe_unused]] std::string_view text) noexcept {
#if defined(__SSE2__)
  return text.size() >= 4 && all_blocks(text, [](__m128i block) { return other_mask(block) == 0; });
#else
  return false;
#endif
}

/// True when all of `text` is letters, digits, dashes and dots; may be false for them if short.
[[nodiscard]] inline bool is_plain_host([[maybe_unused]] std::string_view text) noexcept {
#if defined(__SSE2__)
  return text.size() >= 4 && all_blocks(text, [](__m128i block) {
           const auto dots =
               static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('.'))));
           return (other_mask(block) & ~dots) == 0;
         });
#else
  return false;
#endif
}

/// True when all of `text` is visible ASCII or space; may be false for such if it is short.
[[nodiscard]] inline bool is_plain_text([[maybe_unused]] std::string_view text) noexcept {
#if defined(__SSE2__)
  return text.size() >= 4 && all_blocks(text, [](__m128i block) {
           return _mm_movemask_epi8(_mm_cmplt_epi8(block, _mm_set1_epi8(0x20))) == 0;
         });
#else
  return false;
#endif
}

/// A run of token characters, and whether `_` is among them.
struct token_run {
  const char* end;
  bool underscore;
};

/// The token that starts at `at`, character by character; empty if none does.
[[nodiscard]] inline token_run scan_token(const char* at, const char* end) noexcept {
  unsigned seen = 0;
  while (at != end && (bits_of(*at) & token_bit) != 0) {
    seen |= bits_of(*at);
    ++at;
  }
  return {at, (seen & underscore_bit) != 0};
}

/// Equality of a token with a lower case literal of 4 to 24 bytes, a word at a time; the last
/// word overlaps the one before. Only for tokens: setting bit 5 of every byte would take some
/// control characters for punctuation.
template <std::size_t Size>
[[nodiscard]] inline bool token_is(std::string_view token, const char (&lower)[Size]) noexcept {
  constexpr std::size_t length = Size - 1;
  static_assert(length >= 4 && length <= 24);
  if (token.size() != length) {
    return false;
  }
  const char* at = token.data();
  if constexpr (length < 8) {
    constexpr std::uint32_t bit = 0x20202020U;
    constexpr std::size_t last = length - 4;
    const auto front = (load<std::uint32_t>(at) | bit) ^ load<std::uint32_t>(lower);
    const auto back = (load<std::uint32_t>(at + last) | bit) ^ load<std::uint32_t>(lower + last);
    return (front | back) == 0;
  } else {
    constexpr std::uint64_t bit = 0x2020202020202020U;
    constexpr std::size_t last = length - 8;
    constexpr std::size_t mid = last < 8 ? last : 8;
    const auto front = (load<std::uint64_t>(at) | bit) ^ load<std::uint64_t>(lower);
    const auto mids = (load<std::uint64_t>(at + mid) | bit) ^ load<std::uint64_t>(lower + mid);
    const auto back = (load<std::uint64_t>(at + last) | bit) ^ load<std::uint64_t>(lower + last);
    return (front | mids | back) == 0;
  }
}

/// Calls `each` for every non-empty element of a comma separated list, blanks trimmed.
template <class Each>
inline void for_each_element(std::string_view list, Each each) noexcept {
  while (!list.empty()) {
    const auto comma = list.find(',');
    std::string_view element = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    while (!element.empty() && (element.front() == ' ' || element.front() == '\t')) {
      element.remove_prefix(1);
    }
    while (!element.empty() && (element.back() == ' ' || element.back() == '\t')) {
      element.remove_suffix(1);
    }
    if (!element.empty()) {
      each(element);
    }
  }
}

} // namespace kraken::wire::detail
