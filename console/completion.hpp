// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Completion scripts for shells, made of the command table. The scripts ask `kraken ps -o name`
/// for containers; nothing else of them runs the program.
#pragma once

#include "kraken/base/result.hpp"

#include <string>
#include <string_view>

namespace kraken::console {

/// The script of a shell.
/// @param shell  bash, zsh or fish
/// @error errc::invalid_argument for another shell
/// @thread any (pure)
[[nodiscard]] result<std::string> completion_script(std::string_view shell);

} // namespace kraken::console
