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

/// Where the search for lines stands.
struct line_cursor {
  const char* line;    ///< start of the current line
  const char* scanned; ///< no control character before this
  const char* end;     ///< of the input
};

/// Takes the next line, without its CRLF, and moves the cursor behind it.
/// @param limit bytes the line may have
inline line_state next_line(line_cursor& at, std::size_t limit, std::string_view& line) noexcept {
  const bool bounded = static_cast<std::size_t>(at.end - at.line) > limit;
  const char* const stop = bounded ? at.line + limit + 1 : at.end;
  const char* const cr = find_control(at.scanned, stop);
  at.scanned = cr;
  if (cr == stop) {
    return bounded ? line_state::too_long : line_state::incomplete;
  }
  if (*cr != '\r') {
    return line_state::control;
  }
  if (cr + 1 == at.end) {
    return line_state::incomplete;
  }
  if (cr[1] != '\n') {
    return line_state::bare_cr;
  }
  line = {at.line, static_cast<std::size_t>(cr - at.line)};
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
