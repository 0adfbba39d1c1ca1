// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where the output of a program goes: what it writes and what it says by its protocol are one
/// output, each line with its level, in the log of the daemon; or in files of its own, as it was
/// written. Keeps no lines: that is process::log_ring.
#pragma once

#include "config/process_options.hpp"
#include "containers/program/output_files.hpp"
#include "kraken/base/log.hpp"
#include "kraken/process/launch/supervised_process.hpp"
#include "kraken/process/output/line_joiner.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace kraken::containers {

struct judged_line {
  log::level level = log::level::info;
  std::size_t from = 0; ///< where it begins that has the level; what is before is info
};

/// @thread its container's shard
class program_output {
public:
  /// How serious a line is that was written, not said; asked of each line in turn.
  using judge = std::function<judged_line(process::output_stream from, std::string_view line)>;

  /// @param container the path of whose it is
  /// @param files     outlives it; null: there are none, the daemon's log has all
  /// @param written   null: every written line is info
  program_output(std::string container, output_files* files, judge written = nullptr)
      : container_(std::move(container)), files_(files), written_(std::move(written)) {}

  /// Where it goes from now on. Without effect if it goes there already.
  void go_to(const config::output_options& wanted);

  /// Completes the callbacks of a process by those that lead its output here.
  /// @param follow called before each piece, which may be to `go_to` another file; null: nothing
  [[nodiscard]] process::supervised_process::callbacks
  of_process(process::supervised_process::callbacks made, std::function<void()> follow = nullptr);

  /// Takes a piece of a stream; an empty one: the stream has ended.
  /// @return whether its lines are for `line` as well
  [[nodiscard]] process::lines_for piece(process::output_stream from, std::string_view bytes);

  /// Whether the file of a stream takes no more for the moment.
  /// @param then see process::line_file::is_crowded
  [[nodiscard]] bool crowded(process::output_stream from, std::function<void()> then) {
    const auto& file = course_of(from).file;
    return file != nullptr && file->is_crowded(std::move(then));
  }

  /// Puts a message among the program's lines; of several lines it is one event of the log.
  /// @param level as log::parse_level; anything else is info
  void said(process::supervised_process& by, std::string_view level, std::string_view message);

  void line(const process::captured_line& line);
  void dropped(std::uint64_t lines);

private:
  /// Of one stream.
  struct course {
    output_files::handle file; ///< null: the daemon's log
    process::line_joiner lines;
  };

  [[nodiscard]] course& course_of(process::output_stream from) noexcept {
    return courses_[static_cast<std::size_t>(from)];
  }
  [[nodiscard]] process::lines_for lines_of(const course& way) const noexcept;
  [[nodiscard]] output_files::handle open(const std::string& file);
  void log_line(log::level level, bool out, std::string_view text) const;

  std::string container_;
  output_files* files_;
  judge written_;
  std::optional<config::output_options> wanted_; ///< nothing: not told yet
  std::array<course, 2> courses_;
  std::optional<log::level> said_at_; ///< of what is put among its output just now
};

} // namespace kraken::containers
