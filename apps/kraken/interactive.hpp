// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The commands that need a terminal of their own: `top` and `shell`.
#pragma once

#include "console/run.hpp"

namespace kraken::app {

/// The live view. The terminal is as it was when this returns.
/// @return the exit code
[[nodiscard]] int run_top(const console::invocation& asked, console::surroundings& around);

/// Reads command lines and carries them out until `exit` or the end of the input. With a terminal
/// there are a prompt, completion and a history; without, the exit code is that of the last line
/// that failed.
[[nodiscard]] int run_shell(const console::invocation& asked, console::surroundings& around);

} // namespace kraken::app
