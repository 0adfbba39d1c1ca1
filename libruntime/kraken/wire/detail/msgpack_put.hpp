// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// MessagePack's fixed formats written through a bare pointer, for encoders that have reserved
/// room for a whole frame. Each value in its shortest form. Private to the wire room.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace kraken::wire::detail {

inline constexpr std::size_t msgpack_head_bytes_max = 9; ///< of any number or container head

static_assert(std::endian::native == std::endian::little, "the byte swaps assume it");

inline char* put_byte(char* at, unsigned byte) noexcept {
  *at = static_cast<char>(byte);
  return at + 1;
}

inline char* put_u16(char* at, std::uint16_t value) noexcept {
  value = __builtin_bswap16(value);
  std::memcpy(at, &value, sizeof value);
  return at + sizeof value;
}

inline char* put_u32(char* at, std::uint32_t value) noexcept {
  value = __builtin_bswap32(value);
  std::memcpy(at, &value, sizeof value);
  return at + sizeof value;
}

inline char* put_u64(char* at, std::uint64_t value) noexcept {
  value = __builtin_bswap64(value);
  std::memcpy(at, &value, sizeof value);
  return at + sizeof value;
}

/// @param from two bytes, big endian; likewise below
inline std::uint16_t get_u16(const char* from) noexcept {
  std::uint16_t value = 0;
  std::memcpy(&value, from, sizeof value);
  return __builtin_bswap16(value);
}

inline std::uint32_t get_u32(const char* from) noexcept {
  std::uint32_t value = 0;
  std::memcpy(&value, from, sizeof value);
  return __builtin_bswap32(value);
}

inline std::uint64_t get_u64(const char* from) noexcept {
  std::uint64_t value = 0;
  std::memcpy(&value, from, sizeof value);
  return __builtin_bswap64(value);
}

/// Copies; short texts without a call, by two words that overlap.
inline char* put_bytes(char* at, std::string_view bytes) noexcept {
  const std::size_t size = bytes.size();
  if (size > 16) {
    std::memcpy(at, bytes.data(), size);
  } else if (size >= 8) {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::memcpy(&first, bytes.data(), sizeof first);
    std::memcpy(&last, bytes.data() + size - sizeof last, sizeof last);
    std::memcpy(at, &first, sizeof first);
    std::memcpy(at + size - sizeof last, &last, sizeof last);
  } else if (size >= 4) {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::memcpy(&first, bytes.data(), sizeof first);
    std::memcpy(&last, bytes.data() + size - sizeof last, sizeof last);
    std::memcpy(at, &first, sizeof first);
    std::memcpy(at + size - sizeof last, &last, sizeof last);
  } else if (size != 0) { // some of the three may be the same
    const char middle = bytes[size / 2];
    const char last = bytes[size - 1];
    at[0] = bytes[0];
    at[size / 2] = middle;
    at[size - 1] = last;
  }
  return at + size;
}

inline char* put_uint(char* at, std::uint64_t value) noexcept {
  if (value < 0x80) {
    return put_byte(at, static_cast<unsigned>(value));
  }
  if (value <= 0xff) {
    return put_byte(put_byte(at, 0xcc), static_cast<unsigned>(value));
  }
  if (value <= 0xffff) {
    return put_u16(put_byte(at, 0xcd), static_cast<std::uint16_t>(value));
  }
  if (value <= 0xffff'ffff) {
    return put_u32(put_byte(at, 0xce), static_cast<std::uint32_t>(value));
  }
  return put_u64(put_byte(at, 0xcf), value);
}

inline char* put_int(char* at, std::int64_t value) noexcept {
  if (value >= 0) {
    return put_uint(at, static_cast<std::uint64_t>(value));
  }
  const auto bits = static_cast<std::uint64_t>(value);
  if (value >= -32) {
    return put_byte(at, static_cast<unsigned>(bits & 0xffU));
  }
  if (value >= INT8_MIN) {
    return put_byte(put_byte(at, 0xd0), static_cast<unsigned>(bits & 0xffU));
  }
  if (value >= INT16_MIN) {
    return put_u16(put_byte(at, 0xd1), static_cast<std::uint16_t>(bits));
  }
  if (value >= INT32_MIN) {
    return put_u32(put_byte(at, 0xd2), static_cast<std::uint32_t>(bits));
  }
  return put_u64(put_byte(at, 0xd3), bits);
}

/// The three heads that have a short form and then 16 and 32 bit ones.
/// @param small code of the short form, which takes counts below `limit`
/// @param wide  code of the 16 bit form; the 32 bit one follows it
inline char*
put_count(char* at, std::uint32_t count, unsigned small, unsigned limit, unsigned wide) noexcept {
  if (count < limit) {
    return put_byte(at, small | count);
  }
  if (count <= 0xffff) {
    return put_u16(put_byte(at, wide), static_cast<std::uint16_t>(count));
  }
  return put_u32(put_byte(at, wide + 1), count);
}

inline char* put_array_head(char* at, std::uint32_t count) noexcept {
  return put_count(at, count, 0x90, 16, 0xdc);
}

inline char* put_map_head(char* at, std::uint32_t pairs) noexcept {
  return put_count(at, pairs, 0x80, 16, 0xde);
}

inline char* put_str_head(char* at, std::uint32_t size) noexcept {
  if (size >= 32 && size <= 0xff) {
    return put_byte(put_byte(at, 0xd9), size);
  }
  return put_count(at, size, 0xa0, 32, 0xda);
}

inline char* put_bin_head(char* at, std::uint32_t size) noexcept {
  if (size <= 0xff) {
    return put_byte(put_byte(at, 0xc4), size);
  }
  return put_count(at, size, 0, 0, 0xc5);
}

/// @param text < 4 GiB
inline char* put_str(char* at, std::string_view text) noexcept {
  return put_bytes(put_str_head(at, static_cast<std::uint32_t>(text.size())), text);
}

/// @param data < 4 GiB
inline char* put_bin(char* at, std::string_view data) noexcept {
  return put_bytes(put_bin_head(at, static_cast<std::uint32_t>(data.size())), data);
}

/// Bytes `put_str` takes.
[[nodiscard]] constexpr std::size_t str_bytes(std::size_t size) noexcept {
  return size + (size < 32 ? 1U : size <= 0xff ? 2U : size <= 0xffff ? 3U : 5U);
}

} // namespace kraken::wire::detail
