// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a byte may be in HTTP/1: one table of classes. Searches nothing. Private to the wire room.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace kraken::wire::detail {

/// What a byte may be; bits, because one byte may be many things.
enum char_bit : std::uint8_t {
  token_bit = 1, ///< RFC 9110 tchar
  underscore_bit = 2,
  target_bit = 4,     ///< may stand in a request target: visible or 8-bit, without `#`
  control_bit = 8,    ///< below 0x20 except tab, or DEL
  authority_bit = 16, ///< may stand in a host name: unreserved, sub-delims, `%`
  hex_bit = 32,
};

constexpr std::array<std::uint8_t, 256> make_char_bits() {
  std::array<std::uint8_t, 256> bits{};
  const auto set = [&bits](std::string_view chars, char_bit bit) {
    for (const char c : chars) {
      auto& entry = bits[static_cast<unsigned char>(c)];
      entry = static_cast<std::uint8_t>(entry | bit);
    }
  };
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view digits = "0123456789";
  for (const auto word : {letters, digits}) {
    set(word, token_bit);
    set(word, authority_bit);
  }
  set("!#$%&'*+-.^_`|~", token_bit);
  set("-._~%!$&'()*+,;=", authority_bit);
  set("_", underscore_bit);
  set("0123456789abcdefABCDEF", hex_bit);
  for (unsigned c = 0; c < 256; ++c) {
    const bool control = (c < 0x20 && c != '\t') || c == 0x7f;
    const bool target = c > 0x20 && c != 0x7f && c != '#';
    bits[c] = static_cast<std::uint8_t>(bits[c] | (control ? control_bit : 0) |
                                        (target ? target_bit : 0));
  }
  return bits;
}

inline constexpr std::array<std::uint8_t, 256> char_bits = make_char_bits();

[[nodiscard]] inline std::uint8_t bits_of(char c) noexcept {
  return char_bits[static_cast<unsigned char>(c)];
}

[[nodiscard]] constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

/// Value of a hex digit.
/// @param c has `hex_bit`
[[nodiscard]] constexpr unsigned hex_value(char c) noexcept {
  const auto code = static_cast<unsigned>(static_cast<unsigned char>(c));
  return code <= '9' ? code - '0' : (code | 0x20U) - 'a' + 10U;
}

} // namespace kraken::wire::detail
