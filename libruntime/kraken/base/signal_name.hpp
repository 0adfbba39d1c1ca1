// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Names of signals: one table for reports, rules and errors.
#pragma once

#include <string_view>

namespace kraken {

/// @return `SIGKILL` for 9; empty for a number without a name, real-time signals included
/// @thread any (pure)
[[nodiscard]] std::string_view signal_name(int number) noexcept;

/// @return 9 for `SIGKILL`; 0 for what is no name
/// @thread any (pure)
[[nodiscard]] int signal_number(std::string_view name) noexcept;

} // namespace kraken
