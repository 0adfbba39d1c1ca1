// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Base of every actor of this room: bound to one shard (affinity), silent, and never ended by an
/// exception or a stray message. Without a shard it runs on the system's scheduler: that is how
/// tests run the same classes on virtual time.
#pragma once

#include "kraken/actor/shard_unit.hpp"
#include "kraken/base/clock.hpp"

#include "caf/event_based_actor.hpp"

#include <memory>
#include <string>

namespace kraken::actor {

/// Call after each spawn: CAF ties its logger to the spawning thread, and the actor system's
/// destructor would wait until that thread, a shard, has ended.
void release_logger();

/// An actor that always runs on its own shard, whoever sends to it.
class hosted_actor : public caf::event_based_actor {
public:
  /// @param unit null: the scheduler of the actor system runs it
  hosted_actor(caf::actor_config& config, std::shared_ptr<shard_unit> unit);
  ~hosted_actor() override;

  using caf::event_based_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* caller) override;
  void launch(caf::execution_unit* caller, bool lazy, bool hide) override;
  [[nodiscard]] caf::resumable::subtype_t subtype() const override;

protected:
  /// Overrides CAF's five default handlers, all of which print to stdout or end the actor. Call it
  /// first in `make_behavior`.
  void silence();

  /// An exception left a handler. The actor goes on with its next message.
  virtual void on_exception(const std::string& what) = 0;

  /// Somebody wants this actor dead (`exit_msg`). Ignored unless overridden: containers end by
  /// their lifecycle only.
  virtual void on_exit_request() {}

  /// Monotonic time of the actor system: virtual in tests.
  [[nodiscard]] time_point now() { return clock().now(); }

private:
  std::shared_ptr<shard_unit> unit_;
};

} // namespace kraken::actor
