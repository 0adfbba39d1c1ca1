// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Names of signals and the text of an exit status, for people and reports.
#pragma once

#include "kraken/base/pidfd.hpp"

#include <string>
#include <string_view>

namespace kraken::process {

/// @return `SIGKILL`, `SIGRTMIN+3` ...; `signal 99` for a number that is none
[[nodiscard]] std::string signal_name(int number);

/// @param name `SIGTERM` or `TERM`, any case; real-time signals have no name here
/// @error errc::parse_error naming the text
[[nodiscard]] result<int> parse_signal(std::string_view name);

/// @return `exit code 255`, `signal 9 (SIGKILL)`, `signal 11 (SIGSEGV), core dumped`
[[nodiscard]] std::string describe_exit(const exit_status& status);

} // namespace kraken::process
