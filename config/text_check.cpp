// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// UTF-8 without its overlong forms and surrogates, as RFC 3629 lists them.
#include "config/text_check.hpp"

#include <algorithm>
#include <array>

namespace kraken::config {

namespace {

/// Lead bytes of one length, and what the byte after them may be.
struct utf8_form {
  unsigned char lead_min;
  unsigned char lead_max;
  unsigned char next_min;
  unsigned char next_max;
  std::size_t length;
};

constexpr std::array utf8_forms{
    utf8_form{0x20, 0x7e, 0x00, 0x00, 1},
    utf8_form{0xc2, 0xdf, 0x80, 0xbf, 2},
    utf8_form{0xe0, 0xe0, 0xa0, 0xbf, 3},
    utf8_form{0xe1, 0xec, 0x80, 0xbf, 3},
    utf8_form{0xed, 0xed, 0x80, 0x9f, 3},
    utf8_form{0xee, 0xef, 0x80, 0xbf, 3},
    utf8_form{0xf0, 0xf0, 0x90, 0xbf, 4},
    utf8_form{0xf1, 0xf3, 0x80, 0xbf, 4},
    utf8_form{0xf4, 0xf4, 0x80, 0x8f, 4},
};

constexpr unsigned char trail_min = 0x80;
constexpr unsigned char trail_max = 0xbf;

/// @return bytes of the character `text` begins with; 0: it begins with none
std::size_t character_length(std::string_view text) {
  const auto byte = [text](std::size_t n) { return static_cast<unsigned char>(text[n]); };
  if (text.front() == '\t' || text.front() == '\n' || text.front() == '\r') {
    return 1;
  }
  const auto* const form = std::ranges::find_if(utf8_forms, [&](const utf8_form& each) {
    return byte(0) >= each.lead_min && byte(0) <= each.lead_max;
  });
  if (form == utf8_forms.end() || text.size() < form->length) {
    return 0;
  }
  for (std::size_t i = 1; i < form->length; ++i) {
    const auto least = i == 1 ? form->next_min : trail_min;
    const auto most = i == 1 ? form->next_max : trail_max;
    if (byte(i) < least || byte(i) > most) {
      return 0;
    }
  }
  return form->length;
}

} // namespace

std::optional<foreign_byte> find_foreign_byte(std::string_view text) {
  foreign_byte at;
  while (!text.empty()) {
    const auto length = character_length(text);
    if (length == 0) {
      at.value = static_cast<unsigned char>(text.front());
      return at;
    }
    const bool ended = text.front() == '\n';
    at.line += ended ? 1 : 0;
    at.column = ended ? 0 : at.column + 1;
    text.remove_prefix(length);
  }
  return std::nullopt;
}

} // namespace kraken::config
