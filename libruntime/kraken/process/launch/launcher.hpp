// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Starts a program as a supervised child of the daemon, at posix_spawn's cost however large the
/// daemon is (docs/decisions/0003-spawning-processes.md). Does not wait for it and does not read
/// its output.
#pragma once

#include "kraken/base/pidfd.hpp"
#include "kraken/base/result.hpp"
#include "kraken/process/launch/launch_spec.hpp"

#include <string>
#include <string_view>

namespace kraken::process {

/// Name of the environment variable that carries `child::mark`.
inline constexpr std::string_view launch_mark_variable = "KRAKEN_LAUNCH";

/// A program that runs: its exec has succeeded.
struct child {
  pidfd process;
  unique_fd standard_output; ///< non-blocking reading end; empty unless `output_mode::pipe`
  unique_fd standard_error;  ///< likewise
  std::string mark; ///< unique per launch, in the environment of the child and what it starts;
                    ///< tells whose a re-parented descendant is (subreaper.hpp)
};

/// Starts the program. Returns once its exec succeeded or failed; on failure no process is left
/// and every descriptor given is closed.
/// @param spec consumed: the daemon's copies of the inherited descriptors are closed
/// @error      errc::not_found          no such program, interpreter, user, group or directory
/// @error      errc::permission_denied  not executable, not allowed for this user, or uid 0
///                                      without `superuser::allow`
/// @error      errc::invalid_argument   empty argv, NUL bytes, bad targets
/// @error      errc::limit_exceeded     no descriptor, process or memory left: may pass
/// @error      errc::system_error       whatever else the kernel refused, naming the step
/// @thread     any that never exits before the child: the kernel ties the child's "die with the
///             parent" to the launching *thread*, whose end kills the child
/// @cost       the thread is suspended until exec, some 0.1 ms; other threads go on
[[nodiscard]] result<child> launch(launch_spec spec);

} // namespace kraken::process
