// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header; the policies are those of docs/reference and actors.md "Guarantees".
#include "kraken/actor/mailbox.hpp"

#include "kraken/actor/detail/answer_log.hpp"
#include "kraken/actor/detail/open_call.hpp"

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
    own_->bury(queue_.front(), dead_reason::full);
    queue_.pop_front();
  }
  queue_.push_back(std::move(what));
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
    letter next = std::move(queue_.front());
    queue_.pop_front();
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
  auto taken = std::exchange(queue_, {});
  for (auto& one : taken) {
    own_->vacate();
    own_->bury(one, why);
  }
}

} // namespace kraken::actor
