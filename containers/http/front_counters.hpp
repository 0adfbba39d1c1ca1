// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a front counts. Counts nothing itself.
#pragma once

#include "kraken/base/metric.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

namespace kraken::containers {

/// What one shard of a front counts, over all its incarnations. Written by its shard, read by the
/// metrics page.
struct front_counters {
  metric connections_accepted;
  metric connections_refused; ///< over the cap
  metric connections_open;
  metric accepts_failed; ///< without descriptors or memory: one was turned away, others wait
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
