// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// At most one daemon per admin socket. Neither binds nor removes the socket of a living daemon.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"

#include <string>

namespace kraken::process {

/// Holds the lock of one socket path: a file `<socket>.lock` with the pid of the holder. The
/// kernel frees it when the process ends by any means; the file itself stays, as removing it would
/// let two daemons hold "the" lock.
class single_instance {
public:
  /// Takes the lock, then removes the socket a dead daemon may have left.
  /// @param socket_path in a directory only this user can write
  /// @error errc::already_running naming the pid of the other daemon; its socket is untouched
  /// @error errc::conflict        something else than a socket of this user is at the path
  /// @error errc::permission_denied, errc::system_error
  [[nodiscard]] static result<single_instance> acquire(const std::string& socket_path);

private:
  explicit single_instance(unique_fd lock) noexcept : lock_(std::move(lock)) {}

  unique_fd lock_;
};

} // namespace kraken::process
