// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Runs hosted CAF actors on the thread of a `kraken::executor`, beside that thread's sockets and
/// timers. Foreign resumables go to CAF's own scheduler. Owns no thread.
#pragma once

#include "kraken/base/executor.hpp"
#include "kraken/base/guarded.hpp"

#include "caf/execution_unit.hpp"
#include "caf/intrusive_ptr.hpp"
#include "caf/resumable.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace kraken::actor {

/// The execution unit of one shard. Posts itself at most once per batch, runs a bounded number of
/// actors for a bounded time per turn and then lets the executor's other work run.
class shard_unit final : public caf::execution_unit,
                         public std::enable_shared_from_this<shard_unit> {
public:
  /// @param runs outlives every actor of this unit
  shard_unit(caf::actor_system& system, executor& runs);
  ~shard_unit() override;

  /// Takes over one reference to `job`.
  /// @thread any
  void exec_later(caf::resumable* job) override;

  [[nodiscard]] executor& runs() noexcept { return runs_; }

  /// Called at the end of each turn in which actors ran.
  /// @thread before the first actor
  void at_end_of_turn(std::function<void()> then) { turn_over_ = std::move(then); }

private:
  using job_ptr = caf::intrusive_ptr<caf::resumable>;

  void arm();
  void drain();
  void run_one(job_ptr job);

  executor& runs_;
  guarded<std::vector<job_ptr>> inbox_; ///< from other threads
  std::deque<job_ptr> ready_;           ///< this thread only
  bool armed_ = false;                  ///< a drain is posted; this thread only
  bool draining_ = false;
  std::function<void()> turn_over_;
};

} // namespace kraken::actor
