// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The lines of a program in the log of the daemon: what it writes and what it says by its protocol
/// are one output, each line with its level. Keeps no lines: that is process::log_ring.
#pragma once

#include "kraken/base/log.hpp"
#include "kraken/process/launch/supervised_process.hpp"

#include <string_view>

namespace kraken::containers {

/// @thread its container's shard
class program_output {
public:
  /// How serious a line of standard error is that was written, not said.
  using judge = log::level (*)(std::string_view line) noexcept;

  /// @param written null: every written line is info
  explicit program_output(judge written = nullptr) noexcept : written_(written) {}

  /// Puts a message among the program's lines; the first of several lines has its level.
  /// @param level as log::parse_level; anything else is info
  void said(process::supervised_process& by, std::string_view level, std::string_view message);

  /// @param container the path of whose it is
  void line(std::string_view container, const process::captured_line& line);
  void dropped(std::string_view container, std::uint64_t lines);

private:
  judge written_;
  log::level said_at_ = log::level::info; ///< of the line that is put among its output just now
};

} // namespace kraken::containers
