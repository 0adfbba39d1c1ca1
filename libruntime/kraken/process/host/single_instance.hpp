// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// At most one daemon per admin socket. Neither binds nor removes the socket of a living daemon.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"

#include <string>

namespace kraken::process {

/// Holds the lock of one socket path: a file `<socket>.lock` with the pid of the holder. The
/// kernel frees it when the process ends by any means; a good end removes the file, too.
/// That is no race: who opened it before finds, once it has the lock, that its file is no longer
/// the one at the path, and takes another.
class single_instance {
public:
  /// Takes the lock, then removes the socket a dead daemon may have left.
  /// @param socket_path in a directory only this user can write
  /// @error errc::already_running naming the pid of the other daemon; its socket is untouched
  /// @error errc::conflict        something else than a socket of this user is at the path
  /// @error errc::permission_denied, errc::system_error
  [[nodiscard]] static result<single_instance> acquire(const std::string& socket_path);

  /// Removes the socket and then, as the last thing its holder does, the file of the lock. The lock
  /// is held on until the process ends.
  void withdraw() noexcept;

private:
  single_instance(unique_fd lock, std::string socket) noexcept
      : lock_(std::move(lock)), socket_(std::move(socket)) {}

  unique_fd lock_;
  std::string socket_;
};

} // namespace kraken::process
