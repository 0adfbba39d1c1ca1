// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// When a pool grows and shrinks. Pure: starts and ends no worker, and does not choose which.
#pragma once

#include "kraken/base/units.hpp"

#include <cstdint>

namespace kraken::model {

/// What a pool may do. min <= max.
struct scaling_rules {
  std::uint32_t min = 0;
  std::uint32_t max = 0;
  milliseconds gradual_idle{0};    ///< unused for so long: one worker less per look; 0: never
  milliseconds aggressive_idle{0}; ///< unused for so long: down to `min` at once; 0: never
};

/// What a pool is doing. Workers that are being ended are in none of the numbers.
struct pool_load {
  std::uint32_t starting = 0; ///< created or launched, not ready yet
  std::uint32_t idle = 0;     ///< ready, without work
  std::uint32_t busy = 0;
  std::uint32_t failed = 0;  ///< held, backing off, parked: they keep their place
  std::uint64_t waiting = 0; ///< requests that no worker has
  milliseconds unused{0};    ///< since any worker last took or finished work

  [[nodiscard]] std::uint32_t size() const noexcept { return starting + idle + busy + failed; }
};

/// At most one of both is not 0.
struct scaling {
  std::uint32_t grow = 0;
  std::uint32_t shrink = 0; ///< idle workers to end

  friend bool operator==(const scaling&, const scaling&) = default;
};

/// What to do now. A pool below `min` grows to it. Otherwise each waiting request that no
/// starting worker will take gets a worker, up to `max`. Without waiting requests an unused pool
/// gives up idle workers down to `min`; each of both idle times works without the other.
/// @thread any (pure)
[[nodiscard]] scaling next_scaling(const scaling_rules& rules, const pool_load& load) noexcept;

} // namespace kraken::model
