// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Field names and values, on the character classes of `detail/http1_scan.hpp`.
#include "kraken/wire/http1_field.hpp"

#include "kraken/wire/detail/http1_scan.hpp"
#include "kraken/wire/detail/lower_put.hpp"

namespace kraken::wire {

bool equals_lower(std::string_view text, std::string_view lower) noexcept {
  if (text.size() != lower.size()) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (detail::to_lower(text[i]) != lower[i]) {
      return false;
    }
  }
  return true;
}

std::string_view find_header(std::span<const header_field> fields,
                             std::string_view lower_name) noexcept {
  for (const auto& field : fields) {
    if (equals_lower(field.name, lower_name)) {
      return field.value;
    }
  }
  return {};
}

bool is_token(std::string_view text) noexcept {
  const char* const end = text.data() + text.size();
  return detail::is_plain_word(text) ||
         (!text.empty() && detail::scan_token(text.data(), end).end == end);
}

bool is_safe_value(std::string_view text) noexcept {
  if (detail::is_plain_text(text)) {
    return true;
  }
  const char* const end = text.data() + text.size();
  const char* at = detail::find_control(text.data(), text.data(), end);
  while (at != end) {
    if (*at == '\r' || *at == '\n' || *at == '\0') {
      return false;
    }
    at = detail::find_control(text.data(), at + 1, end);
  }
  return true;
}

bool list_has(std::string_view list, std::string_view lower_token) noexcept {
  bool found = false;
  detail::for_each_element(
      list, [&](std::string_view element) { found = found || equals_lower(element, lower_token); });
  return found;
}

std::string_view trim_blanks(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

void copy_canonical(std::string_view token, char* out) noexcept {
  const char* const end = detail::put_lower_token(out, token);
  bool first = true;
  for (char* at = out; at != end; ++at) {
    if (first && *at >= 'a' && *at <= 'z') {
      *at = static_cast<char>(*at & ~0x20);
    }
    first = *at == '-';
  }
}

} // namespace kraken::wire
