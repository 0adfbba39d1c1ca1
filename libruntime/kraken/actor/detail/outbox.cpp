// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/detail/outbox.hpp"

#include "kraken/actor/detail/open_call.hpp"
#include "kraken/actor/messages.hpp"

#include <utility>
#include <vector>

namespace kraken::actor {

room_ticket::room_ticket(seat_ptr waiter, seat_ptr full)
    : waiter_(std::move(waiter)), full_(std::move(full)) {}

room_ticket::~room_ticket() {
  tell(waiter_->shell(), room_at{full_});
}

result<posted> outbox::put(letter&& what, const seat_ptr& to) {
  if (size_ >= own_->spec().capacity) {
    to->bury(what, dead_reason::full);
    return fail(errc::mailbox_full, "too many messages of " + own_->path() + " wait to be sent");
  }
  queues_[to].push_back(std::move(what));
  ++size_;
  return posted::buffered;
}

void outbox::flush(const seat_ptr& to, time_point now) {
  const auto found = queues_.find(to);
  if (found == queues_.end()) {
    return;
  }
  auto& waiting = found->second;
  while (!waiting.empty()) {
    auto& next = waiting.front();
    const auto* const call = static_cast<container_call*>(next.reply.call());
    if (call != nullptr && !call->done) {
      next.reply.give(answer::cancelled()); // who asked has been answered already
    } else if (next.expires && *next.expires <= now) {
      to->bury(next, dead_reason::expired);
    } else if (!try_post(next, to)) {
      tell(to->shell(), room_wanted{std::make_shared<const room_ticket>(own_, to)});
      return;
    }
    waiting.pop_front();
    --size_;
  }
  queues_.erase(found);
}

void outbox::flush_all(time_point now) {
  std::vector<seat_ptr> all;
  for (const auto& [to, waiting] : queues_) {
    all.push_back(to);
  }
  for (const auto& to : all) {
    flush(to, now);
  }
}

void outbox::close() {
  for (auto& [to, waiting] : std::exchange(queues_, {})) {
    for (auto& one : waiting) {
      to->bury(one, dead_reason::closed);
    }
  }
  size_ = 0;
  own_.reset();
}

} // namespace kraken::actor
