// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A command on its way to the daemon and its answer on the way back. Shows what goes on while it
/// lasts, not the answer.
#pragma once

#include "console/run.hpp"
#include "console/views.hpp"

namespace kraken::console {

/// Has the daemon carry out a command of `place::daemon`. One that has no patience of its own is
/// waited for as long as the daemon shows that it works on it.
[[nodiscard]] fetched
carry_out(const invocation& asked, api_transport& daemon, surroundings& around);

} // namespace kraken::console
