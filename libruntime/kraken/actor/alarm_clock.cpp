// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A timer of CAF that is under way is used for whatever is due when it arrives; a new one is sent
/// only for a time earlier than all of them.
#include "kraken/actor/alarm_clock.hpp"

#include "kraken/base/assert.hpp"
#include "kraken/base/log.hpp"

#include <utility>

namespace kraken::actor {

void wake_up::at(std::optional<time_point> when) {
  if (under_way_) {
    return; // it will look
  }
  if (!when) {
    return clear();
  }
  if (on_.clock == nullptr || (is_set() && alarm::at() == *when)) {
    return;
  }
  if (*when <= on_.clock->time()) {
    clear();
    rings();
  } else {
    on_.clock->set(*this, *when);
  }
}

void wake_up::rings() {
  under_way_ = true;
  tell(caf::actor_cast<caf::actor>(&who_), tick{});
}

alarm_clock::alarm_clock(caf::actor_config& config,
                         std::shared_ptr<tree_context> tree,
                         std::size_t shard)
    : hosted_actor(config, tree->shards[shard].unit), tree_(std::move(tree)), shard_(shard) {
  tree_->shards[shard_].clock = this;
  tree_->present.enter();
}

alarm_clock::~alarm_clock() = default;

hosted_actor::beginning alarm_clock::begin() {
  if (mine().timer) { // at the start of the daemon: without timers there is none
    KRAKEN_ASSERT(mine().timer->begin(*mine().loop, [this] { ring(); }));
  }
  return beginning::over;
}

bool alarm_clock::receive(caf::mailbox_element& what) {
  if (message_in<order>(what) != nullptr) { // a tick: nobody sends it anything else
    ring();
    return true;
  }
  if (message_in<end_clock>(what) != nullptr) {
    quit();
    return true;
  }
  return false;
}

void alarm_clock::on_exit() {
  mine().clock = nullptr;
  if (mine().timer) {
    mine().timer->end();
  }
  tree_->present.leave();
}

void alarm_clock::on_exception(const std::string& what) {
  log::error("runtime_manager_threw", {{"what", what}});
}

void alarm_clock::set(alarm& which, time_point at) {
  waiting_.set(which, at, now());
  arm();
}

void alarm_clock::ring() {
  const auto at = now();
  wakes_.erase(wakes_.begin(), wakes_.upper_bound(at));
  waiting_.ring(at);
  arm();
}

void alarm_clock::arm() {
  const auto next = waiting_.next();
  if (!next || (!wakes_.empty() && *wakes_.begin() <= *next)) {
    return; // who comes earlier looks again
  }
  if (mine().timer) {
    wakes_ = {*next};
    mine().timer->set(*next);
  } else {
    wakes_.insert(*next);
    clock().schedule_message(
        *next,
        caf::strong_actor_ptr(ctrl()),
        caf::make_mailbox_element(
            nullptr, caf::make_message_id(caf::message_priority::high), {}, order{tick{}}));
  }
}

} // namespace kraken::actor
