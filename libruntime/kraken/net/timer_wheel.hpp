// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A hashed timer wheel: many deadlines, O(1) to set and to clear, no allocation. Knows no
/// clock: the loop that owns it says what time it is and when to look again.
#pragma once

#include "kraken/base/clock.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace kraken::net {

class timer_wheel;

/// Something that happens at a time unless it is cleared before. Lives inside its owner; leaving
/// scope clears it.
/// @thread the wheel's
class deadline {
public:
  deadline() = default;
  deadline(const deadline&) = delete;
  deadline& operator=(const deadline&) = delete;
  virtual ~deadline() { clear(); }

  /// True while it will happen.
  [[nodiscard]] bool is_set() const noexcept { return wheel_ != nullptr; }

  [[nodiscard]] time_point at() const noexcept { return at_; }

  /// Does nothing when not set.
  void clear() noexcept;

protected:
  /// The time has come. The deadline is clear again and may be set anew or destroyed here.
  virtual void expired(time_point now) = 0;

private:
  friend class timer_wheel;

  timer_wheel* wheel_ = nullptr;
  deadline* prev_ = nullptr;
  deadline* next_ = nullptr;
  time_point at_{};
  std::size_t slot_ = 0;
};

/// Deadlines in slots of `tick`. A deadline fires at most one tick late and never early.
/// Deadlines beyond one turn stay in their slot and are looked at once per turn.
/// @thread one; not shared
class timer_wheel {
public:
  static constexpr std::chrono::milliseconds tick{16};
  static constexpr std::size_t slots = 1024; ///< one turn: 16.4 s

  explicit timer_wheel(time_point start) noexcept : start_(start) {}

  timer_wheel(const timer_wheel&) = delete;
  timer_wheel& operator=(const timer_wheel&) = delete;
  ~timer_wheel();

  /// Sets or moves a deadline. A time in the past fires at the next `advance`.
  void set(deadline& which, time_point at) noexcept;

  /// Fires all that is due.
  /// @param now never earlier than in a previous call
  void advance(time_point now);

  /// When `advance` should be called next; nothing while no deadline is set. May be earlier than
  /// the next deadline (one beyond a turn), never later than one tick after it.
  [[nodiscard]] std::optional<time_point> next() const noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
  friend class deadline;

  [[nodiscard]] std::uint64_t tick_of(time_point at) const noexcept;
  void unlink(deadline& which) noexcept;
  void fire_slot(std::size_t slot, time_point now);

  time_point start_;
  std::uint64_t current_ = 0; ///< ticks fully handled
  std::size_t size_ = 0;
  std::array<deadline*, slots> heads_{};
  std::array<std::uint64_t, slots / 64> used_{};
  deadline* cursor_ = nullptr; ///< next to look at while firing
};

} // namespace kraken::net
