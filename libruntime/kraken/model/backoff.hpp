// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How long to wait before a restart. Does not count restarts (restart_window.hpp) and does not
/// wait; randomness comes from the caller, so a seed replays a run.
#pragma once

#include "kraken/base/units.hpp"
#include "kraken/model/child_spec.hpp"

#include <cstdint>

namespace kraken::model {

/// Source of jitter; seeded by its owner. splitmix64: every container has one, and the Mersenne
/// twister of the library is 2.5 KB.
class jitter_source {
public:
  explicit jitter_source(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t operator()() noexcept {
    state_ += 0x9e3779b97f4a7c15U;
    auto mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
  }

  friend bool operator==(const jitter_source&, const jitter_source&) = default;

private:
  std::uint64_t state_;
};

/// The delay before the next restart, without jitter: 0 for the first, then `min`,
/// `min * factor`, `min * factor^2` ... up to `max`.
/// @param restarts restarts of this child that still count (`restart_window::count_of`)
/// @thread any (pure)
[[nodiscard]] milliseconds backoff_base(const backoff_spec& spec, std::uint32_t restarts) noexcept;

/// `backoff_base` changed by at most +-`jitter_percent`; never more than `max`. A first restart
/// stays immediate.
/// @param random advanced by one step unless the delay is 0
[[nodiscard]] milliseconds
backoff_delay(const backoff_spec& spec, std::uint32_t restarts, jitter_source& random) noexcept;

/// Whether one more restart is within what the supervisor allows.
enum class budget : std::uint8_t { left, spent };

/// The delay before a restart of a child that is never given up (give_up::retry). After work there
/// is none while the budget lasts, and `min` beyond it: whoever makes a worker crash pays with a
/// request each time. What ends without work is delayed as by `backoff_delay`, up to `max`.
/// @param in_vain its incarnations in a row, the last one included, that ended without work
/// @thread any (pure)
/// @see docs/decisions/0019-pools-never-give-up.md
[[nodiscard]] milliseconds patient_delay(const backoff_spec& spec,
                                         std::uint32_t in_vain,
                                         budget restarts,
                                         jitter_source& random) noexcept;

} // namespace kraken::model
