// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The clock of one shard: all its actors are woken by it, at the time of their earliest deadline,
/// by one timer of the shard's loop however many actors wait. Without a loop by timers of CAF,
/// which can not be taken back: that is how tests run on virtual time.
#pragma once

#include "kraken/actor/detail/tree_context.hpp"
#include "kraken/actor/messages.hpp"
#include "kraken/actor/shard/alarms.hpp"
#include "kraken/actor/shard/hosted_actor.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>

namespace kraken::actor {

/// What gets an actor a `tick` when its earliest deadline is due. A member of that actor.
class wake_up final : private alarm {
public:
  /// @param who outlives this
  wake_up(hosted_actor& who, shard& on) noexcept : who_(who), on_(on) {}

  /// A tick at `at`, soon if that is over; none any more if there is no time.
  void at(std::optional<time_point> when);

  /// The tick has come.
  void taken() noexcept { under_way_ = false; }

private:
  void rings() override;

  hosted_actor& who_;
  shard& on_;
  bool under_way_ = false; ///< a tick has been sent
};

/// @thread its shard; made before anything else runs there
class alarm_clock final : public hosted_actor {
public:
  /// Shows itself as `shard::clock` until it ends.
  alarm_clock(caf::actor_config& config, std::shared_ptr<tree_context> tree, std::size_t shard);
  ~alarm_clock() override;

  void on_exit() override;

  void set(alarm& which, time_point at);
  [[nodiscard]] time_point time() { return now(); }

protected:
  beginning begin() override;
  bool receive(caf::mailbox_element& what) override;
  void on_exception(const std::string& what) override;

private:
  void ring();
  void arm();
  [[nodiscard]] shard& mine() noexcept { return tree_->shards[shard_]; }

  std::shared_ptr<tree_context> tree_;
  std::size_t shard_;
  alarms waiting_;
  std::set<time_point> wakes_; ///< under way; of the loop's timer the one that is set
};

/// The tree has ended: nothing waits any more.
struct end_clock {};

} // namespace kraken::actor

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(kraken::actor::end_clock)
