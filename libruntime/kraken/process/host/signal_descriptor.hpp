// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Signals to the daemon as data on a descriptor instead of handlers. Decides nothing.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"

#include <initializer_list>
#include <optional>

#include <sys/types.h>

namespace kraken::process {

struct received_signal {
  int number = 0;
  pid_t sender = 0; ///< 0: the kernel
  uid_t user = 0;   ///< of the sender
};

/// Owns a signalfd. Several signals of one number that are not yet read count as one.
/// @thread not shared; the descriptor may be polled anywhere
class signal_descriptor {
public:
  /// Blocks the signals in this thread, and with it in every thread it starts later; sets them to
  /// their default disposition (an inherited "ignore" of SIGCHLD would lose exit statuses) and
  /// ignores SIGPIPE and SIGXFSZ (writing to a closed socket, or more to a file than its limit, is
  /// an error, not a death). Both stay so when the object is gone.
  /// @thread the main one, before it starts others
  /// @error  errc::invalid_argument for a signal that cannot be blocked
  /// @error  errc::system_error
  [[nodiscard]] static result<signal_descriptor> open(std::initializer_list<int> signals);

  /// Readable when a signal waits. Non-blocking.
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

  /// @return the next signal; nothing when none waits
  [[nodiscard]] result<std::optional<received_signal>> next();

private:
  explicit signal_descriptor(unique_fd fd) noexcept : fd_(std::move(fd)) {}

  unique_fd fd_;
};

} // namespace kraken::process
