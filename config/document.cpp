// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Documents: building, laying over each other, printing as JSON.
#include "config/document.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace kraken::config {

namespace {

constexpr unsigned json_indent = 2;

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (code < 0x20U) {
      out += "\\u00";
      out += hex[code >> 4U];
      out += hex[code & 0xfU];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json_line(std::string& out, unsigned step, unsigned level) {
  if (step != 0) {
    out += '\n';
    out.append(static_cast<std::size_t>(step) * level, ' ');
  }
}

void append_json(std::string& out, const node& value, unsigned step, unsigned level) {
  switch (value.is) {
  case node::type::null:
    out += "null";
    return;
  case node::type::text:
    append_json_string(out, value.text);
    return;
  case node::type::number:
  case node::type::truth:
    out += value.text;
    return;
  case node::type::list:
    out += '[';
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      out += i == 0 ? "" : ",";
      append_json_line(out, step, level + 1);
      append_json(out, value.items[i], step, level + 1);
    }
    if (!value.items.empty()) {
      append_json_line(out, step, level);
    }
    out += ']';
    return;
  case node::type::map:
    out += '{';
    for (std::size_t i = 0; i < value.entries.size(); ++i) {
      out += i == 0 ? "" : ",";
      append_json_line(out, step, level + 1);
      append_json_string(out, value.entries[i].key);
      out += step == 0 ? ":" : ": ";
      append_json(out, value.entries[i].value, step, level + 1);
    }
    if (!value.entries.empty()) {
      append_json_line(out, step, level);
    }
    out += '}';
    return;
  }
}

std::string_view id_of_item(const node& item) {
  const auto* id = item.find("id");
  return id != nullptr && id->scalar() ? std::string_view{id->text} : std::string_view{};
}

bool has_ids(const node& list) {
  return std::ranges::all_of(list.items,
                             [](const node& item) { return !id_of_item(item).empty(); });
}

/// Lists of things with an `id`, which are laid over each other by it: an empty one adds nothing.
bool by_id(const node& base, const node& over) {
  return !base.items.empty() && has_ids(base) && has_ids(over);
}

} // namespace

std::string place::text() const {
  if (source == nullptr) {
    return "default";
  }
  if (line == 0) {
    return *source;
  }
  return *source + ":" + std::to_string(line) + ":" + std::to_string(column);
}

node node::of_text(std::string text) {
  node out;
  out.is = type::text;
  out.text = std::move(text);
  return out;
}

node node::of_number(std::string text) {
  node out = of_text(std::move(text));
  out.is = type::number;
  return out;
}

node node::of_truth(std::string_view text) {
  node out = of_text(std::string{text});
  out.is = type::truth;
  return out;
}

node node::list() {
  node out;
  out.is = type::list;
  return out;
}

node node::map() {
  node out;
  out.is = type::map;
  return out;
}

const node* node::find(std::string_view key) const noexcept {
  const auto found =
      std::ranges::find_if(entries, [key](const entry& one) { return one.key == key; });
  return found == entries.end() ? nullptr : &found->value;
}

node* node::find(std::string_view key) noexcept {
  return const_cast<node*>(std::as_const(*this).find(key));
}

node& node::set(std::string_view key, node value) {
  is = type::map;
  if (auto* there = find(key)) {
    *there = std::move(value);
  } else {
    const place at_value = value.at;
    entries.push_back({std::string{key}, at_value, std::move(value)});
  }
  return *this;
}

std::string config_error::text() const {
  std::string out = at.source == nullptr ? std::string{} : at.text() + ": ";
  if (!path.empty()) {
    out += path + ": ";
  }
  return out + message;
}

void lay_over(node& base, const node& over) {
  if (over.is == node::type::map && base.is == node::type::map) {
    for (const auto& each : over.entries) {
      if (auto* there = base.find(each.key)) {
        lay_over(*there, each.value);
      } else {
        base.entries.push_back(each);
      }
    }
    return;
  }
  if (over.is == node::type::list && base.is == node::type::list && by_id(base, over)) {
    // Looked up among what was there before: the same id twice in `over` stays a mistake.
    const auto known = base.items.size();
    for (const auto& each : over.items) {
      const auto end = base.items.begin() + static_cast<std::ptrdiff_t>(known);
      const auto same = std::find_if(base.items.begin(), end, [&each](const node& one) {
        return id_of_item(one) == id_of_item(each);
      });
      if (same != end) {
        lay_over(*same, each);
      } else {
        base.items.push_back(each);
      }
    }
    return;
  }
  base = over;
}

void lay_under(node& base, const node& under) {
  if (under.is != node::type::map || base.is != node::type::map) {
    return;
  }
  for (const auto& each : under.entries) {
    if (auto* there = base.find(each.key)) {
      lay_under(*there, each.value);
    } else {
      base.entries.push_back(each);
    }
  }
}

std::string to_json_text(const node& value, unsigned depth) {
  std::string out;
  append_json(out, value, depth == 0 ? 0 : json_indent, 0);
  return out;
}

} // namespace kraken::config
