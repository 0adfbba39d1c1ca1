// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Rendering and escaping of log lines.
#include "kraken/base/log_line.hpp"

#include <array>
#include <cctype>
#include <cstdint>
#include <ctime>

namespace kraken::log {

namespace {

// One code point of UTF-8 text.
struct utf8_unit {
  std::size_t length = 1;
  std::uint32_t code = 0;
  bool valid = false;
};

std::uint32_t byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

std::size_t sequence_length(std::uint32_t lead) {
  if (lead < 0x80U) {
    return 1;
  }
  if (lead >= 0xc2U && lead <= 0xdfU) {
    return 2;
  }
  if (lead >= 0xe0U && lead <= 0xefU) {
    return 3;
  }
  return lead >= 0xf0U && lead <= 0xf4U ? 4 : 0;
}

// Strict (RFC 3629): no overlong forms, no surrogates. An invalid byte is a unit by itself.
utf8_unit decode_utf8(std::string_view text, std::size_t at) {
  const auto lead = byte_at(text, at);
  const auto length = sequence_length(lead);
  if (length <= 1) {
    return {1, lead, length == 1};
  }
  auto code = lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = byte_at(text, at + i);
    if ((next & 0xc0U) != 0x80U) {
      return {1, lead, false};
    }
    code = (code << 6U) | (next & 0x3fU);
  }
  constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800U && code <= 0xdfffU;
  if (code < smallest.at(length) || code > 0x10ffffU || surrogate) {
    return {1, lead, false};
  }
  return {length, code, true};
}

// C0, DEL and C1 drive terminals; U+2028 and U+2029 end a line for some readers.
bool breaks_out(std::uint32_t code) {
  return code < 0x20U || (code >= 0x7fU && code <= 0x9fU) || code == 0x2028U || code == 0x2029U;
}

void append_hex(std::string& out, std::uint32_t value, int digit_count) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (int shift = 4 * (digit_count - 1); shift >= 0; shift -= 4) {
    out.push_back(digits[(value >> static_cast<unsigned>(shift)) & 0xfU]);
  }
}

// Calls `special` for each unit that may not stand as it is, copies the rest.
template <class Special>
void append_quoted(std::string& out, std::string_view text, Special special) {
  out.push_back('"');
  for (std::size_t at = 0; at < text.size();) {
    const auto unit = decode_utf8(text, at);
    const auto bytes = text.substr(at, unit.length);
    if (bytes == "\"" || bytes == "\\") {
      out.append("\\").append(bytes);
    } else if (!unit.valid || breaks_out(unit.code)) {
      special(unit, bytes);
    } else {
      out.append(bytes);
    }
    at += unit.length;
  }
  out.push_back('"');
}

void append_json(std::string& out, std::string_view text) {
  append_quoted(out, text, [&](const utf8_unit& unit, std::string_view bytes) {
    if (!unit.valid) {
      out.append("\\ufffd");
    } else if (bytes == "\n") {
      out.append("\\n");
    } else {
      append_hex(out.append("\\u"), unit.code, 4);
    }
  });
}

bool is_plain_word(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20U || byte == '"' || byte == '=' || byte == '\\' || byte >= 0x7fU) {
      return false;
    }
  }
  return !text.empty();
}

void append_text(std::string& out, std::string_view text) {
  if (is_plain_word(text)) {
    out.append(text);
    return;
  }
  append_quoted(out, text, [&](const utf8_unit&, std::string_view bytes) {
    for (const char c : bytes) {
      append_hex(out.append("\\x"), static_cast<unsigned char>(c), 2);
    }
  });
}

void append_timestamp(std::string& out, std::chrono::system_clock::time_point at) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(at);
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(at - whole).count();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(whole);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  out.append(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts));
  const auto digits = std::to_string(millis);
  out.append(".").append(3 - digits.size(), '0').append(digits).append("Z");
}

template <class AppendText>
void append_value(std::string& out, const field& one, AppendText append_as_text) {
  switch (one.type) {
  case field::kind::number:
    out.append(std::to_string(one.number));
    break;
  case field::kind::truth:
    out.append(one.number != 0 ? "true" : "false");
    break;
  case field::kind::text:
    append_as_text(out, one.text);
    break;
  }
}

std::string render_json(std::chrono::system_clock::time_point at,
                        level severity,
                        std::string_view event,
                        std::initializer_list<field> fields) {
  std::string line = "{\"time\":\"";
  append_timestamp(line, at);
  line.append("\",\"level\":\"").append(to_string(severity)).append("\",\"event\":");
  append_json(line, event);
  for (const auto& one : fields) {
    line.push_back(',');
    append_json(line, one.key);
    line.push_back(':');
    append_value(line, one, append_json);
  }
  line.push_back('}');
  return line;
}

std::string render_text(std::chrono::system_clock::time_point at,
                        level severity,
                        std::string_view event,
                        std::initializer_list<field> fields) {
  std::string line;
  append_timestamp(line, at);
  std::string name{to_string(severity)};
  for (auto& c : name) {
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  name.resize(5, ' ');
  line.append(" ").append(name).append(" ");
  append_text(line, event);
  for (const auto& one : fields) {
    line.push_back(' ');
    append_text(line, one.key);
    line.push_back('=');
    append_value(line, one, append_text);
  }
  return line;
}

} // namespace

std::string render(format style,
                   std::chrono::system_clock::time_point at,
                   level severity,
                   std::string_view event,
                   std::initializer_list<field> fields) {
  return style == format::json ? render_json(at, severity, event, fields)
                               : render_text(at, severity, event, fields);
}

} // namespace kraken::log
