// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Whether bytes are a text at all, before a parser guesses at them. Knows no YAML.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace kraken::config {

/// A byte that no YAML in UTF-8 has.
struct foreign_byte {
  std::size_t line = 0;   ///< from 0, as the parser counts
  std::size_t column = 0; ///< from 0, in characters
  unsigned char value = 0;
};

/// @return the first byte of `text` that is a control character other than tab and the ends of
/// lines,
///         or that does not go on a character of UTF-8
/// @thread any (pure)
[[nodiscard]] std::optional<foreign_byte> find_foreign_byte(std::string_view text);

} // namespace kraken::config
