// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// JSON text in other forms for people and scripts: indented, as YAML, quoted.
#include "console/api_json.hpp"

#include "console/detail/json.hpp"

#include <algorithm>
#include <array>

namespace kraken::console {

namespace {

using detail::dump;
using detail::json_value;
using detail::parse_json;

/// What some version of YAML reads as something else than text, in any case.
constexpr std::array<std::string_view, 9> yaml_words{
    "null", "true", "false", "yes", "no", "on", "off", "y", "n"};

bool is_yaml_word(std::string_view text) {
  const auto same = [](char letter, char c) { return letter == (c | 0x20); };
  return std::any_of(yaml_words.begin(), yaml_words.end(), [&](std::string_view word) {
    return std::equal(word.begin(), word.end(), text.begin(), text.end(), same);
  });
}

/// True where YAML reads the plain text back as the same string.
bool plain_in_yaml(const std::string& text) {
  if (text.empty() || is_yaml_word(text)) {
    return false;
  }
  const char first = text.front();
  if (!((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '/')) {
    return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '/' || c == '.';
  });
}

/// Printable to JSON, not to YAML: DEL, C1 controls, its other line ends, no characters.
/// @return bytes, 0 if it is printable
std::size_t unprintable_at(std::string_view text) {
  constexpr std::array<std::string_view, 4> others{
      "\u2028", "\u2029", "\xEF\xBF\xBE", "\xEF\xBF\xBF"};
  if (text.front() == '\x7F') {
    return 1;
  }
  if (text.front() == '\xC2' && text.size() > 1 && text[1] < '\xA0') {
    return 2;
  }
  const bool other =
      std::any_of(others.begin(), others.end(), [&](auto each) { return text.starts_with(each); });
  return other ? 3 : 0;
}

/// JSON scalars are YAML scalars, but for those characters.
std::string yaml_scalar(const json_value& value) {
  const auto text = dump(value);
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const auto bytes = unprintable_at(rest);
    if (bytes == 0) {
      out += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    const auto escaped = json_value(rest.substr(0, bytes)).dump(-1, ' ', true);
    out.append(escaped, 1, escaped.size() - 2); // without its quotes
    rest.remove_prefix(bytes);
  }
  return out;
}

void write_yaml(std::string& out, const json_value& value, std::size_t depth);

/// A value after `key:` or `-`: scalars and empty collections on the line, others below.
void write_yaml_after(std::string& out, const json_value& value, std::size_t depth) {
  if (value.is_structured() && !value.empty()) {
    out += '\n';
    write_yaml(out, value, depth);
  } else {
    out += ' ';
    const bool plain = value.is_string() && plain_in_yaml(value.get<std::string>());
    out += plain ? value.get<std::string>() : yaml_scalar(value);
    out += '\n';
  }
}

void write_yaml(std::string& out, const json_value& value, std::size_t depth) {
  const std::string indent(depth * 2, ' ');
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      out += indent + (plain_in_yaml(key) ? key : yaml_scalar(json_value(key))) + ":";
      write_yaml_after(out, member, depth + 1);
    }
  } else if (value.is_array()) {
    for (const json_value& item : value) {
      if (item.is_object() && !item.empty()) {
        std::string block;
        write_yaml(block, item, depth + 1);
        block[depth * 2] = '-'; // the first member stands beside its dash
        out += block;
      } else {
        out += indent + "-";
        write_yaml_after(out, item, depth + 1);
      }
    }
  } else {
    out += yaml_scalar(value) + "\n";
  }
}

} // namespace

std::string pretty_json(std::string_view text) {
  const auto value = parse_json(text);
  return value ? dump(*value, 2) + "\n" : std::string{text};
}

std::string json_as_yaml(std::string_view text) {
  const auto value = parse_json(text);
  if (!value) {
    return std::string{text};
  }
  if (value->is_structured() && value->empty()) {
    return dump(*value) + "\n";
  }
  std::string out;
  write_yaml(out, *value, 0);
  return out;
}

std::string quote_json(std::string_view text) {
  return dump(json_value(text));
}

} // namespace kraken::console
