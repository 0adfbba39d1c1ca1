// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/program/program_output.hpp"

#include <string>
#include <utility>

namespace kraken::containers {

void program_output::said(process::supervised_process& by,
                          std::string_view level,
                          std::string_view message) {
  const auto mark = level.empty() ? std::string{} : "[" + std::string{level} + "] ";
  said_at_ = log::parse_level(level).value_or(log::level::info);
  by.say(mark + std::string{message});
  said_at_ = log::level::info;
}

// A message of several lines is one event: what follows its first line, a trace, is no error more.
void program_output::line(std::string_view container, const process::captured_line& line) {
  const bool out = line.from == process::output_stream::out;
  auto level = std::exchange(said_at_, log::level::info);
  if (level == log::level::info && !out && written_ != nullptr) {
    level = written_(line.text);
  }
  log::write(
      level,
      "output",
      {{"container", container}, {"stream", out ? "stdout" : "stderr"}, {"line", line.text}});
}

void program_output::dropped(std::string_view container, std::uint64_t lines) {
  log::warn("output_dropped", {{"container", container}, {"lines", lines}});
}

} // namespace kraken::containers
