// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where the daemon's socket is; and a daemon that lives, but whose socket's file is gone. Asks the
/// file of its lock; changes nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace kraken::console {

/// Who holds the lock of a socket that is not there. It makes its socket anew at SIGHUP.
/// @return nothing when there is such a socket, no lock, or nobody with the lock's pid
[[nodiscard]] std::optional<pid_t> daemon_without_socket(const std::string& socket);

/// Where the daemon's socket is.
/// @param given            `--socket`; wins when not empty
/// @param environment      value of KRAKEN_SOCKET; next
/// @param uid              effective user id
/// @param xdg_runtime_dir  value of XDG_RUNTIME_DIR
/// @thread any (pure)
[[nodiscard]] std::string find_socket(std::string_view given,
                                      std::string_view environment,
                                      unsigned uid,
                                      std::string_view xdg_runtime_dir);

} // namespace kraken::console
