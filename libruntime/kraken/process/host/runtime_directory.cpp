// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Making and checking of directories for sockets.
#include "kraken/process/host/runtime_directory.hpp"

#include "kraken/base/default_socket.hpp"
#include "kraken/base/spool_file.hpp"
#include "kraken/base/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace kraken::process {

std::string runtime_directory() {
  const char* xdg = std::getenv("XDG_RUNTIME_DIR"); // NOLINT(concurrency-mt-unsafe)
  return default_runtime_directory(::geteuid(), xdg == nullptr ? "" : xdg);
}

std::string spool_directory() {
  const char* const tmpdir = std::getenv("TMPDIR"); // NOLINT(concurrency-mt-unsafe)
  return default_spool_directory(tmpdir == nullptr ? "" : tmpdir);
}

result<void> make_private_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(errno_error("make directory '" + path + "'"));
  }
  // Checked also when just made: one path for all cases, and the answer is about the descriptor.
  const unique_fd directory{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  if (!directory) {
    if (errno == ELOOP || errno == ENOTDIR) {
      return fail(errc::permission_denied, "'" + path + "' is not a directory, or a link to one");
    }
    return fail(errno_error("open directory '" + path + "'"));
  }
  struct stat status {};
  if (::fstat(directory.get(), &status) != 0) {
    return fail(errno_error("stat directory '" + path + "'"));
  }
  if (status.st_uid != ::geteuid()) {
    return fail(errc::permission_denied,
                "'" + path + "' belongs to user " + std::to_string(status.st_uid) + ", not to " +
                    std::to_string(::geteuid()));
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fail(errc::permission_denied, "'" + path + "' can be written by others: chmod 700 it");
  }
  return {};
}

result<std::string> unique_socket_path(const std::string& directory, std::string_view prefix) {
  std::array<std::uint8_t, 8> random{};
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    return fail(errno_error("getrandom"));
  }
  constexpr std::string_view digits = "0123456789abcdef";
  auto path = directory + "/" + std::string{prefix} + "-";
  for (const auto byte : random) {
    path.push_back(digits[byte >> 4U]);
    path.push_back(digits[byte & 0xfU]);
  }
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return fail(errc::invalid_argument,
                "a socket's path has at most " + std::to_string(sizeof(sockaddr_un::sun_path) - 1) +
                    " bytes, this one " + std::to_string(path.size()) + ": '" + path + "'");
  }
  return path;
}

} // namespace kraken::process
