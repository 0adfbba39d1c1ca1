// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Lines judged one by one, whatever they hold.
#include "kraken/wire/detail/http1_line.hpp"

#include "kraken/wire/detail/http1_usual_field.hpp"

namespace kraken::wire::detail {

namespace {

/// What is wrong with the line that `cr` ends; `complete` for the empty line behind all others.
line_state judge_line(const line_cursor& at, const char* cr) noexcept {
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

bool is_blank(char c) noexcept {
  // The first comparison alone rules out whatever else a line may hold.
  return static_cast<unsigned char>(c) <= ' ' && (c == ' ' || c == '\t');
}

} // namespace

line_state next_line(line_cursor& at, std::string_view& line) noexcept {
  const char* const cr = find_control(at.input, at.scanned, at.end);
  at.scanned = cr;
  if (const auto found = judge_line(at, cr); found != line_state::complete) {
    return found;
  }
  line = {at.line, static_cast<std::size_t>(cr - at.line)};
  at.scanned = at.line = cr + 2;
  return line_state::complete;
}

line_form split_field_line(std::string_view line, header_field& out) noexcept {
  const char* const begin = line.data();
  const char* to = begin + line.size();
  const auto name = scan_token(begin, to);
  if (name.end == begin || *name.end != ':') {
    return line_form::malformed; // folded lines start with a blank and end up here too
  }
  const char* from = name.end + 1;
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

#if defined(__SSE2__)
const char* end_of_long_name(const char* name, const char* last_block) noexcept {
  const char* at = name;
  for (; at < last_block; at += block_bytes) {
    if (const auto others = others_at(at); others != 0) {
      return at + first_bit(others);
    }
  }
  const auto others = others_at_end(at, last_block);
  return others != 0 ? at + first_bit(others) : name;
}
#endif

} // namespace kraken::wire::detail
