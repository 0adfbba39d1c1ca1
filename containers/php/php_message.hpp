// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What PHP itself says of errors, on its standard error and in messages of exceptions: how serious
/// it is, and whether a script has met the wrong PHP. Knows nothing of lines of the application.
#pragma once

#include "containers/program/program_output.hpp"
#include "kraken/base/log.hpp"
#include "kraken/process/output/log_ring.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace kraken::containers {

/// The level of each line of a stream. `PHP Fatal error:  ...` (the log's form) is an error, also
/// behind what a script has written without a line end, as is
/// `Fatal error: ... in FILE on line N` (the form that is shown), a warning likewise. What follows
/// up to the place of a message, and its trace, has its level; every other line is info.
/// @thread not shared
class php_levels {
public:
  [[nodiscard]] judged_line next(std::string_view line) noexcept;

private:
  log::level last_ = log::level::info; ///< of the message that the line before belongs to
  std::size_t open_ = 0;               ///< lines that may come until that message names its place
};

/// Judges the lines of a worker's two streams. Copies are apart.
class worker_levels {
public:
  [[nodiscard]] judged_line operator()(process::output_stream from,
                                       std::string_view line) noexcept {
    return streams_[static_cast<std::size_t>(from)].next(line);
  }

private:
  std::array<php_levels, 2> streams_;
};

/// The same of a template, which writes what its pages have said as well: `[error] why`.
class template_levels {
public:
  [[nodiscard]] judged_line operator()(process::output_stream from, std::string_view line) noexcept;

private:
  worker_levels others_;
};

/// Looks at what PHP said last of an undefined function.
/// @param output what the script wrote, or the message of its exception
/// @return       what to do about it; empty: it missed no function of kraken-php
/// @thread any (pure)
[[nodiscard]] std::string_view needed_carrier(std::string_view output) noexcept;

} // namespace kraken::containers
