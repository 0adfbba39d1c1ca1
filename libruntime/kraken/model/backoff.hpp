// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How long to wait before a restart. Does not count restarts (restart_window.hpp) and does not
/// wait; randomness comes from the caller, so a seed replays a run.
#pragma once

#include "kraken/base/units.hpp"
#include "kraken/model/child_spec.hpp"

#include <cstdint>
#include <random>

namespace kraken::model {

/// Source of jitter; seeded by its owner.
using jitter_source = std::mt19937_64;

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

} // namespace kraken::model
