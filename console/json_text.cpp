// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// JSON text in other forms for people and scripts: indented, as YAML, quoted.
#include "console/api_json.hpp"

#include "console/detail/json.hpp"

#include <algorithm>

namespace kraken::console {

namespace {

using detail::dump;
using detail::json_value;
using detail::parse_json;

/// True where YAML reads the plain text back as the same string.
bool plain_in_yaml(const std::string& text) {
  if (text.empty() || text == "null" || text == "true" || text == "false" || text == "yes" ||
      text == "no" || text == "on" || text == "off") {
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

void write_yaml(std::string& out, const json_value& value, std::size_t depth);

/// A value after `key:` or `-`: scalars and empty collections on the line, others below.
void write_yaml_after(std::string& out, const json_value& value, std::size_t depth) {
  if (value.is_structured() && !value.empty()) {
    out += '\n';
    write_yaml(out, value, depth);
  } else {
    out += ' ';
    const bool plain = value.is_string() && plain_in_yaml(value.get<std::string>());
    out += plain ? value.get<std::string>() : dump(value); // JSON scalars are YAML scalars
    out += '\n';
  }
}

void write_yaml(std::string& out, const json_value& value, std::size_t depth) {
  const std::string indent(depth * 2, ' ');
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      out += indent + (plain_in_yaml(key) ? key : dump(json_value(key))) + ":";
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
    out += dump(value) + "\n";
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
