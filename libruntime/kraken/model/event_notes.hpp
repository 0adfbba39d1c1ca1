// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Names of the events that are no change of a container's phase, each with its fields and one
/// sentence: the source of docs/reference/events.md. What local rules try is in solver_plan.hpp.
#pragma once

#include <array>
#include <string_view>

namespace kraken::model {

struct event_note_row {
  std::string_view name;
  std::string_view fields;
  std::string_view text;
};

// Rows read as a table.
// clang-format off
inline constexpr std::array event_notes{
  event_note_row{"dead_letter", "sender, reason, untold",
                 "a message nobody handled, at most one a second of each reason; `untold`: others "
                 "since the last one"},
};
// clang-format on

} // namespace kraken::model
