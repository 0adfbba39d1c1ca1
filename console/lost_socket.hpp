// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A daemon that lives, but whose socket's file is gone. Asks the file of its lock; changes
/// nothing.
#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

namespace kraken::console {

/// Who holds the lock of a socket that is not there. It makes its socket anew at SIGHUP.
/// @return nothing when there is such a socket, no lock, or nobody with the lock's pid
[[nodiscard]] std::optional<pid_t> daemon_without_socket(const std::string& socket);

} // namespace kraken::console
