// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Help texts made of the command table. Prints nothing itself.
#pragma once

#include "console/command_table.hpp"

#include <string>
#include <string_view>

namespace kraken::console {

/// `kraken`, `kraken --help`: what it is, every command with its summary, the common flags.
[[nodiscard]] std::string help_text();

/// `kraken help process:create`: usage, arguments, flags, texts, exit codes, examples.
[[nodiscard]] std::string help_text(const command_row& row);

/// `kraken help process`: the commands of a family; empty if there is none of this name.
[[nodiscard]] std::string family_help(std::string_view family);

/// How long an answer is waited for without `--timeout`: `30s`, or `as long as it takes` where the
/// daemon shows meanwhile that it works on it.
[[nodiscard]] std::string longest_wait(const command_row& row);
/// That of some command.
inline constexpr std::string_view some_wait = "30s, or as long as it takes";

/// `kraken list`: one name per line.
[[nodiscard]] std::string list_text();
/// `kraken list -o json`: an array of `{"name", "summary"}`.
[[nodiscard]] std::string list_json();

} // namespace kraken::console
