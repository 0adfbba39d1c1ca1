// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Names and values of a query or of cookies that mean what they say: nothing to decode, no name
/// that PHP would change or take for an array. Whatever else comes is left to PHP's own parser.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kraken::php {

struct plain_pair {
  std::string_view name;
  std::string_view value;
};

/// What a character may be part of.
namespace plain_character {
inline constexpr std::uint8_t first_of_name = 1; ///< no digit: that might be an index
inline constexpr std::uint8_t name = 2;          ///< as PHP's variables are called, dashes besides
inline constexpr std::uint8_t query_value = 4;
inline constexpr std::uint8_t cookie_value = 8;

constexpr std::uint8_t kinds_of(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  const bool in_name = letter || (c >= '0' && c <= '9') || c == '-';
  const bool in_query = c != '&' && c != '%' && c != '+';
  const bool in_cookie = c != ';' && c != '%';
  return static_cast<std::uint8_t>((letter ? first_of_name : 0) | (in_name ? name : 0) |
                                   (in_query ? query_value : 0) | (in_cookie ? cookie_value : 0));
}

inline constexpr auto kinds = [] {
  std::array<std::uint8_t, 256> all{};
  for (std::size_t c = 0; c < all.size(); ++c) {
    all[c] = kinds_of(static_cast<char>(c));
  }
  return all;
}();
} // namespace plain_character

/// What separates pairs, whether blanks may stand before a name, and what a value is made of.
struct pair_rules {
  char separator;
  bool blanks_before;
  std::uint8_t value;
};

inline constexpr pair_rules query_rules{'&', false, plain_character::query_value};
inline constexpr pair_rules cookie_rules{';', true, plain_character::cookie_value};

/// @thread not shared
class plain_pair_reader {
public:
  plain_pair_reader(std::string_view text, const pair_rules& rules) noexcept
      : at_(text.data()), end_(text.data() + text.size()), rules_(rules) {}

  /// @return false: the end, or a pair that is not plain
  [[nodiscard]] bool next(plain_pair& out) noexcept {
    skip();
    if (at_ == end_) {
      return false;
    }
    plain_ = is(plain_character::first_of_name);
    out.name = run_of(plain_character::name);
    out.value = {};
    if (at_ != end_ && *at_ == '=') {
      ++at_;
      out.value = run_of(rules_.value);
    }
    plain_ = plain_ && (at_ == end_ || *at_ == rules_.separator);
    return plain_;
  }

  /// After `next` gave false: that was the end.
  [[nodiscard]] bool whole() const noexcept { return plain_; }

private:
  [[nodiscard]] bool is(std::uint8_t kind) const noexcept {
    return (plain_character::kinds[static_cast<unsigned char>(*at_)] & kind) != 0;
  }

  void skip() noexcept {
    while (at_ != end_ &&
           (*at_ == rules_.separator || (rules_.blanks_before && (*at_ == ' ' || *at_ == '\t')))) {
      ++at_;
    }
  }

  [[nodiscard]] std::string_view run_of(std::uint8_t kind) noexcept {
    const char* const begin = at_;
    while (at_ != end_ && is(kind)) {
      ++at_;
    }
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

  const char* at_;
  const char* end_;
  const pair_rules& rules_;
  bool plain_ = true;
};

} // namespace kraken::php
