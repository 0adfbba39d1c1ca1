// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header; the policies are those of docs/reference and actors.md "Guarantees".
#include "kraken/actor/mailbox.hpp"

#include "kraken/actor/detail/answer_log.hpp"
#include "kraken/actor/detail/open_call.hpp"

#include <iterator>
#include <utility>

namespace kraken::actor {

mailbox::mailbox(seat_ptr own) : own_(std::move(own)) {}

void mailbox::add(letter&& what) {
  if (gate_ == gate::closed) {
    own_->vacate();
    own_->bury(what, dead_reason::closed);
    return;
  }
  // Only the policy drop_oldest admits more than there is room for.
  if (queue_.size() >= own_->spec().capacity) {
    own_->vacate();
    auto oldest = take_out(queue_.begin());
    own_->bury(oldest, dead_reason::full);
  }
  queue_.push_back(std::move(what));
  if (auto* const call = queue_.back().reply.call()) {
    call->queued = true;
    call->queued_at = std::prev(queue_.end());
  }
}

letter mailbox::take_out(std::list<letter>::iterator which) {
  letter out = std::move(*which);
  queue_.erase(which);
  if (auto* const call = out.reply.call()) {
    call->queued = false;
  }
  return out;
}

bool mailbox::drop(open_call& call) {
  if (!call.queued) {
    return false;
  }
  auto out = take_out(call.queued_at);
  own_->vacate();
  out.reply.give(answer::cancelled());
  return true;
}

bool mailbox::is_over(letter& what, time_point now) {
  if (what.expires && *what.expires <= now) {
    own_->bury(what, dead_reason::expired);
    return true;
  }
  const auto* const call = what.reply.call();
  const bool shared = call != nullptr && call->log != nullptr && call->log->is_joined(call->key);
  if (call != nullptr && call->withdrawn && !shared) {
    what.reply.give(answer::cancelled());
    return true;
  }
  return false;
}

std::optional<letter> mailbox::take(time_point now) {
  while (gate_ == gate::open && !queue_.empty()) {
    letter next = take_out(queue_.begin());
    own_->vacate();
    if (!is_over(next, now)) {
      return next;
    }
  }
  return std::nullopt;
}

bool mailbox::stash(letter&& what) {
  if (stashed_ == nullptr) {
    stashed_ = std::make_unique<std::list<letter>>();
  }
  if (stashed_->size() >= own_->spec().capacity) {
    return false;
  }
  stashed_->push_back(std::move(what));
  own_->readmit();
  return true;
}

void mailbox::unstash() noexcept {
  if (stashed_ != nullptr) {
    queue_.splice(queue_.begin(), *stashed_);
    stashed_.reset();
  }
}

void mailbox::discard(dead_reason why) {
  gate_ = gate::closed;
  unstash();
  while (!queue_.empty()) {
    auto one = take_out(queue_.begin());
    own_->vacate();
    own_->bury(one, why);
  }
}

} // namespace kraken::actor
