// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The scheduler of an actor system all of whose actors run on shards: it has no thread, no timer
/// and no work. CAF's own has three threads and wakes one of them at the end of each actor.
#pragma once

#include "kraken/base/guarded.hpp"

#include "caf/actor_clock.hpp"
#include "caf/scheduler/abstract_coordinator.hpp"

#include <memory>
#include <vector>

namespace kraken::actor {

/// What is put here are CAF's own services, when the system ends; `stop` runs them.
class shard_scheduler final : public caf::scheduler::abstract_coordinator {
public:
  explicit shard_scheduler(caf::actor_system& system);
  ~shard_scheduler() override;

  /// @thread any
  void enqueue(caf::resumable* job) override;
  /// Tells the time and can nothing else: whoever waits for a time sets an alarm of its shard.
  [[nodiscard]] caf::actor_clock& clock() noexcept override;

protected:
  void start() override;
  void stop() override;

private:
  std::unique_ptr<caf::actor_clock> clock_;
  guarded<std::vector<caf::resumable*>> jobs_;
};

} // namespace kraken::actor
