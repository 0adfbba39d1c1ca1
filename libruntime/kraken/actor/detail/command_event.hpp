// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How a command is told: an event on the status board before it is carried out, and one when it
/// was not. Carries nothing out.
#pragma once

#include "kraken/actor/status_board.hpp"
#include "kraken/model/command.hpp"

#include <string>
#include <string_view>

namespace kraken::actor {

/// @param root alias of the root: the target of a command without one
/// @return path the command concerns; what it was called when there is no such container
/// @thread any
std::string note_command(status_board& board, std::string_view root, const model::command& what);

/// @thread any
void note_refusal(status_board& board,
                  std::string_view path,
                  model::verb verb,
                  const std::string& origin,
                  const error& why);

} // namespace kraken::actor
