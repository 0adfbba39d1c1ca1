// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// An executor that can also wait for descriptors and for time. Implemented by
/// `net/event_loop`; for rooms that may not know event loops (process) and rare events only.
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/base/executor.hpp"
#include "kraken/base/units.hpp"

#include <functional>
#include <memory>

namespace kraken {

/// @thread everything but `post` and `on_this_thread`: its own
class reactor : public executor {
public:
  /// Something waited for; destroying it ends the waiting, from inside its call too.
  class waiting {
  public:
    virtual ~waiting() = default;
  };

  /// Monotonic time as of the current turn.
  [[nodiscard]] virtual time_point now() const noexcept = 0;

  /// Calls `then` each time `fd` is readable or hung up, until the result is destroyed. The
  /// descriptor stays the caller's and must outlive the result.
  /// @return null when the kernel refuses
  [[nodiscard]] virtual std::unique_ptr<waiting> when_readable(int fd,
                                                               std::function<void()> then) = 0;

  /// Calls `then` once after `delay`, unless the result is destroyed before.
  [[nodiscard]] virtual std::unique_ptr<waiting> after(milliseconds delay,
                                                       std::function<void()> then) = 0;
};

} // namespace kraken
