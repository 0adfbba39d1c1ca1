// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Monotonic time behind an interface, so that rules can be tested on virtual time.
/// Wall-clock time exists only for what people read (logs, the HTTP `Date` header).
#pragma once

#include <chrono>

namespace kraken {

/// A point in monotonic time; only differences mean anything.
using time_point = std::chrono::steady_clock::time_point;

/// Source of monotonic time.
class monotonic_clock {
public:
  virtual ~monotonic_clock() = default;

  /// @return never earlier than a previous answer
  /// @thread any
  [[nodiscard]] virtual time_point now() const noexcept = 0;
};

/// The machine's monotonic clock.
class steady_monotonic_clock final : public monotonic_clock {
public:
  [[nodiscard]] time_point now() const noexcept override {
    return std::chrono::steady_clock::now();
  }
};

/// Time that moves only when told to; for tests.
class virtual_clock final : public monotonic_clock {
public:
  [[nodiscard]] time_point now() const noexcept override { return now_; }

  void advance(std::chrono::nanoseconds by) noexcept {
    now_ += std::chrono::duration_cast<time_point::duration>(by);
  }

private:
  // Not the epoch: code that takes a default time_point for "never" must still work.
  time_point now_{std::chrono::hours{1}};
};

} // namespace kraken
