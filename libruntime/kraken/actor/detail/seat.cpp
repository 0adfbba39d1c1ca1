// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. Places are counted on the sender's thread, so that the bound holds for what is
/// still on its way, too.
#include "kraken/actor/detail/seat.hpp"

#include "kraken/base/limits.hpp"

#include <algorithm>
#include <utility>

namespace kraken::actor {

seat::seat(std::shared_ptr<const std::string> path,
           model::mailbox_spec spec,
           std::shared_ptr<dead_letters> dead)
    : path_(std::move(path)), spec_(spec), dead_(std::move(dead)) {}

seat::seat(std::string path, model::mailbox_spec spec, std::shared_ptr<dead_letters> dead)
    : seat(std::make_shared<const std::string>(std::move(path)), spec, std::move(dead)) {}

bool seat::has_room() const noexcept {
  return lane_.depth.load(std::memory_order_relaxed) < spec_.capacity;
}

seat::verdict seat::admit(delivery mode) noexcept {
  const auto now = shown();
  const bool may_wait = (static_cast<unsigned>(mode) & 1U) != 0; // buffer_online
  if (now == presence::closed || (now == presence::away && !may_wait)) {
    return verdict::refused;
  }
  if (now == presence::deaf) {
    return verdict::unheard;
  }
  const auto before = lane_.depth.fetch_add(1, std::memory_order_relaxed);
  const auto capacity = static_cast<std::int64_t>(spec_.capacity);
  const auto taken = now == presence::online ? verdict::sent : verdict::buffered;
  if (before < capacity) {
    return taken;
  }
  // The shell drops the oldest when it gets this one. What is under way to it is bounded here: by
  // more than a small mailbox holds, for many at once from one sender come before it looks at the
  // first.
  const auto under_way = std::max(capacity, std::int64_t{limits::mailbox_under_way});
  if (spec_.policy == model::overflow::drop_oldest && before < capacity + under_way) {
    return taken;
  }
  vacate();
  switch (spec_.policy) {
  case model::overflow::block:
    return verdict::must_wait;
  case model::overflow::drop_newest:
    lane_.rejected.fetch_add(1, std::memory_order_relaxed);
    return verdict::dropped;
  case model::overflow::drop_oldest:
  case model::overflow::reject:
    break;
  }
  lane_.rejected.fetch_add(1, std::memory_order_relaxed);
  return verdict::full;
}

void seat::bury(letter& what, dead_reason why) noexcept {
  // With the other policies it was counted when it was not admitted.
  if (why == dead_reason::full &&
      (spec_.policy == model::overflow::drop_oldest || spec_.policy == model::overflow::block)) {
    lane_.rejected.fetch_add(1, std::memory_order_relaxed);
  }
  dead_->add(what.sender(), *path_, why);
  if (what.reply) {
    what.reply.fail(failure::of(why, text_of(why)));
  }
}

std::string seat::text_of(dead_reason why) const {
  switch (why) {
  case dead_reason::no_such:
    return "there is no container '" + *path_ + "'";
  case dead_reason::closed:
    return *path_ + " takes no messages now: it is not started";
  case dead_reason::full:
    return "the mailbox of " + *path_ + " is full";
  case dead_reason::expired:
    return "its time was over before " + *path_ + " could take it";
  case dead_reason::in_flight:
    return *path_ + " ended before it answered";
  case dead_reason::unhandled:
    return *path_ + (shown() == presence::deaf ? " takes no messages" : " takes no such messages");
  case dead_reason::node_down:
    return "the node of " + *path_ + " can not be reached";
  }
  return *path_;
}

} // namespace kraken::actor
