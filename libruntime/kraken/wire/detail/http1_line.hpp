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

/// What is wrong with the line that `cr` ends; `complete` for the empty line behind all others.
[[nodiscard]] inline line_state judge_line(const line_cursor& at, const char* cr) noexcept {
  const auto size = static_cast<std::size_t>(cr - at.line);
  // Before anything else: what stands behind a limit must not matter.
  if (size > at.line_bytes_max || (cr > at.lines_end && size != 0)) {
    return line_state::too_long;
  }
  if (at.end - cr < 2) {
    return cr == at.end || *cr == '\r' ? line_state::incomplete : line_state::control;
  }
  if (*cr != '\r') {
    return line_state::control;
  }
  return cr[1] == '\n' ? line_state::complete : line_state::bare_cr;
}

/// Takes the next line, without its CRLF, and moves the cursor behind it.
inline line_state next_line(line_cursor& at, std::string_view& line) noexcept {
  const char* const cr = find_control(at.input, at.scanned, at.end);
  const auto size = static_cast<std::size_t>(cr - at.line);
  at.scanned = cr;
  const bool usual = at.end - cr >= 2 && load<std::uint16_t>(cr) == load<std::uint16_t>("\r\n") &&
                     size <= at.line_bytes_max && cr <= at.lines_end;
  if (!usual) {
    if (const auto found = judge_line(at, cr); found != line_state::complete) {
      return found;
    }
  }
  line = {at.line, size};
  at.scanned = at.line = cr + 2;
  return line_state::complete;
}

/// What a field line is.
enum class line_form : std::uint8_t { field, underscore_field, malformed };

[[nodiscard]] inline bool is_blank(char c) noexcept {
  // The first comparison alone rules out whatever else a line may hold.
  return static_cast<unsigned char>(c) <= ' ' && (c == ' ' || c == '\t');
}

/// Takes a field line apart.
/// @param line  found by `next_line`: a CR stands behind it and no control character in it
/// @param input from here ...
/// @param end   ... to here is the input, so that the search for the name's end may look past
///              the line
inline line_form split_field_line(std::string_view line,
                                  const char* input,
                                  const char* end,
                                  header_field& out) noexcept {
  const char* const begin = line.data();
  const auto name = scan_token(input, begin, end);
  if (name.end == begin || *name.end != ':') {
    return line_form::malformed; // folded lines start with a blank and end up here too
  }
  const char* from = name.end + 1;
  const char* to = begin + line.size();
  if (*from == ' ') { // one, nearly always
    ++from;
  }
  while (is_blank(*from)) { // stops at the CR
    ++from;
  }
  while (from < to && is_blank(to[-1])) {
    --to;
  }
  out = {{begin, static_cast<std::size_t>(name.end - begin)},
         {from, static_cast<std::size_t>(to - from)}};
  return name.underscore ? line_form::underscore_field : line_form::field;
}

} // namespace kraken::wire::detail
