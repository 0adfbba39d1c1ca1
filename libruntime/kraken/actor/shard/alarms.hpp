// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The earliest deadline of each of many actors. Most deadlines are far away and taken back long
/// before (start timeouts, request timeouts), so a far one costs no more than a list entry. Pure
/// bookkeeping: reads no clock and wakes nobody.
#pragma once

#include "kraken/base/clock.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace kraken::actor {

class alarms;

/// One actor's place among the alarms. Lives in the actor; leaving scope clears it.
/// @thread the alarms'
class alarm {
public:
  alarm() = default;
  alarm(const alarm&) = delete;
  alarm& operator=(const alarm&) = delete;
  virtual ~alarm() { clear(); }

  [[nodiscard]] bool is_set() const noexcept { return set_in_ != nullptr; }
  [[nodiscard]] time_point at() const noexcept { return at_; }

  /// Does nothing when not set.
  void clear() noexcept;

protected:
  /// The time has come; the alarm is clear. May set any alarm.
  virtual void rings() = 0;

private:
  friend class alarms;

  alarms* set_in_ = nullptr;
  alarm* before_ = nullptr; ///< in a slot
  alarm* behind_ = nullptr;
  time_point at_{};
  std::uint64_t number_ = 0; ///< in the order they were set
  std::size_t slot_ = nowhere;

  static constexpr std::size_t nowhere = SIZE_MAX; ///< it is among the near ones
};

/// @thread not shared
class alarms {
public:
  alarms() = default;
  alarms(const alarms&) = delete;
  alarms& operator=(const alarms&) = delete;
  ~alarms();

  /// Sets or moves an alarm.
  /// @param now never earlier than in a call before
  void set(alarm& which, time_point at, time_point now);

  /// When to call `ring` next. Never later than an alarm; may be earlier than the first, by up to
  /// the length of a slot, when that one is far.
  [[nodiscard]] std::optional<time_point> next() const noexcept;

  /// Rings those that are due, in order of their times; equal ones in the order they were set.
  void ring(time_point now);

private:
  friend class alarm;

  // About a second: a deadline of several seconds is never sorted unless it comes near.
  static constexpr unsigned slot_bits = 30; ///< of nanoseconds
  static constexpr std::size_t slots = 128;

  [[nodiscard]] static std::uint64_t slot_of(time_point at) noexcept;
  void put(alarm& which);
  void put_near(alarm& which);
  void take(alarm& which) noexcept;
  /// Sorts in those of the slots that have come near.
  void approach(time_point now);

  std::map<std::pair<time_point, std::uint64_t>, alarm*> near_;
  std::array<alarm*, slots> far_{};
  std::size_t far_count_ = 0;
  std::uint64_t passed_ = 0; ///< slots up to this number have been sorted in
  std::uint64_t last_ = 0;
};

} // namespace kraken::actor
