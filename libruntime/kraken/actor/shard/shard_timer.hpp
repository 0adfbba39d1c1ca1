// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One time that a shard is told of as exactly as the kernel can: a timer descriptor among those
/// its loop waits for. Many times are `alarms`; this is the earliest of them.
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/base/reactor.hpp"
#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"

#include <functional>
#include <memory>

namespace kraken::actor {

class shard_timer {
public:
  /// @error errc::system_error when there is no descriptor to be had
  /// @thread any
  [[nodiscard]] static result<shard_timer> make();

  /// Calls `then` whenever a time that was set has come, until `end`.
  /// @error errc::system_error when the loop cannot wait for it
  /// @thread the shard, as everything below
  [[nodiscard]] result<void> begin(reactor& on, std::function<void()> then);
  void end() noexcept { waits_.reset(); }

  /// Instead of what was set before. A time that is over comes at once.
  void set(time_point when) noexcept;

private:
  explicit shard_timer(unique_fd fd) noexcept : fd_(std::move(fd)) {}

  unique_fd fd_;
  std::unique_ptr<reactor::waiting> waits_;
};

} // namespace kraken::actor
