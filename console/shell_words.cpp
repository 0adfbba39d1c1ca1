// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "console/shell_words.hpp"

#include "console/command_table.hpp"

#include <algorithm>
#include <set>

namespace kraken::console {

namespace {

using offered = std::set<std::string>;

/// Words of a line; the last one, which may be empty, is under the cursor.
std::vector<std::string> words_before(std::string_view line) {
  std::vector<std::string> out{""};
  for (const char c : line) {
    if (c == ' ' || c == '\t') {
      if (!out.back().empty()) {
        out.emplace_back();
      }
    } else {
      out.back() += c;
    }
  }
  return out;
}

void add_flags(std::span<const flag_row> rows, offered& out) {
  for (const auto& row : rows) {
    out.insert("--" + std::string{row.name});
  }
}

void add_values(completion source,
                std::span<const std::string_view> choices,
                std::span<const std::string> containers,
                offered& out) {
  switch (source) {
  case completion::choices:
    out.insert(choices.begin(), choices.end());
    return;
  case completion::containers:
    for (const auto& path : containers) {
      out.insert(path);
      out.insert(path.substr(path.rfind('/') + 1));
    }
    return;
  case completion::commands:
    for (const auto& row : commands()) {
      out.insert(std::string{row.name});
    }
    return;
  case completion::none:
  case completion::files:
    return;
  }
}

const flag_row* flag_of(const command_row& row, std::string_view word) {
  for (const auto& rows : {row.flags, global_flags()}) {
    for (const auto& each : rows) {
      if (word == "--" + std::string{each.name} ||
          (each.brief != 0 && word.size() == 2 && word[0] == '-' && word[1] == each.brief)) {
        return &each;
      }
    }
  }
  return nullptr;
}

} // namespace

std::vector<std::string> offers(std::string_view before, std::span<const std::string> containers) {
  const auto words = words_before(before);
  const std::string& last = words.back();
  offered out;
  if (words.size() == 1) {
    add_values(completion::commands, {}, {}, out);
    out.insert({"exit", "quit"});
  } else if (const auto* row = find_command(words.front())) {
    const auto* flag = words.size() > 2 ? flag_of(*row, words[words.size() - 2]) : nullptr;
    std::size_t arguments = 0;
    for (std::size_t i = 1; i + 1 < words.size(); ++i) {
      const auto* valued = i > 1 ? flag_of(*row, words[i - 1]) : nullptr;
      const bool value = valued != nullptr && valued->type != value_type::flag;
      arguments += words[i].starts_with('-') || value ? 0 : 1;
    }
    if (last.starts_with('-')) {
      add_flags(row->flags, out);
      add_flags(global_flags(), out);
    } else if (flag != nullptr && flag->type != value_type::flag) {
      add_values(flag->source, flag->choices, containers, out);
    } else if (arguments < row->arguments.size()) {
      const auto& argument = row->arguments[arguments];
      add_values(argument.source, argument.choices, containers, out);
    }
  }
  std::erase_if(out, [&last](const std::string& one) { return !one.starts_with(last); });
  return {out.begin(), out.end()};
}

} // namespace kraken::console
