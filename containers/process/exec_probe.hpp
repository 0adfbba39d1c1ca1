// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A look by running a command: it serves when the command ends with 0. No shell.
#pragma once

#include "containers/process/probe.hpp"
#include "kraken/process/launch/child_registry.hpp"
#include "kraken/process/launch/launch_spec.hpp"

namespace kraken::containers {

/// Starts the command; kills it when `timeout` is over. Destroying the probe kills it too.
/// @param children outlives the probe
/// @param spec     as the program it looks at runs; argv is the command
/// @thread the loop's
[[nodiscard]] std::unique_ptr<probe> look_by(reactor& loop,
                                             process::child_registry& children,
                                             process::launch_spec spec,
                                             milliseconds timeout,
                                             probe_done done);

} // namespace kraken::containers
