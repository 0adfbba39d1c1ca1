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

std::optional<result<posted>> try_post(letter& what, const seat_ptr& to) {
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
    to->bury(what, dead_reason::full);
    return refusal(*to, dead_reason::full);
  case seat::verdict::unheard:
    to->bury(what, dead_reason::unhandled);
    return refusal(*to, dead_reason::unhandled);
  case seat::verdict::must_wait:
    break;
  }
  return std::nullopt;
}

result<posted> post(letter&& what, const seat_ptr& to) {
  if (auto how = try_post(what, to)) {
    return std::move(*how);
  }
  to->bury(what, dead_reason::full);
  return refusal(*to, dead_reason::full);
}

desk::desk(const routes& all, dead_letters& dead, seat_ptr own, desk_owner& owner)
    : dead_(dead), owner_(owner), own_(std::move(own)), known_(all, own_->shared_path()),
      waiting_(own_) {}

desk::~desk() = default;

result<posted> desk::send(const draft& what) {
  if (const auto* const to = known_.known(what.to)) {
    return send_to(what, *to);
  }
  const auto to = known_.find(what.to);
  if (!to) {
    dead_.add(own_->path(), what.to, dead_reason::no_such);
    return fail(to.error());
  }
  return send_to(what, *to);
}

result<posted> desk::send_to(const draft& what, const seat_ptr& to) {
  letter made;
  made.mode = what.mode;
  made.from = own_->shared_path();
  made.body = what.body;
  if (what.timeout.count() > 0) {
    made.expires = owner_.time() + what.timeout;
  }
  return pass_on(std::move(made), to);
}

result<posted> desk::pass_on(letter&& what, const seat_ptr& to) {
  const bool may_wait_here = (static_cast<unsigned>(what.mode) & 2U) != 0; // buffer_offline
  if (waiting_.holds(to) || (!ready_ && may_wait_here)) {
    return waiting_.put(std::move(what), to);
  }
  if (auto how = try_post(what, to)) {
    return std::move(*how);
  }
  auto how = waiting_.put(std::move(what), to);
  waiting_.flush(to, owner_.time()); // asks for room
  return how;
}

void desk::show_ready(bool ready) {
  if (ready && !std::exchange(ready_, true)) {
    waiting_.flush_all(owner_.time());
  }
  ready_ = ready;
}

void desk::room_at(const seat_ptr& where) {
  waiting_.flush(where, owner_.time());
}

void desk::bind(bound& where, const seat_ptr& to, bond kind, std::uint64_t life) {
  auto& entry = where[to->path()];
  if (entry.to != to || entry.life != life) {
    if (entry.to != nullptr) {
      tell(entry.to->shell(), unwatch_asked{own_, entry.number});
    }
    entry = {to, ++last_bond_, life};
    tell(to->shell(), watch_asked{std::make_shared<watch_ticket>(own_, entry.number, to, kind)});
  }
}

void desk::watch(std::string_view target, std::uint64_t life) {
  if (const auto to = known_.find(target)) {
    return bind(watched_, *to, bond::watch, life);
  }
  const std::string name(target);
  if (!watched_.contains(name)) {
    watched_[name] = {nullptr, ++last_bond_, life};
    tell(own_->shell(), heard_of{last_bond_, bond::watch, {name, 2, "there is no such container"}});
  }
}

void desk::unwatch(std::string_view target) {
  const auto to = known_.find(target);
  const auto found = watched_.find(to ? (*to)->path() : std::string(target));
  if (found == watched_.end()) {
    return;
  }
  if (found->second.to != nullptr) {
    tell(found->second.to->shell(), unwatch_asked{own_, found->second.number});
  }
  watched_.erase(found);
}

result<void> desk::link(std::string_view target, std::uint64_t life) {
  const auto to = known_.find(target);
  if (!to) {
    return fail(to.error());
  }
  if ((*to)->shown() == seat::presence::closed) {
    return fail(errc::not_started, (*to)->text_of(dead_reason::closed));
  }
  if (*to != own_) {
    bind(linked_, *to, bond::link, life);
  }
  return {};
}

void desk::link_back(const seat_ptr& from, std::uint64_t life) {
  bind(linked_, from, bond::link, life);
}

std::uint64_t desk::hear_of(const heard_of& what) {
  auto& where = what.kind == bond::watch ? watched_ : linked_;
  const auto found = where.find(what.what.path);
  if (found == where.end() || found->second.number != what.number) {
    return 0; // taken back meanwhile, or of an earlier incarnation
  }
  const auto life = found->second.life;
  where.erase(found);
  return life;
}

void desk::unbind(bound& where, std::uint64_t life) {
  std::erase_if(where, [&](const auto& one) {
    const bool meant = one.second.life == life;
    if (meant && one.second.to != nullptr) {
      tell(one.second.to->shell(), unwatch_asked{own_, one.second.number});
    }
    return meant;
  });
}

call_id desk::call(letter_kind kind, const draft& what, answer_callback done, std::uint64_t life) {
  const auto to = known_.find(what.to);
  auto call = std::make_shared<container_call>(own_, to ? *to : own_);
  call->number = ++last_call_;
  call->done = std::move(done);
  auto& entry = open_[call->number];
  entry.call = call;
  entry.life = life;
  entry.timeout = what.timeout.count() > 0 ? what.timeout : limits::request_timeout;
  const auto now = owner_.time();
  arm(entry, now);
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
  made.expires = now + entry.timeout;
  made.reply = answerer(call);
  static_cast<void>(pass_on(std::move(made), *to));
  return call->number;
}

void desk::arm(open_entry& what, time_point now) {
  owner_.timers().cancel(what.timer);
  what.timer =
      owner_.timers().at(now + what.timeout, [this, which = what.call->number] { expire(which); });
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
  tell(call.to->shell(), withdraw{withdraw::reason::expired, found->second.call});
}

void desk::cancel(call_id which) {
  const auto found = open_.find(which);
  if (found == open_.end()) {
    return;
  }
  const auto& call = found->second.call;
  call->give(answer::cancelled());
  tell(call->to->shell(), withdraw{withdraw::reason::taken_back, call});
}

answer_callback desk::hear(container_call& from, const answer& what) {
  const auto found = open_.find(from.number);
  if (found == open_.end() || found->second.call.get() != &from) {
    return {}; // answered before, or of an earlier incarnation
  }
  if (!what.final()) {
    arm(found->second, owner_.time());
    return from.done;
  }
  owner_.timers().cancel(found->second.timer);
  const auto kept = std::move(found->second.call);
  open_.erase(found);
  return std::move(kept->done);
}

void desk::end_life(std::uint64_t life) {
  for (auto at = open_.begin(); at != open_.end();) {
    auto& entry = at->second;
    if (entry.life != life) {
      ++at;
      continue;
    }
    owner_.timers().cancel(entry.timer);
    entry.call->done = nullptr;
    tell(entry.call->to->shell(), withdraw{withdraw::reason::taken_back, entry.call});
    at = open_.erase(at);
  }
  unbind(watched_, life);
  unbind(linked_, life);
}

void desk::close() {
  waiting_.close();
  known_.clear();
  own_.reset();
}

} // namespace kraken::actor
