// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The ways to write without waiting: one for each kind of file.
#include "kraken/base/log/log_target.hpp"

#include <cerrno>
#include <climits>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kraken::log {

namespace {

constexpr mode_t log_mode = 0640; // what programs say is for nobody else; as of all such files

} // namespace

target target::standard_error() {
  struct stat info {};
  if (::fstat(STDERR_FILENO, &info) != 0) {
    return {unique_fd{}, STDERR_FILENO, way::file}; // closed: each write says so
  }
  if (S_ISSOCK(info.st_mode)) {
    return {unique_fd{}, STDERR_FILENO, way::socket};
  }
  if (!S_ISFIFO(info.st_mode) && !S_ISCHR(info.st_mode)) {
    return {unique_fd{}, STDERR_FILENO, way::file};
  }
  // Fails if it belongs to another user, or nobody reads the pipe.
  unique_fd own{::open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
  const int fd = own ? own.get() : STDERR_FILENO;
  return {std::move(own), fd, fd == STDERR_FILENO ? way::waits : way::ready};
}

result<target> target::open(const std::string& file) {
  std::error_code ignored; // the file says what is wrong
  std::filesystem::create_directories(std::filesystem::path{file}.parent_path(), ignored);
  constexpr int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  unique_fd own{::open(file.c_str(), flags, log_mode)};
  struct stat info {};
  if (!own || ::fstat(own.get(), &info) != 0) {
    const int why = errno;
    return fail(errno_error(
        "open log file '" + file + "'" + (why == ENXIO ? ": a pipe that nobody reads" : ""), why));
  }
  const int fd = own.get();
  return target{std::move(own), fd, S_ISREG(info.st_mode) ? way::file : way::ready};
}

target::outcome target::put(std::string_view text) const {
  outcome out;
  while (out.taken != text.size()) {
    auto part = text.substr(out.taken);
    if (may_wait()) {
      if (!takes(milliseconds{0})) {
        out.error = EAGAIN;
        break;
      }
      part = part.substr(0, PIPE_BUF); // a pipe that is ready takes so much
    }
    const auto count = way_ == way::socket
                           ? ::send(fd_, part.data(), part.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                           : ::write(fd_, part.data(), part.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      out.error = count == 0 ? EIO : errno;
      break;
    }
    out.taken += static_cast<std::size_t>(count);
  }
  return out;
}

bool target::takes(milliseconds within) const {
  pollfd one{.fd = fd_, .events = POLLOUT, .revents = 0};
  int count = 0;
  do {
    count = ::poll(&one, 1, static_cast<int>(within.count()));
  } while (count < 0 && errno == EINTR);
  return count > 0;
}

} // namespace kraken::log
