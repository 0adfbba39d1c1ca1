// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How serious a line is that PHP itself wrote to its standard error. Knows nothing of lines of the
/// application.
#pragma once

#include "kraken/base/log.hpp"

#include <string_view>

namespace kraken::containers {

/// `PHP Fatal error:  ...` is an error, `PHP Warning:  ...` a warning; every other line is info.
/// @thread any (pure)
[[nodiscard]] log::level level_of_stderr(std::string_view line) noexcept;

} // namespace kraken::containers
