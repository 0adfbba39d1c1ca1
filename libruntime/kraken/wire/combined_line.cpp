// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The format and its escapes.
#include "kraken/wire/combined_line.hpp"

#include "kraken/wire/http1_field.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace kraken::wire {

namespace {

constexpr std::array<std::string_view, 12> month_names{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void append_decimal(byte_buffer& out, std::uint64_t value) noexcept {
  constexpr std::size_t digits_max = 20;
  char* const into = out.prepare(digits_max);
  out.commit(static_cast<std::size_t>(std::to_chars(into, into + digits_max, value).ptr - into));
}

void append_two(byte_buffer& out, long value) noexcept {
  out.push_back(static_cast<char>('0' + value / 10 % 10));
  out.push_back(static_cast<char>('0' + value % 10));
}

// [10/Oct/2000:13:55:36 -0700]
void append_time(byte_buffer& out, const std::tm& at) noexcept {
  out.push_back('[');
  append_two(out, at.tm_mday);
  out.push_back('/');
  out.append(month_names[static_cast<std::size_t>(at.tm_mon) % month_names.size()]);
  out.push_back('/');
  append_decimal(out, static_cast<std::uint64_t>(1900 + at.tm_year));
  for (const int part : {at.tm_hour, at.tm_min, at.tm_sec}) {
    out.push_back(':');
    append_two(out, part);
  }
  const bool west = at.tm_gmtoff < 0;
  const long minutes = (west ? -at.tm_gmtoff : at.tm_gmtoff) / 60;
  out.append(west ? " -" : " +");
  append_two(out, minutes / 60);
  append_two(out, minutes % 60);
  out.push_back(']');
}

void append_quoted_field(byte_buffer& out, std::optional<std::string_view> text) noexcept {
  out.append(" \"");
  append_log_escaped(out, text.value_or("-"));
  out.push_back('"');
}

// The letter of a C escape, 0 where there is none.
char escape_letter(char byte) noexcept {
  switch (byte) {
  case '\b':
    return 'b';
  case '\n':
    return 'n';
  case '\r':
    return 'r';
  case '\t':
    return 't';
  case '\v':
    return 'v';
  case '"':
  case '\\':
    return byte;
  default:
    return 0;
  }
}

// A space would end the field; Apache leaves it, and readers of its logs stumble.
void append_user(byte_buffer& out, std::optional<std::string_view> user) noexcept {
  if (!user) {
    out.push_back('-');
    return;
  }
  if (user->empty()) {
    out.append("\"\"");
    return;
  }
  auto rest = *user;
  for (auto space = rest.find(' '); space != std::string_view::npos; space = rest.find(' ')) {
    append_log_escaped(out, rest.substr(0, space));
    out.append("\\x20");
    rest.remove_prefix(space + 1);
  }
  append_log_escaped(out, rest);
}

} // namespace

void append_log_escaped(byte_buffer& out, std::string_view text) noexcept {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char byte : text) {
    const auto value = static_cast<unsigned char>(byte);
    if (const char letter = escape_letter(byte); letter != 0) {
      out.push_back('\\');
      out.push_back(letter);
    } else if (value >= 0x20 && value < 0x7f) {
      out.push_back(byte);
    } else {
      out.append("\\x");
      out.push_back(digits[value >> 4U]);
      out.push_back(digits[value & 0xfU]);
    }
  }
}

void append_combined_line(byte_buffer& out, const combined_entry& entry) noexcept {
  append_log_escaped(out, entry.remote.empty() ? "-" : entry.remote);
  out.append(" - ");
  append_user(out, entry.user);
  out.push_back(' ');
  append_time(out, entry.at);
  append_quoted_field(out, entry.request.empty() ? "-" : entry.request);
  out.push_back(' ');
  append_decimal(out, static_cast<std::uint64_t>(entry.status));
  out.push_back(' ');
  if (entry.bytes == 0) {
    out.push_back('-');
  } else {
    append_decimal(out, entry.bytes);
  }
  append_quoted_field(out, entry.referer);
  append_quoted_field(out, entry.agent);
  out.push_back('\n');
}

std::optional<std::string> basic_user(std::string_view field) {
  constexpr std::string_view scheme = "basic ";
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (!equals_lower(field.substr(0, scheme.size()), scheme)) {
    return std::nullopt;
  }
  std::string out;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char each :
       field.substr(std::min(field.find_first_not_of(' ', scheme.size()), field.size()))) {
    const auto digit = digits.find(each);
    if (digit == std::string_view::npos) {
      return std::nullopt;
    }
    bits = bits << 6U | static_cast<unsigned>(digit);
    held += 6;
    if (held < 8) {
      continue;
    }
    held -= 8;
    const auto byte = static_cast<char>(bits >> held & 0xffU);
    if (byte == ':') {
      return out;
    }
    out.push_back(byte);
  }
  return std::nullopt;
}

} // namespace kraken::wire
