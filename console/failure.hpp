// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a program says when it could not do what was asked: one form for console and daemon.
/// Prints nothing.
#pragma once

#include "kraken/base/result.hpp"

#include <string>
#include <string_view>

namespace kraken::console {

/// @param sentence what could not be done; may be empty
/// @param why      each line of its text is shown on a line of its own
/// @param next     the command to try
/// @return         `sentence`, `Reason: text (code)`, `Try: next`, each on a line
/// @thread any (pure)
[[nodiscard]] std::string
failure_text(std::string_view sentence, const error& why, std::string_view next);

/// What to type next after a failure; shown as the last line of every error.
/// @param command  name of the command that failed; may be empty
/// @param alias    container it concerned; may be empty
[[nodiscard]] std::string next_command(errc code, std::string_view command, std::string_view alias);

} // namespace kraken::console
