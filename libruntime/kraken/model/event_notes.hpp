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
  event_note_row{"code_changed", "files", "watched files changed; a pool's workers are replaced"},
  event_note_row{"code_refused", "reason", "changed code does not boot; what serves goes on"},
  event_note_row{"code_taken", "", "every worker of a pool runs the changed code"},
  event_note_row{"command", "verb, origin, count, signal",
                 "somebody changes something: `origin` is `console uid=U pid=P`, `api HOST:PORT`, "
                 "`config`, `config rollback` or the path of a container; no container: the "
                 "daemon"},
  event_note_row{"command_refused", "verb, origin, reason", "... and it was not done"},
  event_note_row{"dead_letter", "sender, reason, untold",
                 "a message nobody handled, at most one a second of each reason; `untold`: others "
                 "since the last one"},
};
// clang-format on

} // namespace kraken::model
