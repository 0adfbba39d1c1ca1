// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The Narya runtime's own endpoints (`/health`, `/metrics`, `/debug/workers`), served on the
/// public port when its configuration is used. Reads the status board: no worker is asked.
#pragma once

#include "kraken/actor/status_board.hpp"
#include "kraken/base/clock.hpp"
#include "kraken/net/exchange.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace kraken::containers {

/// What the fronts have counted, in Narya's words.
struct narya_numbers {
  std::int64_t requests = 0;
  std::int64_t success = 0; ///< answered below 500
  std::int64_t failed = 0;  ///< answered 500 and above
  std::int64_t active = 0;  ///< being worked on
  std::uint32_t min_workers = 0;
  std::uint32_t max_workers = 0;
};

/// @thread the shard whose directory it is in
class narya_status final : public net::request_sink {
public:
  narya_status(const actor::status_board& board,
               const monotonic_clock& clock,
               std::function<narya_numbers()> count)
      : board_(board), clock_(clock), count_(std::move(count)) {}

  void
  submit(net::exchange& from, const wire::request_facts& facts, net::retry_policy retry) override;
  void abandon(net::exchange& /*from*/) override {}
  void resume(net::exchange& /*from*/) override {}

private:
  void health(net::exchange& to) const;
  void metrics(net::exchange& to) const;
  void workers(net::exchange& to) const;

  const actor::status_board& board_;
  const monotonic_clock& clock_;
  std::function<narya_numbers()> count_;
};

} // namespace kraken::containers
