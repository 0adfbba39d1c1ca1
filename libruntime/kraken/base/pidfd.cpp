// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// pidfd system calls (Linux 5.3+, glibc without wrappers for older releases).
#include "kraken/base/pidfd.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

namespace kraken {

result<pidfd> pidfd::open(pid_t pid) {
  const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) {
    return fail(errno_error("pidfd_open pid " + std::to_string(pid)));
  }
  return pidfd{unique_fd{fd}, pid};
}

result<pidfd> pidfd::take(unique_fd fd) {
  const auto path = "/proc/self/fdinfo/" + std::to_string(fd.get());
  const unique_fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  std::array<char, 512> text{};
  const auto length = file ? ::read(file.get(), text.data(), text.size()) : -1;
  if (length < 0) {
    return fail(errno_error("read " + path));
  }
  constexpr std::string_view mark = "\nPid:\t";
  const std::string_view all{text.data(), static_cast<std::size_t>(length)};
  const auto at = all.find(mark);
  pid_t pid = -1;
  if (at != std::string_view::npos) {
    std::from_chars(all.data() + at + mark.size(), all.data() + all.size(), pid);
  }
  if (pid <= 0) {
    return fail(errc::protocol_error, "a descriptor that names no process");
  }
  return pidfd{std::move(fd), pid};
}

result<void> pidfd::send(int signal_number) const {
  if (reaped_ || !fd_) {
    return {};
  }
  if (::syscall(SYS_pidfd_send_signal, fd_.get(), signal_number, nullptr, 0) != 0 &&
      errno != ESRCH) {
    return fail(
        errno_error("signal " + std::to_string(signal_number) + " to pid " + std::to_string(pid_)));
  }
  return {};
}

result<void> pidfd::send_group(int signal_number) const {
  if (reaped_ || !fd_ || pid_ <= 1) { // -1 would mean every process there is
    return {};
  }
  if (::kill(-pid_, signal_number) != 0 && errno != ESRCH) {
    return fail(errno_error("signal " + std::to_string(signal_number) + " to process group " +
                            std::to_string(pid_)));
  }
  return {};
}

result<std::optional<exit_status>> pidfd::peek() const {
  return wait(WNOWAIT);
}

result<std::optional<exit_status>> pidfd::try_reap() {
  auto status = wait(0);
  reaped_ = reaped_ || (status && *status);
  return status;
}

result<std::optional<exit_status>> pidfd::try_reap_group() {
  auto ended = peek();
  if (!ended || !*ended) {
    return ended;
  }
  // Its failure must not leave a zombie: what could not be killed here is no member we own.
  static_cast<void>(send_group(SIGKILL));
  return try_reap();
}

result<std::optional<exit_status>> pidfd::wait(int options) const {
  if (reaped_ || !fd_) {
    return std::optional<exit_status>{};
  }
  siginfo_t info{};
  if (::waitid(static_cast<idtype_t>(P_PIDFD),
               static_cast<id_t>(fd_.get()),
               &info,
               WEXITED | WNOHANG | options) != 0) {
    return fail(errno_error("waitid pid " + std::to_string(pid_)));
  }
  if (info.si_pid == 0) {
    return std::optional<exit_status>{};
  }
  exit_status status;
  status.value = info.si_status;
  status.by_signal = info.si_code != CLD_EXITED;
  status.core_dumped = info.si_code == CLD_DUMPED;
  return std::optional<exit_status>{status};
}

} // namespace kraken
