// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/detail/desk.hpp"

#include "kraken/actor/messages.hpp"
#include "kraken/base/limits.hpp"

#include <utility>

namespace kraken::actor {

namespace {

result<posted> refusal(const seat& to, dead_reason why) {
  return fail(to_errc(why), to.text_of(why));
}

} // namespace

result<posted> post(letter&& what, const seat_ptr& to) {
  switch (to->admit(what.mode)) {
  case seat::verdict::sent:
    mail(to, std::move(what));
    return posted::sent;
  case seat::verdict::buffered:
    mail(to, std::move(what));
    return posted::buffered;
  case seat::verdict::dropped:
    to->bury(what, dead_reason::full);
    return posted::dropped;
  case seat::verdict::refused:
    to->bury(what, dead_reason::closed);
    return refusal(*to, dead_reason::closed);
  case seat::verdict::full:
  case seat::verdict::must_wait:
    break;
  }
  to->bury(what, dead_reason::full);
  return refusal(*to, dead_reason::full);
}

desk::desk(const routes& all, dead_letters& dead, seat_ptr own, desk_owner& owner)
    : dead_(dead), owner_(owner), own_(std::move(own)), known_(all) {}

desk::~desk() = default;

result<posted> desk::send(const draft& what) {
  const auto to = known_.find(what.to);
  if (!to) {
    dead_.add(own_->path(), what.to, dead_reason::no_such);
    return fail(to.error());
  }
  letter made;
  made.mode = what.mode;
  made.from = own_->shared_path();
  made.body = what.body;
  if (what.timeout.count() > 0) {
    made.expires = owner_.time() + what.timeout;
  }
  return post(std::move(made), *to);
}

call_id desk::call(letter_kind kind, const draft& what, answer_callback done) {
  const auto to = known_.find(what.to);
  auto call = std::make_shared<container_call>(own_, to ? *to : own_);
  call->number = ++last_call_;
  call->done = std::move(done);
  auto& entry = open_[call->number];
  entry.call = call;
  entry.timeout = what.timeout.count() > 0 ? what.timeout : limits::request_timeout;
  arm(entry);
  if (!to) {
    dead_.add(own_->path(), what.to, dead_reason::no_such);
    auto why = failure::of(to.error());
    if (to.error().code == errc::not_found) {
      why.code = to_string(dead_reason::no_such);
    }
    call->give(answer::of(std::move(why)));
    return call->number;
  }
  letter made;
  made.kind = kind;
  made.mode = what.mode;
  made.from = own_->shared_path();
  made.body = what.body;
  made.id = what.id;
  made.name = what.name;
  made.timeout = entry.timeout;
  made.expires = owner_.time() + entry.timeout;
  made.reply = answerer(call);
  static_cast<void>(post(std::move(made), *to));
  return call->number;
}

void desk::arm(open_entry& what) {
  owner_.timers().cancel(what.timer);
  what.timer = owner_.timers().at(owner_.time() + what.timeout,
                                  [this, which = what.call->number] { expire(which); });
  owner_.wake_for_timers();
}

/// The target is told, too: what nobody waits for need not be done.
void desk::expire(call_id which) {
  const auto found = open_.find(which);
  if (found == open_.end()) {
    return;
  }
  const auto& call = *found->second.call;
  found->second.call->give(answer::of(failure::of(error(
      errc::timeout,
      call.to->path() + " has not answered within " + kraken::to_string(found->second.timeout)))));
  tell(call.to->shell, withdraw{found->second.call});
}

void desk::cancel(call_id which) {
  const auto found = open_.find(which);
  if (found == open_.end()) {
    return;
  }
  const auto& call = found->second.call;
  call->give(answer::cancelled());
  tell(call->to->shell, withdraw{call});
}

answer_callback desk::hear(container_call& from, const answer& what) {
  const auto found = open_.find(from.number);
  if (found == open_.end() || found->second.call.get() != &from) {
    return {}; // answered before, or of an earlier incarnation
  }
  if (!what.final()) {
    arm(found->second);
    return from.done;
  }
  owner_.timers().cancel(found->second.timer);
  const auto kept = std::move(found->second.call);
  open_.erase(found);
  return std::move(kept->done);
}

void desk::end_life() {
  for (auto& [number, one] : std::exchange(open_, {})) {
    owner_.timers().cancel(one.timer);
    one.call->done = nullptr;
    tell(one.call->to->shell, withdraw{one.call});
  }
}

void desk::close() {
  end_life();
  known_.clear();
}

} // namespace kraken::actor
