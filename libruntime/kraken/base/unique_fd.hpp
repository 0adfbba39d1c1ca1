// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A file descriptor with exactly one owner. Closes it; does nothing else with it.
#pragma once

#include <utility>

namespace kraken {

/// Owns one file descriptor. Moved-from and default objects hold none (-1).
/// @thread not shared; move it to another thread to hand the descriptor over
class unique_fd {
public:
  unique_fd() noexcept = default;

  explicit unique_fd(int fd) noexcept : fd_(fd) {}

  unique_fd(unique_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

  unique_fd& operator=(unique_fd&& other) noexcept {
    if (this != &other) {
      reset(std::exchange(other.fd_, -1));
    }
    return *this;
  }

  unique_fd(const unique_fd&) = delete;
  unique_fd& operator=(const unique_fd&) = delete;

  ~unique_fd() { reset(); }

  /// The descriptor, still owned here; -1 if there is none.
  [[nodiscard]] int get() const noexcept { return fd_; }

  explicit operator bool() const noexcept { return fd_ >= 0; }

  /// Gives the descriptor away; the caller closes it.
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

  /// Closes what is held and takes `fd` (-1: nothing) instead.
  void reset(int fd = -1) noexcept;

private:
  int fd_ = -1;
};

} // namespace kraken
