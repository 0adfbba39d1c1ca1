// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the kernel says a process is doing now. A look, no watch.
#pragma once

#include <sys/types.h>

namespace kraken::process {

/// Whether the first thread of a process waits for something else than the CPU at this moment; also
/// when there is no such process.
/// @param pid of a child that is not reaped yet: otherwise it may be another's
/// @thread any
[[nodiscard]] bool sleeps(pid_t pid);

} // namespace kraken::process
