// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/program/program_output.hpp"

#include <utility>

namespace kraken::containers {

using process::lines_for;
using process::output_stream;

void program_output::go_to(const config::output_options& wanted) {
  if (files_ == nullptr || wanted_ == wanted) {
    return;
  }
  wanted_ = wanted;
  auto out = open(wanted.file);
  course_of(output_stream::err).file = wanted.errors.empty() ? out : open(wanted.errors);
  course_of(output_stream::out).file = std::move(out);
}

// No program stands still for want of a file: the log of the daemon has its lines, and says why.
output_files::handle program_output::open(const std::string& file) {
  if (file.empty()) {
    return nullptr;
  }
  auto opened = files_->open(container_, file, *wanted_);
  if (!opened) {
    log::error("output_file_not_opened",
               {{"container", container_}, {"file", file}, {"reason", opened.error().text()}});
    return nullptr;
  }
  return std::move(*opened);
}

process::supervised_process::callbacks
program_output::of_process(process::supervised_process::callbacks made,
                           std::function<void()> follow) {
  made.piece = [this, follow = std::move(follow)](output_stream from, std::string_view bytes) {
    if (follow) {
      follow();
    }
    return piece(from, bytes);
  };
  made.crowded = [this](output_stream from, std::function<void()> then) {
    return crowded(from, std::move(then));
  };
  made.line = [this](const process::captured_line& text) { line(text); };
  made.dropped = [this](std::uint64_t lines) { dropped(lines); };
  return made;
}

lines_for program_output::lines_of(const course& way) const noexcept {
  return way.file == nullptr || wanted_->log ? lines_for::log : lines_for::ring;
}

lines_for program_output::piece(output_stream from, std::string_view bytes) {
  auto& way = course_of(from);
  const auto add = [&way](std::string_view lines) {
    if (way.file) {
      way.file->add(lines);
    }
  };
  bytes.empty() ? way.lines.flush(add) : way.lines.feed(bytes, add);
  return lines_of(way);
}

void program_output::said(process::supervised_process& by,
                          std::string_view level,
                          std::string_view message) {
  const auto mark = level.empty() ? std::string{} : "[" + std::string{level} + "] ";
  auto text = mark + std::string{message};
  const auto& way = course_of(output_stream::err);
  said_at_ = log::parse_level(level).value_or(log::level::info);
  by.say(text, lines_of(way));
  said_at_.reset();
  if (way.file) {
    text += text.ends_with('\n') ? "" : "\n";
    way.file->add(text);
  }
}

void program_output::line(const process::captured_line& line) {
  const bool out = line.from == output_stream::out;
  judged_line which{said_at_.value_or(log::level::info), 0};
  if (!said_at_ && written_) {
    which = written_(line.from, line.text);
  }
  const std::string_view text{line.text};
  if (which.from != 0) {
    log_line(log::level::info, out, text.substr(0, which.from));
  }
  log_line(which.level, out, text.substr(which.from));
}

void program_output::log_line(log::level level, bool out, std::string_view text) const {
  log::write(level,
             "output",
             {{"container", container_}, {"stream", out ? "stdout" : "stderr"}, {"line", text}});
}

void program_output::dropped(std::uint64_t lines) {
  log::warn("output_dropped", {{"container", container_}, {"lines", lines}});
}

} // namespace kraken::containers
