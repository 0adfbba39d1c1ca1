// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/php/php_message.hpp"

#include <algorithm>
#include <array>

namespace kraken::containers {

namespace {

struct level_row {
  std::string_view behind; ///< in a line that something else begins: with PHP's two blanks
  log::level level;
  std::string_view begin = behind.substr(0, behind.size() - 2);
};

// Of main/main.c and Zend: what a message of each error level begins with.
constexpr std::array levels{level_row{"PHP Fatal error:  ", log::level::error},
                            level_row{"PHP Parse error:  ", log::level::error},
                            level_row{"PHP Recoverable fatal error:  ", log::level::error},
                            level_row{"PHP Warning:  ", log::level::warn}};

constexpr std::string_view complaint = "Call to undefined function ";

// Those that take requests or come before them; within a namespace PHP puts its name in front.
constexpr std::array<std::string_view, 3> functions_of_ours{
    "Kraken\\handle()", "Kraken\\onFork()", "frankenphp_handle_request()"};

constexpr std::string_view advice =
    "that function is kraken-php's: the script needs `carrier: native` "
    "(kraken serve worker.php --set web.carrier=native)";

} // namespace

judged_line level_of_stderr(std::string_view line) noexcept {
  judged_line out;
  for (const auto& row : levels) {
    if (line.starts_with(row.begin)) {
      return {row.level, 0};
    }
    const auto at = line.find(row.behind);
    if (at != std::string_view::npos && (out.from == 0 || at < out.from)) {
      out = {row.level, at};
    }
  }
  return out;
}

judged_line level_of_template(std::string_view line) noexcept {
  const auto end = line.find("] ");
  if (!line.starts_with('[') || end == std::string_view::npos) {
    return level_of_stderr(line);
  }
  const auto said = log::parse_level(line.substr(1, end - 1)).value_or(log::level::info);
  return {said == log::level::off ? log::level::info : said, 0};
}

std::string_view needed_carrier(std::string_view output) noexcept {
  const auto last = output.rfind(complaint);
  if (last == std::string_view::npos) {
    return {};
  }
  output.remove_prefix(last + complaint.size());
  const auto name = output.substr(0, output.find(')') + 1);
  const bool ours = std::ranges::any_of(
      functions_of_ours, [name](std::string_view each) { return name.ends_with(each); });
  return ours ? advice : std::string_view{};
}

} // namespace kraken::containers
