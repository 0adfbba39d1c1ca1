// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What PHP itself says of errors, on its standard error and in messages of exceptions: how serious
/// it is, and whether a script has met the wrong PHP. Knows nothing of lines of the application.
#pragma once

#include "containers/program/program_output.hpp"
#include "kraken/base/log.hpp"

#include <string_view>

namespace kraken::containers {

/// `PHP Fatal error:  ...` is an error, `PHP Warning:  ...` a warning, also behind what a script
/// has written without a line end; every other line is info.
/// @thread any (pure)
[[nodiscard]] judged_line level_of_stderr(std::string_view line) noexcept;

/// The same of a template, which writes what its pages have said as well: `[error] why`.
/// @thread any (pure)
[[nodiscard]] judged_line level_of_template(std::string_view line) noexcept;

/// Looks at what PHP said last of an undefined function.
/// @param output what the script wrote, or the message of its exception
/// @return       what to do about it; empty: it missed no function of kraken-php
/// @thread any (pure)
[[nodiscard]] std::string_view needed_carrier(std::string_view output) noexcept;

} // namespace kraken::containers
