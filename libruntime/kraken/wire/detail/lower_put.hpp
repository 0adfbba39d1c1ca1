// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Writing names in lower case, sixteen bytes at a time where the machine can. Private to the wire
/// room.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace kraken::wire::detail {

/// The bytes of a word in lower case. Only for ASCII without the high bit.
template <class Word>
[[nodiscard]] constexpr Word lower_word(Word word) noexcept {
  constexpr Word every = static_cast<Word>(~Word{0}) / 0xff; // 01 in each byte
  // The top bit of each byte becomes set where 'A' <= byte <= 'Z'; moved down it is bit 5.
  const Word from_a = word + every * (0x80 - 'A');
  const Word above_z = word + every * (0x7f - 'Z');
  return word | (((from_a ^ above_z) & (every * 0x80)) >> 2U);
}

template <class Word>
inline void put_lower_word(char* at, const char* from) noexcept {
  Word word = 0;
  std::memcpy(&word, from, sizeof word);
  word = lower_word(word);
  std::memcpy(at, &word, sizeof word);
}

#if defined(__SSE2__)
[[nodiscard]] inline __m128i capitals_of(__m128i block) noexcept {
  const __m128i from_a = _mm_sub_epi8(block, _mm_set1_epi8('A'));
  return _mm_cmpeq_epi8(_mm_min_epu8(from_a, _mm_set1_epi8(25)), from_a);
}

[[nodiscard]] inline __m128i lower_block(__m128i block) noexcept {
  return _mm_or_si128(block, _mm_and_si128(capitals_of(block), _mm_set1_epi8(0x20)));
}

inline void put_lower_block(char* at, const char* from) noexcept {
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(at), lower_block(block));
}

/// Eight to sixteen bytes: two halves that overlap, in one block.
inline void put_lower_halves(char* at, const char* from, std::size_t size) noexcept {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::memcpy(&first, from, sizeof first);
  std::memcpy(&last, from + size - sizeof last, sizeof last);
  const __m128i lower = lower_block(_mm_set_epi64x(last, first));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(at), lower);
  _mm_storel_epi64(reinterpret_cast<__m128i*>(at + size - sizeof last),
                   _mm_unpackhi_epi64(lower, lower));
}
#endif

/// Copies a token in lower case, a block or word at a time; the last overlaps the one before. Only
/// for ASCII without the high bit.
inline char* put_lower_token(char* at, std::string_view token) noexcept {
  const char* const from = token.data();
  const std::size_t size = token.size();
#if defined(__SSE2__)
  if (size > 16) {
    for (std::size_t done = 0; done < size - 16; done += 16) {
      put_lower_block(at + done, from + done);
    }
    put_lower_block(at + size - 16, from + size - 16);
    return at + size;
  }
  if (size >= 8) {
    put_lower_halves(at, from, size);
    return at + size;
  }
#else
  if (size >= 8) {
    for (std::size_t done = 0; done < size - 8; done += 8) {
      put_lower_word<std::uint64_t>(at + done, from + done);
    }
    put_lower_word<std::uint64_t>(at + size - 8, from + size - 8);
    return at + size;
  }
#endif
  if (size >= 4) {
    put_lower_word<std::uint32_t>(at, from);
    put_lower_word<std::uint32_t>(at + size - 4, from + size - 4);
    return at + size;
  }
  for (std::size_t i = 0; i < size; ++i) {
    const char c = from[i];
    at[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  }
  return at + size;
}

#if defined(__SSE2__)
/// Sixteen times the bit that makes a letter lower case, then sixteen times none: a block out of it
/// has the bit for as many bytes as it begins before the middle.
alignas(16) inline constexpr auto lower_bits = [] {
  std::array<char, 32> bits{};
  for (std::size_t i = 0; i < 16; ++i) {
    bits[i] = 0x20;
  }
  return bits;
}();

/// Makes the first `size` of sixteen bytes lower case where they stand.
/// @param size at most sixteen
inline void lower_begin_of_block(char* at, std::size_t size) noexcept {
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i bits =
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(lower_bits.data() + 16 - size));
  const __m128i lower = _mm_or_si128(block, _mm_and_si128(capitals_of(block), bits));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(at), lower);
}
#endif

/// Makes a token lower case where it stands. Only for ASCII without the high bit.
/// @param end up to here may be read and written, too, and stays as it is
inline void lower_in_place(char* at, std::size_t size, [[maybe_unused]] const char* end) noexcept {
#if defined(__SSE2__)
  if (size <= 16 && end - at >= 16) {
    lower_begin_of_block(at, size);
    return;
  }
#endif
  put_lower_token(at, {at, size});
}

} // namespace kraken::wire::detail
