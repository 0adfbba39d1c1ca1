// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// When a worker is replaced although nothing is wrong with it, or killed because it takes too
/// much. Pure: measures nothing and ends nobody.
#pragma once

#include "kraken/base/units.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace kraken::model {

/// Limits of one worker's life; 0: no such limit.
struct recycle_rules {
  std::uint64_t requests = 0;      ///< answered
  std::uint64_t requests_most = 0; ///< answered while it waits for its replacement
  milliseconds ttl{0};             ///< since it became ready
  milliseconds idle_ttl{0};        ///< since its last answer, or since it became ready
  bytes memory_soft{0};            ///< above: replaced when idle
  bytes memory_hard{0};            ///< above: killed at once, a failure with cause out_of_memory
};

/// What one worker has done.
struct worker_use {
  std::uint64_t requests = 0;
  milliseconds age{0};
  milliseconds idle{0}; ///< 0 while busy
  bytes memory{0};      ///< 0: not known
  bool busy = false;
  bool wants_out = false; ///< it asked for its replacement
};

/// Why a worker should go; `none`: it should not.
enum class recycle_reason : std::uint8_t {
  none,
  memory_hard,
  own_wish,
  requests,
  ttl,
  memory_soft,
  idle,
};

/// What to do with a worker.
struct recycle_verdict {
  enum class act : std::uint8_t {
    keep,
    replace, ///< it serves on until its replacement is ready
    retire,  ///< no further request for it
    kill,
  };

  act what = act::keep;
  recycle_reason why = recycle_reason::none; ///< may be set with `keep`: as soon as it is idle

  friend bool operator==(const recycle_verdict&, const recycle_verdict&) = default;
};

/// What the rules say now. A busy worker is never recycled, but it may be killed.
/// @thread any (pure)
[[nodiscard]] recycle_verdict judge(const recycle_rules& rules, const worker_use& use) noexcept;

/// For people and the event log: `memory above 256M`, `1000 requests`.
[[nodiscard]] std::string describe(recycle_reason why, const recycle_rules& rules);

[[nodiscard]] std::string_view to_string(recycle_verdict::act value) noexcept;

} // namespace kraken::model
