// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// At most one daemon per admin socket. Neither binds nor removes the socket of a living daemon.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"

#include <cstdint>
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

  /// Remembers the socket that its holder has bound at the path: that one is its own.
  void bound() noexcept;

  /// Whether the socket that was bound is still at its path: who looks for it finds its holder.
  [[nodiscard]] bool is_there() const noexcept;

  /// Before the socket is bound anew: takes the lock again where somebody has removed its file too.
  /// Who fails holds what it held.
  /// @error as `acquire`; errc::already_running: another daemon has taken the place meanwhile
  [[nodiscard]] result<void> take_again();

  /// Removes the socket that was bound and then, as the last thing its holder does, the file of the
  /// lock: each only if it is still its own. The lock is held on until the process ends.
  void withdraw() noexcept;

private:
  /// What tells one file from another that comes to its path. A socket keeps its file, so the
  /// number is given to no other file while it is open.
  struct file_mark {
    std::uint64_t device = 0;
    std::uint64_t number = 0; ///< 0: of no file

    friend bool operator==(const file_mark&, const file_mark&) = default;
  };

  single_instance(unique_fd lock, std::string socket) noexcept
      : lock_(std::move(lock)), socket_(std::move(socket)) {}

  unique_fd lock_;
  std::string socket_;
  file_mark bound_;

  [[nodiscard]] static file_mark mark_at(const std::string& path) noexcept;
};

} // namespace kraken::process
