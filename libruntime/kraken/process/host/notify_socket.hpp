// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The daemon's side of sd_notify(3): tells a service manager how it is. A datagram of a few
/// words, so libsystemd is not needed for it.
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"
#include "kraken/base/units.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace kraken::process {

/// A line to the service manager; without one every call succeeds and does nothing.
/// @thread not shared
class notify_socket {
public:
  /// Without a service manager.
  notify_socket() noexcept = default;

  /// Reads and removes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
  /// @thread the main one, before it starts others
  /// @error  errc::parse_error for values that are none
  /// @error  errc::system_error when there is nobody at the socket
  [[nodiscard]] static result<notify_socket> from_environment();

  [[nodiscard]] bool active() const noexcept { return static_cast<bool>(fd_); }

  /// How often at least `watchdog()` is expected; call it twice as often. Absent: never.
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog_period() const noexcept {
    return watchdog_period_;
  }

  /// @error errc::system_error for each of these: the manager does not read
  [[nodiscard]] result<void> ready(std::string_view status);
  /// A reload has begun; `ready()` ends it.
  /// @param now of the machine's monotonic clock
  [[nodiscard]] result<void> reloading(time_point now);
  [[nodiscard]] result<void> stopping(std::string_view status);
  /// @param text one line for `systemctl status`
  [[nodiscard]] result<void> status(std::string_view text);
  [[nodiscard]] result<void> watchdog();

private:
  [[nodiscard]] result<void> send(const std::string& message);

  unique_fd fd_;
  std::optional<std::chrono::microseconds> watchdog_period_;
};

} // namespace kraken::process
