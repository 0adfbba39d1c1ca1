// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Help texts laid out in two columns.
#include "console/help.hpp"

#include "console/api_json.hpp"
#include "console/request.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace kraken::console {

namespace {

/// `  left   right`, the right column at a fixed place or on its own line.
std::string entry(std::string_view left, std::string_view right, std::size_t width) {
  std::string out = "  " + std::string{left};
  if (left.size() > width) {
    out += "\n" + std::string(width + 2, ' ');
  } else {
    out += std::string(width - left.size(), ' ');
  }
  return out + "  " + std::string{right} + "\n";
}

constexpr std::size_t command_width = 20;
constexpr std::size_t flag_width = 24;

std::string flag_name(const flag_row& flag) {
  std::string out = flag.brief != 0 ? std::string{"-"} + flag.brief + ", " : "    ";
  out += "--" + std::string{flag.name};
  if (!flag.alone.empty()) {
    return out + "[=" + std::string{flag.metavar} + "]";
  }
  return flag.metavar.empty() ? out : out + " " + std::string{flag.metavar};
}

template <class Row>
std::string summary_of(const Row& row) {
  std::string out{row.summary};
  if (!row.choices.empty()) {
    std::string words;
    for (const std::string_view choice : row.choices) {
      words += (words.empty() ? "" : ", ") + std::string{choice};
    }
    // Where the sentence names the words already they are not repeated.
    if (out.find(row.choices.front()) == std::string::npos) {
      out += ": " + words;
    }
  }
  if (!row.fallback.empty()) {
    out += " (default " + std::string{row.fallback} + ")";
  }
  return out;
}

std::string flag_lines(std::span<const flag_row> flags) {
  std::string out;
  for (const flag_row& flag : flags) {
    out += entry(
        flag_name(flag), summary_of(flag) + (flag.repeatable ? ", repeatable" : ""), flag_width);
  }
  return out;
}

/// @param longest what `--timeout` is when it is not given
std::string global_flag_lines(std::string_view longest) {
  std::string out;
  for (const flag_row& flag : global_flags()) {
    out +=
        entry(flag_name(flag),
              summary_of(flag) + (flag.name == "timeout" ? " (default " + std::string{longest} + ")"
                                                         : std::string{}),
              flag_width);
  }
  return out;
}

std::string exit_lines(const command_row& row) {
  std::string out = entry("0", "done", 3);
  std::set<int> codes;
  for (const errc code : row.errors) {
    codes.insert(row_of(code).exit_code);
  }
  for (const int exit_code : codes) {
    std::string names;
    for (const errc code : row.errors) {
      if (row_of(code).exit_code == exit_code) {
        names += (names.empty() ? "" : ", ") + std::string{to_string(code)};
      }
    }
    out += entry(std::to_string(exit_code), names, 3);
  }
  return out;
}

} // namespace

std::string longest_wait(const command_row& row) {
  return row.patience.count() > 0 ? kraken::to_string(milliseconds{row.patience})
                                  : "as long as it takes";
}

std::string help_text() {
  std::string out = "Kraken: application server, process supervisor and actor runtime.\n\n"
                    "Usage: kraken [FLAGS] COMMAND [ARGUMENTS]\n";
  std::vector<std::string_view> families{""};
  for (const command_row& row : commands()) {
    const std::string_view family = family_of(row);
    if (std::find(families.begin(), families.end(), family) == families.end()) {
      families.push_back(family);
    }
  }
  for (const std::string_view family : families) {
    out += family.empty() ? "\nCommands:\n" : "\n" + std::string{family} + ":\n";
    for (const command_row& row : commands()) {
      if (family_of(row) == family) {
        out += entry(row.name, row.summary, command_width);
      }
    }
  }
  out += "\nFlags of every command:\n" + global_flag_lines(some_wait);
  out += "\nkraken help COMMAND shows its arguments, exit codes and examples.\n";
  return out;
}

std::string help_text(const command_row& row) {
  std::string out = std::string{row.name} + ": " + std::string{row.summary} +
                    "\n\nUsage: " + usage_of(row) + "\n";
  if (!row.arguments.empty()) {
    out += "\nArguments:\n";
    for (const argument_row& argument : row.arguments) {
      out += entry(argument.name,
                   summary_of(argument) + (argument.repeatable ? ", repeatable" : "") +
                       (argument.required ? "" : ", optional"),
                   flag_width);
    }
  }
  if (!row.flags.empty()) {
    out += "\nFlags:\n" + flag_lines(row.flags);
  }
  out += "\nFlags of every command:\n" + global_flag_lines(longest_wait(row));
  if (row.forms.size() < output_forms.size()) {
    out += "\nOutput:\n";
    std::string forms;
    for (const std::string_view form : row.forms) {
      forms += (forms.empty() ? "  " : ", ") + std::string{form};
    }
    out += forms + "\n";
  }
  out += "\nExit codes:\n" + exit_lines(row);
  out += "\nExamples:\n";
  std::string_view rest = row.examples;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    out += "  " + std::string{line} + "\n";
  }
  return out;
}

std::string family_help(std::string_view family) {
  std::string out;
  for (const command_row& row : commands()) {
    if (!family.empty() && family_of(row) == family) {
      out += entry(row.name, row.summary, command_width);
    }
  }
  return out;
}

std::string list_json() {
  std::string out;
  for (const command_row& row : commands()) {
    out += (out.empty() ? R"([{"name":)" : R"(,{"name":)") + quote_json(row.name) +
           R"(,"summary":)" + quote_json(row.summary) + "}";
  }
  return out + "]";
}

std::string list_text() {
  std::string out;
  for (const command_row& row : commands()) {
    out += std::string{row.name} + "\n";
  }
  return out;
}

} // namespace kraken::console
