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
  if (desk_) {
    desk_->show_ready(status_->at == model::phase::ready);
  }
  switch (status_->at) {
  case model::phase::ready:
    own.show(life_ && !life_->takes_letters() ? seat::presence::deaf : seat::presence::online);
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
    lane_.set(mailbox::gate::held);
    break;
  case model::phase::stopping:
  case model::phase::ended:
  case model::phase::gone:
    own.show(seat::presence::closed);
    lane_.set(mailbox::gate::closed);
    want_room_.clear(); // there will be none: those who wait find out
    break;
  }
  tell_watchers();
}

/// Once there is no incarnation any more for good.
void container::tell_watchers() {
  const bool over = status_->at == model::phase::gone || status_->at == model::phase::parked ||
                    (status_->at == model::phase::ended && !passing_);
  if (!over) {
    return;
  }
  const bool has_cause =
      status_->last_cause->kind != model::cause_kind::none && !model::past_cause(*status_);
  const auto cause = has_cause ? status_->last_cause->text() : std::string{};
  for (const auto& one : std::exchange(watchers_, {})) { // links are dissolved by this
    if (one->kind() == bond::watch) {
      one->fire(static_cast<int>(status_->in), cause);
    }
  }
  if (status_->at != model::phase::gone && supervisor_) {
    supervisor_->settle();
  }
}

/// The incarnation has failed.
void container::tell_linked() {
  for (const auto& one : watchers_) {
    if (one->kind() == bond::link) {
      one->fire(static_cast<int>(model::state::failed), status_->last_cause->text());
    }
  }
}

void container::on_watch(const watch_asked& what) {
  if (what.ticket->kind() == bond::link) {
    if (!life_ || leaving_ || status_->in == model::state::failed) {
      return what.ticket->fire(static_cast<int>(status_->in), "it is not started");
    }
    mail().link_back(what.ticket->watcher(), life_->generation());
  }
  watchers_.push_back(what.ticket);
  tell_watchers();
}

void container::on_unwatch(const unwatch_asked& what) {
  std::erase_if(watchers_, [&](const auto& one) {
    const bool meant = one->number() == what.number && one->watcher() == what.watcher;
    if (meant) {
      one->silence();
    }
    return meant;
  });
}

void container::on_notice(const heard_of& what) {
  const auto waits = mail().hear_of(what);
  if (waits == 0) {
    return;
  }
  if (!life_ || life_->generation() != waits) {
    if (beside_ && beside_->runs->generation() == waits && what.kind == bond::watch) {
      beside_threw(beside_->runs->noticed(what.what));
    }
    return;
  }
  if (what.kind == bond::watch) {
    return on_thrown(life_->noticed(what.what));
  }
  if (what.what.state == link_dissolved) {
    return;
  }
  model::cause why;
  why.kind = model::cause_kind::shared_fate;
  why.message = "linked to " + what.what.path + ", which failed: " + what.what.cause;
  why.origin = what.what.path;
  failed(std::move(why), ending::kill);
}

void container::on_room_wanted(const room_wanted& what) {
  if (!birth_.own->has_room() && birth_.own->shown() != seat::presence::closed) {
    want_room_.push_back(what.ticket);
  }
}

/// A letter has left the mailbox.
void container::vacate(const seat& own) {
  if (!want_room_.empty() && own.has_room()) {
    want_room_.clear();
  }
}

void container::open_lane() {
  lane_.set(lane_held_ ? mailbox::gate::held : mailbox::gate::open);
  pump_soon();
}

/// Perhaps from outside a handler: a socket has drained, another shell has sent a letter.
void container::pump_soon() {
  if (lane_.at() == mailbox::gate::open && !lane_.empty() &&
      !std::exchange(pump_under_way_, true)) {
    post_to(birth_.own->shell(), pump{});
  }
}

void container::hold_lane() {
  lane_held_ = true;
  if (lane_.at() == mailbox::gate::open) {
    lane_.set(mailbox::gate::held);
  }
}

void container::release_lane() {
  if (std::exchange(lane_held_, false) && status_->at == model::phase::ready) {
    open_lane();
  }
}

/// Whether a letter was here before; then it is dealt with.
bool container::came_before(letter& what) {
  if (what.id.empty() || !what.reply) {
    return false;
  }
  if (log_ == nullptr) {
    log_ = std::make_shared<answer_log>();
  }
  return log_->take(what, now()) == answer_log::verdict::known;
}

void container::take_letter(letter&& what) {
  if (came_before(what)) {
    return birth_.own->vacate();
  }
  lane_.add(std::move(what));
  pump_soon();
}

void container::on_deliver(deliver& what) {
  const auto opened = std::exchange(what.to, nullptr);
  if (came_before(what.what)) {
    return opened->vacate();
  }
  if (!lane_.idle() || !life_ || !serving()) {
    return lane_.add(std::move(what.what));
  }
  opened->vacate();
  vacate(*opened);
  if (!lane_.is_over(what.what, what.what.expires ? now() : time_point{})) {
    hand_over(what.what);
  }
}

void container::pump_lane() {
  pump_under_way_ = false;
  for (std::size_t budget = letters_per_turn; budget > 0 && !lane_.empty() && life_ && serving();
       --budget) {
    auto next = lane_.take(lane_.looks_at_time() ? now() : time_point{});
    vacate(*birth_.own);
    if (!next) {
      return;
    }
    hand_over(*next);
  }
  pump_soon();
}

void container::unstash_letters() {
  lane_.unstash();
  pump_soon();
}

void container::hand_over(letter& what) {
  birth_.own->lane().admitted.add();
  if (auto* const call = what.reply.call()) {
    call->handed = true;
  }
  bool taken = false;
  const auto threw = life_->receive(what, taken);
  if (threw) {
    if (what.kind == letter_kind::message || what.reply) {
      birth_.tree->dead->add(what.sender(), path(), dead_reason::in_flight);
      what.reply.fail(failure::of(dead_reason::in_flight, path() + ": " + threw->text()));
    }
  } else if (!taken) {
    birth_.own->bury(what, dead_reason::unhandled);
  }
  on_thrown(threw);
}

void container::on_answered(const answered& what) {
  const auto waits = mail().hear(*what.call, what.what);
  if (waits && life_) {
    on_thrown(life_->hear(waits, what.what));
  }
}

void container::on_withdraw(const withdraw& what) {
  what.call->withdrawn = true;
  const auto repeated = what.call->repeats.lock();
  auto& first = repeated == nullptr ? *what.call : *repeated;
  if (what.why == withdraw::reason::expired && (repeated != nullptr || first.log != nullptr)) {
    return; // the next try joins it
  }
  if (!first.withdrawn || (first.log != nullptr && first.log->is_joined(first.key))) {
    return; // others wait for the same answer
  }
  if (lane_.drop(first)) {
    return vacate(*birth_.own);
  }
  if (const auto then = std::exchange(first.on_withdrawn, nullptr); then && life_) {
    on_thrown(life_->elapsed(then));
  }
}

} // namespace kraken::actor
