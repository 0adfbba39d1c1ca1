// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Names of signals: one table for reports, rules and errors.
#pragma once

#include <string_view>

namespace kraken {

/// @return `SIGKILL` for 9; empty for a number without a name, real-time signals included
/// @thread any (pure)
[[nodiscard]] std::string_view signal_name(int number) noexcept;

} // namespace kraken
