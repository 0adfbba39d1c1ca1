// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Lines of an HTTP/1 head: finding where one ends and taking a field line apart. Knows the
/// grammar of lines only, not what any field means. Private to the wire room.
#pragma once

#include "kraken/wire/detail/http1_scan.hpp"
#include "kraken/wire/http1_field.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kraken::wire::detail {

enum class line_state : std::uint8_t { complete, incomplete, too_long, control, bare_cr };

/// Where the search for lines stands, and how far it may go.
struct line_cursor {
  const char* line;           ///< start of the current line
  const char* scanned;        ///< no control character before this
  const char* end;            ///< of the input
  const char* input;          ///< its start: from here on there is something to read
  const char* lines_end;      ///< no line may end behind this, but the empty one after all others
  std::size_t line_bytes_max; ///< of one line
};

/// Whether a CRLF stands here.
[[nodiscard]] inline bool is_end_of_line(const char* at, const char* end) noexcept {
  return end - at >= 2 && load<std::uint16_t>(at) == load<std::uint16_t>("\r\n");
}

/// Takes the next line, without its CRLF, and moves the cursor behind it.
line_state next_line(line_cursor& at, std::string_view& line) noexcept;

/// What a field line is.
enum class line_form : std::uint8_t { field, underscore_field, malformed };

/// Takes a field line apart.
/// @param line found by `next_line`: a CR stands behind it and no control character in it
line_form split_field_line(std::string_view line, header_field& out) noexcept;

} // namespace kraken::wire::detail
