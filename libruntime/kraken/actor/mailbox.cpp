// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header; the policies are those of docs/reference and actors.md "Guarantees".
#include "kraken/actor/mailbox.hpp"

#include <utility>

namespace kraken::actor {

mailbox::mailbox(model::mailbox_spec spec, std::string owner, dead_letters& dead)
    : spec_(spec), owner_(std::move(owner)), dead_(dead) {}

void mailbox::bury(letter& what, dead_reason why, errc why_error) {
  dead_.add(what.from, owner_, why);
  if (what.settled) {
    std::exchange(what.settled, nullptr)(
        fail(why_error, "message to " + owner_ + ": " + std::string(to_string(why))));
  }
}

admission mailbox::offer(letter& what) {
  if (gate_ == gate::closed) {
    bury(what, dead_reason::closed, errc::not_started);
    return admission::rejected;
  }
  if (queue_.size() < spec_.capacity) {
    queue_.push_back(std::move(what));
    return admission::accepted;
  }
  switch (spec_.policy) {
  case model::overflow::block:
    return admission::must_wait;
  case model::overflow::drop_newest:
    bury(what, dead_reason::full, errc::mailbox_full);
    return admission::dropped;
  case model::overflow::drop_oldest:
    if (queue_.empty()) { // capacity 0
      bury(what, dead_reason::full, errc::mailbox_full);
      return admission::dropped;
    }
    bury(queue_.front(), dead_reason::full, errc::mailbox_full);
    queue_.pop_front();
    queue_.push_back(std::move(what));
    return admission::dropped;
  case model::overflow::reject:
    break;
  }
  bury(what, dead_reason::full, errc::mailbox_full);
  return admission::rejected;
}

std::optional<letter> mailbox::take(time_point now) {
  while (gate_ == gate::open && !queue_.empty()) {
    letter next = std::move(queue_.front());
    queue_.pop_front();
    if (!next.expires || *next.expires > now) {
      return next;
    }
    bury(next, dead_reason::expired, errc::timeout);
  }
  return std::nullopt;
}

void mailbox::discard(dead_reason why, errc why_error) {
  gate_ = gate::closed;
  auto taken = std::exchange(queue_, {});
  for (auto& one : taken) {
    bury(one, why, why_error);
  }
}

} // namespace kraken::actor
