// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The two ends of the socket between the daemon and a process that speaks the worker protocol.
/// Starts no process and sends nothing.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"
#include "kraken/process/launch/launch_spec.hpp"

namespace kraken::process {

struct channel_pair {
  unique_fd ours;   ///< non-blocking
  unique_fd theirs; ///< blocking: the program has nothing else to wait for
};

/// @error errc::system_error
[[nodiscard]] result<channel_pair> make_channel_pair();

/// Hands `theirs` to the program and tells it where to find it (KRAKEN_FD).
void inherit_channel(launch_spec& spec, unique_fd theirs);

} // namespace kraken::process
