// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What CAF wants of an actor: whoever puts the first message into empty lanes hands the actor,
/// with one reference, to its unit; `resume` gives it back when nothing waits any more.
#include "kraken/actor/shard/hosted_actor.hpp"

#include "kraken/base/log.hpp"

#include "caf/actor_system.hpp"
#include "caf/logger.hpp"
#include "caf/scheduler/abstract_coordinator.hpp"

#include <utility>

namespace kraken::actor {

void release_logger() {
  caf::logger::set_current_actor_system(nullptr);
}

hosted_actor::hosted_actor(caf::actor_config& config, std::shared_ptr<shard_unit> unit)
    : caf::local_actor(config), unit_(std::move(unit)) {}

hosted_actor::~hosted_actor() = default;

void hosted_actor::enqueue(caf::mailbox_element_ptr element, caf::execution_unit* caller) {
  if (lanes_.put(std::move(element)) == caf::intrusive::inbox_result::unblocked_reader) {
    run(caller);
  }
}

void hosted_actor::launch(caf::execution_unit* caller, bool lazy, bool hide) {
  if (!hide) {
    register_at_system();
  }
  if (!lazy || !lanes_.rest()) {
    run(caller);
  }
}

void hosted_actor::run(caf::execution_unit* on) {
  caf::intrusive_ptr_add_ref(ctrl());
  if (unit_) {
    unit_->exec_later(this);
  } else if (on != nullptr) {
    on->exec_later(this);
  } else {
    home_system().scheduler().enqueue(this);
  }
}

void hosted_actor::dispatch(caf::mailbox_element& element) {
  guard([&] {
    if (!receive(element)) {
      log::error("message_unexpected", {{"content", element.content().stringify()}});
    }
  });
}

caf::resumable::resume_result hosted_actor::resume(caf::execution_unit* on,
                                                   std::size_t messages_max) {
  if (getf(is_cleaned_up_flag)) {
    return done;
  }
  if (stage_ == stage::new_here || stage_ == stage::waiting) {
    auto now = beginning::over;
    guard([&] { now = begin(); });
    if (now == beginning::goes_on) {
      return resume_later;
    }
    if (now == beginning::waits) {
      stage_ = stage::waiting;
      return awaiting_message; // its lanes are not at rest, so no message runs it
    }
    stage_ = stage::running;
  }
  for (std::size_t handled = 0; stage_ == stage::running && handled < messages_max; ++handled) {
    if (const auto next = lanes_.take()) {
      dispatch(*next);
    } else if (lanes_.rest()) {
      return awaiting_message;
    }
  }
  if (stage_ == stage::ending) {
    on_exit();
    cleanup(caf::exit_reason::user_shutdown, on);
    return done;
  }
  return lanes_.rest() ? awaiting_message : resume_later;
}

bool hosted_actor::cleanup(caf::error&& reason, caf::execution_unit* on) {
  lanes_.close();
  return caf::local_actor::cleanup(std::move(reason), on);
}

} // namespace kraken::actor
