// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a front counts. Counts nothing itself.
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/base/metric.hpp"
#include "kraken/base/units.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

namespace kraken::containers {

/// So long after the last client that could not be accepted a front is taken to be in trouble: if
/// nobody comes, nothing fails.
inline constexpr milliseconds accept_trouble{5'000};

/// What one shard of a front counts, over all its incarnations. Written by its shard, read by the
/// metrics page.
struct front_counters {
  /// Whether it has turned a client away within `accept_trouble`.
  /// @param now of the shards' clock
  [[nodiscard]] bool turns_away(time_point now) const noexcept {
    const auto at = accept_failed_at.get();
    return at != 0 && now.time_since_epoch() - milliseconds{at} < accept_trouble;
  }

  metric connections_accepted;
  metric connections_refused; ///< over the cap
  metric connections_open;
  metric accepts_failed;   ///< without descriptors or memory: one was turned away, others wait
  metric accept_failed_at; ///< the last time, in ms of the shards' clock; 0: never
  /// Open at the front's other shards, too, which all count here: the cap is for all of them.
  std::shared_ptr<std::atomic<std::int64_t>> open_in_all =
      std::make_shared<std::atomic<std::int64_t>>(0);
  metric requests; ///< heads parsed, malformed ones included
  metric malformed;
  metric client_gone;              ///< closed before their answer: 499
  metric bodies_stored;            ///< too large for memory: handed over in a file
  metric bodies_not_stored;        ///< 503: the disk is full, or there is no directory
  metric spooled_bytes;            ///< of answers, written to temporary files in all
  metric spool_bytes;              ///< of these, there now
  std::array<metric, 6> responses; ///< by class: [2] counts 2xx ...
};

} // namespace kraken::containers
