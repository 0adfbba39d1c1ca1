// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A header field as two views, and the questions asked of field names and values.
/// Knows no particular message: requests, responses and trailers share it.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace kraken::wire {

/// One header field; both views point into somebody else's bytes.
struct header_field {
  std::string_view name;
  std::string_view value; ///< without the white space around it
};

/// Equality of ASCII text without regard to case.
/// @param lower already in lower case
[[nodiscard]] bool equals_lower(std::string_view text, std::string_view lower) noexcept;

/// Value of the first field of this name, empty if there is none.
/// @param lower_name the name in lower case
[[nodiscard]] std::string_view find_header(std::span<const header_field> fields,
                                           std::string_view lower_name) noexcept;

/// True for a non-empty RFC 9110 token: what a field name or a method may be.
[[nodiscard]] bool is_token(std::string_view text) noexcept;

/// True for a value that cannot end its line: no CR, LF or NUL. Stricter than nothing else,
/// because applications do send other control characters.
[[nodiscard]] bool is_safe_value(std::string_view text) noexcept;

/// True when the comma separated list has this element, without regard to case.
/// @param lower_token the element in lower case
[[nodiscard]] bool list_has(std::string_view list, std::string_view lower_token) noexcept;

/// `text` without spaces and tabs at both ends.
[[nodiscard]] std::string_view trim_blanks(std::string_view text) noexcept;

/// Copies a token to `out` as `X-Custom-Id`: upper case at the start and after each `-`.
/// @param out at least `token.size()` bytes
void copy_canonical(std::string_view token, char* out) noexcept;

} // namespace kraken::wire
