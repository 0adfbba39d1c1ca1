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
  const char* origin;         ///< where counting towards `bytes_max` begins
  std::size_t bytes_max;      ///< of all lines; the empty line that ends them is free
  std::size_t line_bytes_max; ///< of one line
};

/// Takes the next line, without its CRLF, and moves the cursor behind it.
inline line_state next_line(line_cursor& at, std::string_view& line) noexcept {
  const char* const cr = find_control(at.origin, at.scanned, at.end);
  const auto size = static_cast<std::size_t>(cr - at.line);
  at.scanned = cr;
  // Before anything else: what stands behind a limit must not matter.
  if (size > at.line_bytes_max ||
      (static_cast<std::size_t>(cr - at.origin) > at.bytes_max && size != 0)) {
    return line_state::too_long;
  }
  if (at.end - cr < 2) {
    return cr == at.end || *cr == '\r' ? line_state::incomplete : line_state::control;
  }
  if (*cr != '\r') {
    return line_state::control;
  }
  if (cr[1] != '\n') {
    return line_state::bare_cr;
  }
  line = {at.line, size};
  at.scanned = at.line = cr + 2;
  return line_state::complete;
}

/// A field line taken apart.
struct field_line {
  header_field field;
  bool valid = false;
  bool underscore = false; ///< in the name
};

[[nodiscard]] inline bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}

/// @param line found by `next_line`: a CR stands behind it and no control character in it
/// @param end  of the input, so that the search for the name's end may look past the line
[[nodiscard]] inline field_line split_field_line(std::string_view line, const char* end) noexcept {
  const char* const begin = line.data();
  const auto name = scan_token(begin, end);
  if (name.end == begin || *name.end != ':') {
    return {}; // folded lines start with a blank and end up here too
  }
  const char* from = name.end + 1;
  const char* to = begin + line.size();
  while (is_blank(*from)) { // stops at the CR
    ++from;
  }
  while (from < to && is_blank(to[-1])) {
    --to;
  }
  return {{{begin, static_cast<std::size_t>(name.end - begin)},
           {from, static_cast<std::size_t>(to - from)}},
          true,
          name.underscore};
}

} // namespace kraken::wire::detail
