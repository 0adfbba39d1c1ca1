// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Base of every actor of this room: an address of CAF's with two lanes of its own, bound to one
/// shard (affinity) and never ended by an exception or a stray message. Without a shard it runs on
/// the system's scheduler: that is how tests run the same classes on virtual time. Has none of what
/// CAF's own actors carry besides (behaviours, streams, requests): see decision 0033.
#pragma once

#include "kraken/actor/shard/lanes.hpp"
#include "kraken/actor/shard/shard_unit.hpp"
#include "kraken/base/clock.hpp"

#include "caf/behavior.hpp"
#include "caf/local_actor.hpp"
#include "caf/mailbox_element.hpp"
#include "caf/resumable.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <typeinfo>
#include <utility>

namespace kraken::actor {

/// Call after each spawn: CAF ties its logger to the spawning thread, and the actor system's
/// destructor would wait until that thread, a shard, has ended.
void release_logger();

/// The message in `what`, or null when it is another one. A look at the type of the element costs a
/// tenth of CAF's match, which would find it in a `caf::message`, too; nobody here sends those.
template <class Message>
[[nodiscard]] Message* message_in(caf::mailbox_element& what) noexcept {
  using element = caf::mailbox_element_vals<Message>;
  return typeid(what) == typeid(element)
             ? &static_cast<element&>(what).template get_mutable_as<Message>(0)
             : nullptr;
}

/// An actor that always runs on its own shard, whoever sends to it.
class hosted_actor : public caf::local_actor, public caf::resumable {
public:
  using behavior_type = caf::behavior; ///< for `spawn`: its handle is a `caf::actor`

  /// @param unit null: the scheduler of the actor system runs it
  hosted_actor(caf::actor_config& config, std::shared_ptr<shard_unit> unit);
  ~hosted_actor() override;

  // caf::local_actor
  using caf::local_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* caller) override;
  void launch(caf::execution_unit* caller, bool lazy, bool hide) override;
  bool cleanup(caf::error&& reason, caf::execution_unit* on) override;

  // caf::resumable
  [[nodiscard]] subtype_t subtype() const override { return function_object; }
  resume_result resume(caf::execution_unit* on, std::size_t messages_max) override;
  void intrusive_ptr_add_ref_impl() override { caf::intrusive_ptr_add_ref(ctrl()); }
  void intrusive_ptr_release_impl() override { caf::intrusive_ptr_release(ctrl()); }

  /// What `begin` waits for has come.
  /// @thread its shard
  void go_on() {
    if (stage_ == stage::waiting) {
      run(nullptr);
    }
  }

protected:
  /// What `begin` has come to.
  enum class beginning : std::uint8_t {
    over,
    goes_on, ///< to be called again when others have had their turn
    waits,   ///< to be called again after `go_on`
  };

  /// Called on its shard, before the first message.
  virtual beginning begin() { return beginning::over; }

  /// Handles a message.
  /// @return false when it is none of its own
  virtual bool receive(caf::mailbox_element& what) = 0;

  /// An exception left `begin` or `receive`. The actor goes on with its next message.
  virtual void on_exception(const std::string& what) = 0;

  /// Runs a part of a message by itself: what leaves it ends only that.
  template <class Call>
  void guard(Call&& call) {
    try {
      std::forward<Call>(call)();
    } catch (const std::exception& e) {
      on_exception(e.what());
    } catch (...) { // there is no text to be had from it
      on_exception("an exception that is no std::exception");
    }
  }

  /// No further message: `on_exit` follows when the current call returns.
  void quit() noexcept { stage_ = stage::ending; }

  /// Monotonic time of the actor system: virtual in tests.
  [[nodiscard]] time_point now() { return clock().now(); }

private:
  enum class stage : std::uint8_t { new_here, waiting, running, ending };

  void run(caf::execution_unit* on);
  void dispatch(caf::mailbox_element& element);

  std::shared_ptr<shard_unit> unit_;
  lanes lanes_;
  stage stage_ = stage::new_here;
};

} // namespace kraken::actor
