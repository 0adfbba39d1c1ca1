// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the kernel says a process is doing now. A look, no watch.
#pragma once

#include "kraken/base/pidfd.hpp"

#include <optional>
#include <string_view>

#include <sys/types.h>

namespace kraken::process {

/// Whether the first thread of a process waits for something else than the CPU at this moment; also
/// when there is no such process.
/// @param pid of a child that is not reaped yet: otherwise it may be another's
/// @thread any
[[nodiscard]] bool sleeps(pid_t pid);

/// Whether a signal (SIGSTOP) holds a child of ours: it runs no code until another lets it go on.
/// One that a debugger holds is not meant.
/// @param pid as for `sleeps`
/// @thread any
/// @cost one system call
[[nodiscard]] bool stopped(pid_t pid) noexcept;

/// How a process is ending that runs no more code of its own, although it may take the kernel some
/// time yet until it can be reaped: its only thread is on its way out.
/// @param pid as for `sleeps`
/// @return nothing: it lives, or it cannot be told. Nor for an exit with 0, which is also what is
///         shown to those who may not know
/// @thread any
[[nodiscard]] std::optional<exit_status> ending(pid_t pid);

/// The same of the text of /proc/PID/stat.
[[nodiscard]] std::optional<exit_status> read_ending(std::string_view stat);

} // namespace kraken::process
