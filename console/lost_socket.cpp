// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The socket's place; the pid in the lock's file, and whether there is such a process.
#include "console/lost_socket.hpp"

#include "kraken/base/default_socket.hpp"
#include "kraken/base/pidfd.hpp"

#include <cerrno>
#include <fstream>

#include <sys/stat.h>

namespace kraken::console {

std::optional<pid_t> daemon_without_socket(const std::string& socket) {
  struct stat there {};
  if (::lstat(socket.c_str(), &there) == 0 || errno != ENOENT) {
    return std::nullopt;
  }
  // A lock is not tried: a daemon that starts at this moment would be refused.
  pid_t holder = 0;
  std::ifstream{socket + ".lock"} >> holder;
  return holder > 1 && pidfd::open(holder) ? std::optional{holder} : std::nullopt;
}

std::string find_socket(std::string_view given,
                        std::string_view environment,
                        unsigned uid,
                        std::string_view xdg_runtime_dir) {
  if (!given.empty()) {
    return std::string{given};
  }
  if (!environment.empty()) {
    return std::string{environment};
  }
  return default_socket(uid, xdg_runtime_dir);
}

} // namespace kraken::console
