// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "config/differences.hpp"

#include "config/detail/container_options.hpp"
#include "config/detail/sections.hpp"
#include "config/kind_table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace kraken::config {

namespace {

/// A value as it is, and as it may be shown.
struct shown_node {
  const node* value = nullptr;
  const node* shown = nullptr;

  [[nodiscard]] shown_node at(std::string_view key) const {
    return {value == nullptr ? nullptr : value->find(key),
            shown == nullptr ? nullptr : shown->find(key)};
  }
  [[nodiscard]] bool map() const { return value != nullptr && value->is == node::type::map; }
  /// The elements of a list of maps, such as routes.
  [[nodiscard]] bool maps() const {
    return value != nullptr && value->is == node::type::list && !value->items.empty() &&
           value->items.front().is == node::type::map;
  }
  [[nodiscard]] std::size_t size() const { return value == nullptr ? 0 : value->items.size(); }
  [[nodiscard]] shown_node at(std::size_t index) const {
    return {&value->items[index], &shown->items[index]};
  }
  [[nodiscard]] std::string json() const {
    return value == nullptr ? std::string{} : to_json_text(*value, 0);
  }
  [[nodiscard]] std::string text() const {
    if (shown == nullptr || shown->is == node::type::null) {
      return "none";
    }
    return shown->scalar() ? (shown->text.empty() ? "''" : shown->text) : to_json_text(*shown, 0);
  }
};

bool says_nothing(const node& value) {
  return value.scalar() ? value.text.empty() : value.items.empty() && value.entries.empty();
}

/// An element of a list, without what it leaves as it is.
std::string brief(const shown_node& element) {
  auto shown = *element.shown;
  std::erase_if(shown.entries, [](const node::entry& each) { return says_nothing(each.value); });
  return to_json_text(shown, 0);
}

void add_differences(const shown_node& from,
                     const shown_node& to,
                     const std::string& path,
                     std::vector<option_change>& out);

/// What is the same at the beginning and at the end of both is left out.
void add_element_differences(const shown_node& from,
                             const shown_node& to,
                             const std::string& path,
                             std::vector<option_change>& out) { // NOLINT(misc-no-recursion)
  const auto least = std::min(from.size(), to.size());
  std::size_t before = 0;
  while (before < least && from.at(before).json() == to.at(before).json()) {
    ++before;
  }
  std::size_t after = 0;
  while (after < least - before &&
         from.at(from.size() - after - 1).json() == to.at(to.size() - after - 1).json()) {
    ++after;
  }
  for (auto i = before; i < std::max(from.size(), to.size()) - after; ++i) {
    const auto name = path + "." + std::to_string(i);
    if (i >= from.size() - after) {
      out.push_back({name, "none", brief(to.at(i))});
    } else if (i >= to.size() - after) {
      out.push_back({name, brief(from.at(i)), "none"});
    } else {
      add_differences(from.at(i), to.at(i), name, out);
    }
  }
}

void add_differences(const shown_node& from,
                     const shown_node& to,
                     const std::string& path,
                     std::vector<option_change>& out) { // NOLINT(misc-no-recursion): checked depth
  if (from.maps() || to.maps()) {
    return add_element_differences(from, to, path, out);
  }
  if (!from.map() && !to.map()) {
    if (from.json() != to.json()) {
      out.push_back({path, from.text(), to.text()});
    }
    return;
  }
  const auto below = [&path](const std::string& key) {
    return path.empty() ? key : path + "." + key;
  };
  if (from.map()) {
    for (const auto& each : from.value->entries) {
      add_differences(from.at(each.key), to.at(each.key), below(each.key), out);
    }
  }
  if (to.map()) {
    for (const auto& each : to.value->entries) {
      if (from.at(each.key).value == nullptr) {
        add_differences(from.at(each.key), to.at(each.key), below(each.key), out);
      }
    }
  }
}

std::vector<option_change> differing(const std::array<node, 2>& from,
                                     const std::array<node, 2>& to) {
  std::vector<option_change> out;
  add_differences({&from[0], &from[1]}, {&to[0], &to[1]}, {}, out);
  return out;
}

std::array<node, 2> written(const model::child_spec& spec) {
  auto alone = spec;
  alone.children.clear();
  // A command makes containers without options: they have the defaults.
  const auto* row = find_kind(spec.kind);
  if (spec.options == nullptr && row != nullptr && row->values != nullptr) {
    alone.options = row->values()->keep();
  }
  std::array out{write_container(alone, exposure::full),
                 write_container(alone, exposure::redacted)};
  for (auto& each : out) {
    std::erase_if(each.entries, [](const node::entry& one) { return one.key == "children"; });
  }
  return out;
}

std::array<node, 2> written(const daemon_options& options) {
  return {write_section(detail::daemon_section(), &options, exposure::full),
          write_section(detail::daemon_section(), &options, exposure::redacted)};
}

} // namespace

std::vector<option_change> differences(const model::child_spec& from, const model::child_spec& to) {
  return differing(written(from), written(to));
}

std::vector<option_change> differences(const daemon_options& from, const daemon_options& to) {
  return differing(written(from), written(to));
}

} // namespace kraken::config
