// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Flags of `serve` and `config:*`, ours and Narya's.
#include "apps/kraken-runtime/command_line.hpp"

#include "console/command_table.hpp"
#include "console/request.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace kraken::runtime {

namespace {

struct mode_row {
  std::string_view word;    ///< first word of this program
  std::string_view command; ///< row of the command table
  mode wants;
};

constexpr std::array modes{
    mode_row{"--config-validate", "config:validate", mode::validate},
    mode_row{"--config-explain", "config:explain", mode::explain},
    mode_row{"--config-schema", "config:schema", mode::schema},
    mode_row{"--config-init", "config:init", mode::init},
};

constexpr std::array narya_words{std::string_view{"config"},
                                 std::string_view{"host"},
                                 std::string_view{"port"},
                                 std::string_view{"workers"},
                                 std::string_view{"version"}};

std::string_view narya_name(std::string_view word) {
  if (word.size() < 2 || word[0] != '-') {
    return {};
  }
  word.remove_prefix(word[1] == '-' ? 2 : 1);
  const auto name = word.substr(0, word.find('='));
  return std::find(narya_words.begin(), narya_words.end(), name) != narya_words.end()
             ? name
             : std::string_view{};
}

// `-config`, `-port=80`: Go's single dash before a long name, or a name only Narya has.
bool is_narya_only(std::string_view word) {
  const auto name = narya_name(word);
  return name == "host" || name == "port" || (!name.empty() && word[1] != '-');
}

/// Narya's flags taken out of the words when one of them is there; the rest is ours.
std::vector<std::string> take_narya(std::span<const std::string>& words,
                                    std::vector<std::string>& ours) {
  std::vector<std::string> out;
  if (std::none_of(words.begin(), words.end(), is_narya_only)) {
    return out;
  }
  for (std::size_t at = 0; at < words.size(); ++at) {
    const auto name = narya_name(words[at]);
    (name.empty() ? ours : out).push_back(words[at]);
    const bool apart =
        !name.empty() && name != "version" && words[at].find('=') == std::string::npos;
    if (apart && at + 1 < words.size()) {
      out.push_back(words[++at]);
    }
  }
  words = ours;
  return out;
}

const console::flag_row* find_flag(const console::command_row& row, std::string_view name) {
  for (const auto rows : {row.flags, console::global_flags()}) {
    for (const auto& each : rows) {
      if (each.name == name || (name.size() == 1 && each.brief == name[0])) {
        return &each;
      }
    }
  }
  return nullptr;
}

void keep(command_line& into, const console::flag_row& flag, std::string value) {
  if (flag.name == "config") {
    into.load.files.push_back(std::move(value));
  } else if (flag.name == "set") {
    into.load.sets.push_back(std::move(value));
  } else {
    into.flags[std::string{flag.name}] = std::move(value);
  }
}

result<void> read_flag(command_line& into,
                       const console::command_row& row,
                       std::span<const std::string> words,
                       std::size_t& at) {
  const std::string_view word = words[at];
  const auto equal = word.find('=');
  const auto start = word.starts_with("--") ? std::size_t{2} : std::size_t{1};
  const auto name =
      word.substr(start, equal == std::string_view::npos ? std::string_view::npos : equal - start);
  const auto* flag = find_flag(row, name);
  if (flag == nullptr) {
    return fail(console::unknown_flag(&row, name));
  }
  if (flag->type == console::value_type::flag) {
    keep(into, *flag, "true");
    return {};
  }
  if (equal == std::string_view::npos && at + 1 == words.size()) {
    return fail(errc::invalid_argument,
                "flag '" + std::string{word} + "' needs a value (" + std::string{flag->metavar} +
                    ")");
  }
  auto value = std::string{equal == std::string_view::npos ? words[++at] : word.substr(equal + 1)};
  if (flag->name == "output") {
    if (auto has = console::check_form(row, value); !has) {
      return has;
    }
  }
  keep(into, *flag, std::move(value));
  return {};
}

// Flags that are options of the configuration by another name.
void translate(command_line& line) {
  const auto as_set = [&](const char* flag, const char* key) {
    if (const auto given = line.flags.find(flag); given != line.flags.end()) {
      line.load.flags.push_back({"--" + std::string{flag}, key, given->second});
    }
  };
  as_set("log-level", "log.level");
  as_set("log-format", "log.format");
  as_set("socket", "admin.socket");
  if (const auto given = line.flags.find("listen"); given != line.flags.end()) {
    line.load.listen = given->second;
  }
  if (const auto given = line.flags.find("workers"); given != line.flags.end()) {
    line.load.workers = given->second;
  }
  if (line.wants == mode::validate && !line.arguments.empty()) {
    line.load.files.push_back(line.arguments.front());
  }
  line.load.watch = line.flags.contains("watch");
  if (line.wants == mode::serve && !line.arguments.empty()) {
    line.load.target = line.arguments.front();
  }
}

} // namespace

result<command_line> read_command_line(std::span<const std::string> words) {
  command_line out;
  out.load.own_streams = true;
  std::string_view command = "serve";
  if (!words.empty()) {
    for (const auto& each : modes) {
      if (words.front() == each.word) {
        command = each.command;
        out.wants = each.wants;
        words = words.subspan(1);
        break;
      }
    }
  }
  std::vector<std::string> ours;
  if (out.wants == mode::serve) {
    auto narya = config::parse_narya_flags(take_narya(words, ours));
    if (!narya) {
      return fail(narya.error());
    }
    out.load.narya = std::move(*narya);
    if (out.load.narya.version) {
      out.wants = mode::narya_version;
      return out;
    }
  }
  const auto& row = *console::find_command(command);
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (words[at].size() < 2 || words[at][0] != '-') {
      out.arguments.push_back(words[at]);
    } else if (auto read = read_flag(out, row, words, at); !read) {
      return fail(read.error());
    }
  }
  if (out.arguments.size() > row.arguments.size()) {
    return fail(errc::invalid_argument,
                "'" + std::string{row.name} + "' does not take '" +
                    out.arguments[row.arguments.size()] + "'");
  }
  if (out.flags.contains("help")) {
    out.wants = mode::help;
  } else if (out.flags.contains("version")) {
    out.wants = mode::version;
  }
  translate(out);
  return out;
}

} // namespace kraken::runtime
