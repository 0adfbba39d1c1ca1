// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Letters and answers: into the lane, out of it to the incarnation, and back to who asked.
#include "kraken/actor/container.hpp"

#include <cstddef>
#include <utility>

namespace kraken::actor {

namespace {

constexpr std::size_t letters_per_turn = 64;

} // namespace

void container::set_gate() {
  auto& own = *birth_.own;
  switch (status_.at) {
  case model::phase::ready:
    own.show(seat::presence::online);
    return open_lane();
  case model::phase::starting:
  case model::phase::draining:
    own.show(seat::presence::online);
    return lane_.set(mailbox::gate::held);
  case model::phase::idle:
  case model::phase::held:
  case model::phase::backing_off:
  case model::phase::parked:
    own.show(seat::presence::away);
    return lane_.set(mailbox::gate::held);
  case model::phase::stopping:
  case model::phase::ended:
  case model::phase::gone:
    own.show(seat::presence::closed);
    return lane_.set(mailbox::gate::closed);
  }
}

void container::open_lane() {
  lane_.set(lane_held_ ? mailbox::gate::held : mailbox::gate::open);
  if (!lane_held_ && lane_.size() > 0) {
    send(this, pump{});
  }
}

void container::hold_lane() {
  lane_held_ = true;
  if (lane_.at() == mailbox::gate::open) {
    lane_.set(mailbox::gate::held);
  }
}

void container::release_lane() {
  if (std::exchange(lane_held_, false) && status_.at == model::phase::ready) {
    open_lane();
  }
}

void container::on_deliver(deliver& what) {
  const auto opened = std::exchange(what.to, nullptr);
  if (!lane_.idle() || !life_ || !running()) {
    return lane_.add(std::move(what.what));
  }
  opened->vacate();
  if (!lane_.is_over(what.what, now())) {
    hand_over(what.what);
  }
}

void container::pump_lane() {
  for (std::size_t budget = letters_per_turn; budget > 0 && life_ && running(); --budget) {
    auto next = lane_.take(now());
    if (!next) {
      return;
    }
    hand_over(*next);
  }
  if (lane_.at() == mailbox::gate::open && lane_.size() > 0) {
    send(this, pump{});
  }
}

void container::unstash_letters() {
  lane_.unstash();
  if (lane_.at() == mailbox::gate::open && lane_.size() > 0) {
    send(this, pump{}); // not from inside the handler that asked for it
  }
}

void container::hand_over(letter& what) {
  birth_.own->lane()->admitted.add();
  if (auto* const call = what.reply.call()) {
    call->handed = true;
  }
  bool taken = false;
  const auto threw = life_->receive(what, taken);
  if (threw) {
    if (what.kind == letter_kind::message || what.reply) {
      birth_.tree->dead.add(what.sender(), status_.path, dead_reason::in_flight);
      what.reply.fail(failure::of(dead_reason::in_flight, status_.path + ": " + threw->text()));
    }
  } else if (!taken) {
    birth_.own->bury(what, dead_reason::unhandled);
  }
  on_thrown(threw);
}

void container::on_answered(const answered& what) {
  const auto waits = desk_.hear(*what.call, what.what);
  if (waits && life_) {
    on_thrown(life_->hear(waits, what.what));
  }
}

void container::on_withdraw(const withdraw& what) {
  what.call->withdrawn = true;
  if (const auto then = std::exchange(what.call->on_withdrawn, nullptr); then && life_) {
    on_thrown(life_->elapsed(then));
  }
}

} // namespace kraken::actor
