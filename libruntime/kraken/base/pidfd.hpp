// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A process named by a descriptor instead of a number that may be reused.
/// Does not wait for readability: an event loop does that.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"

#include <optional>

#include <sys/types.h>

namespace kraken {

/// How a process ended.
struct exit_status {
  int value = 0; ///< exit code 0..255, or the signal number when `by_signal`
  bool by_signal = false;
  bool core_dumped = false;

  [[nodiscard]] bool clean() const noexcept { return !by_signal && value == 0; }
};

/// Owns a pidfd. The pid is kept for display and for its process group only.
/// @thread not shared
class pidfd {
public:
  pidfd() noexcept = default;
  pidfd(unique_fd fd, pid_t pid) noexcept : fd_(std::move(fd)), pid_(pid) {}

  /// Opens a descriptor for a child that has not been reaped yet.
  /// @error errc::system_error when there is no such process or no descriptor left
  [[nodiscard]] static result<pidfd> open(pid_t pid);

  /// Takes a descriptor somebody else opened, whose process the kernel tells.
  /// @error errc::protocol_error when it is no pidfd or its process was reaped; errc::system_error
  ///        without /proc
  [[nodiscard]] static result<pidfd> take(unique_fd fd);

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  explicit operator bool() const noexcept { return static_cast<bool>(fd_); }

  /// Sends `signal_number` to the process; ok (and without effect) if it already ended.
  [[nodiscard]] result<void> send(int signal_number) const;

  /// Sends `signal_number` to the process group this process leads. Only valid until the
  /// leader is reaped: after that the group's number may belong to somebody else.
  [[nodiscard]] result<void> send_group(int signal_number) const;

  /// Reaps the process if it has ended.
  /// @return nothing while it lives; its status exactly once after it ended
  [[nodiscard]] result<std::optional<exit_status>> try_reap();

  /// Its status if it has ended, without reaping it: until then its number, and its group's,
  /// belong to nobody else.
  /// @return nothing while it lives, and after it was reaped
  [[nodiscard]] result<std::optional<exit_status>> peek() const;

  /// If the process has ended: kills what is left of the group it led, then reaps it. In this
  /// order the group's number cannot have been given to somebody else.
  /// @return as `try_reap()`
  [[nodiscard]] result<std::optional<exit_status>> try_reap_group();

  /// True once the exit status has been collected.
  [[nodiscard]] bool reaped() const noexcept { return reaped_; }

private:
  [[nodiscard]] result<std::optional<exit_status>> wait(int options) const;

  unique_fd fd_;
  pid_t pid_ = -1;
  bool reaped_ = false;
};

} // namespace kraken
