// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The access log of a front: lines for a file, and what becomes of the file in the daemon's log.
/// Knows nothing of what stands in a line, writes none itself.
#pragma once

#include "kraken/process/output/line_file.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace kraken::containers {

class access_log {
public:
  /// @param container whose log this is, for log events
  /// @param file      absolute; empty: standard error
  /// @error as process::line_file::open
  [[nodiscard]] static result<std::shared_ptr<access_log>>
  open(std::string container,
       std::string file,
       process::line_file::unopened then = process::line_file::unopened::fails);

  /// Whether it could be opened; if not, why not. A pipe is not: its reader would see an end.
  [[nodiscard]] static result<void> check(const std::string& file);

  access_log(std::string container, std::shared_ptr<process::line_file> lines)
      : container_(std::move(container)), lines_(std::move(lines)) {}

  /// Takes one line.
  /// @param line ends with a line end
  /// @thread any; never waits for the file
  void add(std::string_view line) { lines_->add(line); }

  // As those of process::line_file.
  [[nodiscard]] result<void> reopen();
  void end() { lines_->end(); }
  [[nodiscard]] bool ended(milliseconds within) const { return lines_->ended(within); }

  [[nodiscard]] const std::shared_ptr<process::line_file>& lines() const noexcept { return lines_; }
  [[nodiscard]] const std::string& container() const noexcept { return container_; }
  [[nodiscard]] const std::string& file() const noexcept { return lines_->file(); }
  [[nodiscard]] const process::line_file_counters& counters() const noexcept {
    return lines_->counters();
  }

private:
  std::string container_;
  std::shared_ptr<process::line_file> lines_;
};

} // namespace kraken::containers
