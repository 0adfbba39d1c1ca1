// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What lines of the log are written to, without waiting where the system allows that. Knows
/// nothing of lines; what is not taken is the caller's (`log_outlet`).
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"
#include "kraken/base/units.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kraken::log {

class target {
public:
  /// What a write may do besides writing.
  enum class way : std::uint8_t {
    file,   ///< nothing: it is a file
    ready,  ///< fail when it would have to wait: a description of our own does not block
    socket, ///< as `ready`, asked for with each call
    waits,  ///< wait: others share the description, and no other one can be had
  };

  struct outcome {
    std::size_t taken = 0;
    int error = 0; ///< why not all of it; EAGAIN: it would have to wait
  };

  /// Standard error. Others may share its description, so `O_NONBLOCK` is never set on that: a
  /// pipe or terminal is opened anew.
  [[nodiscard]] static target standard_error();

  /// @error errc::system_error; a pipe that nobody reads is one, too
  [[nodiscard]] static result<target> open(const std::string& file);

  /// Writes what is taken at once; `way::waits`: what is likely to be.
  [[nodiscard]] outcome put(std::string_view text) const;

  /// Waits until something is taken, or writing fails.
  /// @return false: not within that time
  [[nodiscard]] bool takes(milliseconds within) const;

  /// Whether a write may wait nevertheless, because others write there too.
  [[nodiscard]] bool may_wait() const noexcept { return way_ == way::waits; }

  [[nodiscard]] int fd() const noexcept { return fd_; }

private:
  target(unique_fd own, int fd, way how) noexcept : own_(std::move(own)), fd_(fd), way_(how) {}

  unique_fd own_;
  int fd_;
  way way_;
};

} // namespace kraken::log
