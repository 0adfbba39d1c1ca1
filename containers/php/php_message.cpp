// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/php/php_message.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace kraken::containers {

namespace {

struct level_row {
  std::string_view logged; ///< one blank less is enough at the begin of a line
  log::level level;
};

// Of main/main.c and Zend: what a message of each error level begins with.
constexpr std::array levels{level_row{"PHP Fatal error:  ", log::level::error},
                            level_row{"PHP Parse error:  ", log::level::error},
                            level_row{"PHP Recoverable fatal error:  ", log::level::error},
                            level_row{"PHP Warning:  ", log::level::warn},
                            level_row{"PHP Notice:  ", log::level::info},
                            level_row{"PHP Deprecated:  ", log::level::info}};

constexpr std::string_view logged = "PHP ";
constexpr std::string_view uncaught = "Fatal error: Uncaught ";
constexpr std::string_view uncaught_mark = "Uncaught ";

// Of a message that does not name its place, which the application may have written itself, and of
// an exception with its trace.
constexpr std::size_t message_lines_max = 20;
constexpr std::size_t trace_lines_max = 200;

constexpr std::string_view complaint = "Call to undefined function ";

// Those that take requests or come before them; within a namespace PHP puts its name in front.
constexpr std::array<std::string_view, 3> functions_of_ours{
    "Kraken\\handle()", "Kraken\\onFork()", "frankenphp_handle_request()"};

constexpr std::string_view advice =
    "that function is kraken-php's: the script needs `carrier: native` "
    "(kraken serve worker.php --set web.carrier=native)";

// ` in FILE on line N`
bool ends_with_place(std::string_view line) noexcept {
  const auto last = line.find_last_not_of("0123456789");
  return last + 1 < line.size() && line.substr(0, last + 1).ends_with(" on line ") &&
         line.find(" in ") != std::string_view::npos;
}

bool is_of_trace(std::string_view line) noexcept {
  const bool frame = line.size() > 1 && line[0] == '#' && line[1] >= '0' && line[1] <= '9';
  return frame || line == "Stack trace:" || (line.starts_with("  thrown in "));
}

// In the log's form a message stands also behind what has no line end, with PHP's two blanks. What
// is shown and not logged could be anybody's words: it counts with its place only.
std::optional<judged_line> first_of_message(std::string_view line, bool has_place) noexcept {
  const bool shown = has_place || line.starts_with(uncaught);
  std::optional<judged_line> inside;
  for (const auto& row : levels) {
    const auto ahead = row.logged.substr(0, row.logged.size() - 1);
    const auto alone = ahead.substr(logged.size());
    if (line.starts_with(ahead) || (shown && line.starts_with(alone))) {
      return judged_line{row.level, 0};
    }
    const auto at = line.find(row.logged);
    if (at != std::string_view::npos && (!inside || at < inside->from)) {
      inside = judged_line{row.level, at};
    }
  }
  return inside;
}

} // namespace

judged_line php_levels::next(std::string_view line) noexcept {
  const bool ends = ends_with_place(line);
  std::size_t from = 0;
  if (const auto begun = first_of_message(line, ends)) {
    last_ = begun->level;
    from = begun->from;
    const bool traced = line.find(uncaught_mark) != std::string_view::npos;
    open_ = ends ? 0 : traced ? trace_lines_max : message_lines_max;
  } else if (open_ != 0) {
    open_ = ends ? 0 : open_ - 1;
  } else if (!is_of_trace(line)) {
    last_ = log::level::info;
  }
  return {last_, from};
}

judged_line template_levels::operator()(process::output_stream from,
                                        std::string_view line) noexcept {
  const auto end = line.find("] ");
  if (!line.starts_with('[') || end == std::string_view::npos) {
    return others_(from, line);
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
