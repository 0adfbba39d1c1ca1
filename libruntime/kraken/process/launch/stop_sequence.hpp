// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The orderly end of a process as a plan in time: drain, SIGTERM, SIGKILL of the group.
/// Pure: says what to do and when to ask again; signals nothing, waits for nothing.
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/base/limits.hpp"
#include "kraken/base/units.hpp"

#include <cstdint>
#include <optional>

namespace kraken::process {

/// What to do to the process now.
enum class stop_action : std::uint8_t {
  none,
  drain,     ///< ask by its protocol: nothing new, finish, exit
  terminate, ///< SIGTERM (or another) to the process, then SIGCONT, or a stopped one would never
             ///< see it
  kill,      ///< SIGKILL to its group
  give_up,   ///< killed, yet still there (uninterruptible sleep): report it; it is told once
};

/// How long each step may take before the next.
struct stop_times {
  milliseconds drain{0};                             ///< 0: there is no drain step
  std::optional<milliseconds> terminate{seconds{5}}; ///< 0: no SIGTERM; absent: for ever
  milliseconds grace = limits::kill_grace;           ///< from SIGKILL to `give_up`
};

/// An action, and when `advance()` is to be called next if the process has not ended before.
struct stop_step {
  stop_action action = stop_action::none;
  std::optional<time_point> wake; ///< absent: nothing more happens by time

  friend bool operator==(const stop_step&, const stop_step&) = default;
};

/// One stop of one process. Steps only go forward; each action is given exactly once.
///
///     idle --begin--> draining --> terminating --> killing --> stuck
///                        `-- ended() from anywhere --> ended
///
/// @thread not shared
class stop_sequence {
public:
  enum class stage : std::uint8_t { idle, draining, terminating, killing, stuck, ended };

  explicit stop_sequence(stop_times times = {}) noexcept : times_(times) {}

  /// Begins; has no effect when already begun.
  [[nodiscard]] stop_step begin(time_point now) noexcept;

  /// Moves on if the current step's time is over.
  /// @param now never earlier than in a previous call
  [[nodiscard]] stop_step advance(time_point now) noexcept;

  /// Moves to the next of drain, SIGTERM, SIGKILL at once (second SIGTERM to the daemon, the
  /// worker said it is drained); begins if not begun. No effect once killing.
  [[nodiscard]] stop_step hurry(time_point now) noexcept;

  /// SIGKILL at once, wherever the sequence stands. No effect once killing.
  [[nodiscard]] stop_step kill(time_point now) noexcept;

  /// The process was reaped: nothing more will be asked for.
  void ended() noexcept {
    stage_ = stage::ended;
    deadline_.reset();
  }

  [[nodiscard]] stage where() const noexcept { return stage_; }

  /// True from `begin()` on: an end is intended and no failure.
  [[nodiscard]] bool begun() const noexcept { return stage_ != stage::idle; }

private:
  [[nodiscard]] stop_step enter(stage to, time_point now) noexcept;
  [[nodiscard]] stop_step next(time_point now) noexcept;

  stop_times times_;
  stage stage_ = stage::idle;
  std::optional<time_point> deadline_;
};

} // namespace kraken::process
