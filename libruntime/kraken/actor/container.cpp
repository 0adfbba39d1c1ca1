// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The actor: message handlers, timers, publication.
#include "kraken/actor/container.hpp"

#include "kraken/actor/shard/report_bundle.hpp"
#include "kraken/base/assert.hpp"
#include "kraken/base/log.hpp"

#include "caf/actor_system.hpp"

#include <exception>
#include <functional>
#include <utility>
#include <variant>

namespace kraken::actor {

container::~container() = default;

bool container::receive(caf::mailbox_element& what) {
  if (const auto* const told = message_in<order>(what)) {
    take(*told);
  } else if (auto* const letter = message_in<deliver>(what)) {
    on_deliver(*letter);
  } else if (const auto* const answer = message_in<answered>(what)) {
    on_answered(*answer);
  } else if (message_in<pump>(what) != nullptr) {
    pump_lane();
  } else {
    return false;
  }
  end_turn();
  return true;
}

void container::end_turn() {
  report_changes();
  arm();
}

void container::take(const order& what) {
  struct {
    container& self;
    void operator()(const instruction& it) const { self.obey(it); }
    void operator()(const life_report& it) const { self.hear(it); }
    void operator()(const child_report& it) const { self.supervisor().on_report(it); }
    void operator()(const child_reports& it) const {
      for (const auto& one : it.all) {
        self.guard([&] { self.supervisor().on_report(one); });
      }
    }
    void operator()(const manage& it) const { self.on_manage(it); }
    void operator()(const plan_step& it) const { self.on_plan_step(it); }
    void operator()(tick) const { self.on_tick(); }
    void operator()(const withdraw& it) const { self.on_withdraw(it); }
    void operator()(const watch_asked& it) const { self.on_watch(it); }
    void operator()(const unwatch_asked& it) const { self.on_unwatch(it); }
    void operator()(const heard_of& it) const { self.on_notice(it); }
    void operator()(const room_wanted& it) const { self.on_room_wanted(it); }
    void operator()(const room_at& it) const { self.mail().room_at(it.where); }
  } const to{*this};
  std::visit(to, what.what);
}

/// Also the way out when the system forces its actors to end: strong handles would be cycles.
void container::on_exit() {
  end_life();
  beside_.reset();
  deadlines_.clear();
  wake_up_.at({});
  if (supervisor_) {
    supervisor_->abandon();
  }
  birth_.own->take_back();
  lane_.discard(dead_reason::closed);
  lane_.let_go();
  if (desk_) {
    desk_->close();
  }
  watchers_.clear();
  want_room_.clear();
  log_.reset();
  birth_.own->show(seat::presence::closed);
  birth_.tree->shells.remove(*birth_.own);
  birth_.own.reset(); // its seat holds it: nothing of it may hold the seat
  birth_.tree->present.leave();
}

void container::on_exception(const std::string& what) {
  log::error("container_handler_threw", {{"container", path()}, {"what", what}});
  model::cause why;
  why.kind = model::cause_kind::exception;
  why.type = "std::exception";
  why.message = what;
  failed(std::move(why), ending::kill);
  end_turn();
}

void container::on_tick() {
  const auto at = now();
  wake_up_.taken();
  while (auto due = deadlines_.take_due(at)) {
    due();
  }
}

void container::move(model::event on, model::phase to) {
  const auto next = model::next(status_->in, on);
  KRAKEN_ASSERT(next && *next == model::state_of(to));
  status_.change().in = *next;
  show(to);
}

void container::show(model::phase to) {
  KRAKEN_ASSERT(model::state_of(to) == status_->in);
  status_.change().at = to;
  status_.change().since = now();
  if (to != model::phase::backing_off) {
    status_.change().next_at = {};
  }
  if (to != model::phase::backing_off && to != model::phase::parked &&
      to != model::phase::stopping && to != model::phase::ended) {
    status_.change().next_action = solving_ && solving_->pending ? solving_->plan.step().name : "";
  }
  if (to == model::phase::ready) {
    end_story();
  }
  set_gate();
  publish();
  report(child_report::note::changed);
  if (solving_ && solving_->pending && achieved(solving_->plan.step().act)) {
    tell(caf::actor_cast<caf::actor>(this), plan_step{solving_->step}); // not from within a change
  }
}

/// The next failure is a new one.
void container::end_story() {
  if (status_->last_cause->correlation != 0) {
    auto why = *status_->last_cause;
    why.correlation = 0;
    status_.change().last_cause = std::move(why);
  }
}

void container::publish() {
  auto& board = birth_.tree->board;
  if (line_ == nullptr) {
    line_ = board.publish(birth_.who, status_.share(), birth_.rank);
  } else {
    board.publish(line_, birth_.who, status_.share(), birth_.rank);
  }
}

/// Changes are told together, when the turn is over or something else is: its supervisor needs
/// to know where a child is, not each step it took there.
void container::report(child_report::note what, model::force flags) {
  if (what == child_report::note::changed) {
    owes_report_ = true;
    return;
  }
  child_report made;
  made.what = what;
  made.flags = flags;
  report(std::move(made));
}

void container::report_changes() {
  if (owes_report_) {
    report(child_report{});
  }
}

void container::report(child_report&& made) {
  owes_report_ = false;
  obeyed_told_ = obeyed_;
  made.whose = birth_.entry;
  made.obeyed = obeyed_;
  made.now = status_.share();
  if (auto* const bundle = birth_.tree->shards[birth_.shard].reports.get()) {
    bundle->add(birth_.supervisor, std::move(made));
  } else {
    tell(caf::actor_cast<caf::actor>(birth_.supervisor), std::move(made));
  }
}

remote_supervisor& container::supervisor() {
  if (supervisor_ == nullptr) {
    const auto seed = birth_.tree->seed ^ std::hash<std::string>{}(path());
    supervisor_ = std::make_unique<remote_supervisor>(
        birth_.spec->supervise, static_cast<supervisor_owner&>(*this), seed);
  }
  return *supervisor_;
}

desk& container::mail() {
  if (desk_ == nullptr) {
    desk_ = std::make_unique<desk>(
        birth_.tree->shells, *birth_.tree->dead, birth_.own, static_cast<desk_owner&>(*this));
    desk_->show_ready(status_->at == model::phase::ready);
  }
  return *desk_;
}

void container::end_mail_of_life(std::uint64_t generation) {
  if (desk_) {
    desk_->end_life(generation);
  }
}

bool container::comes_back() const {
  return leaving_ && (leaving_->then == after::judge || leaving_->then == after::launch);
}

/// Children are supervised while their parent's own failure is being solved, too.
bool container::running() const {
  return serving() || (solving_ && status_->in == model::state::failed && !leaving_);
}

bool container::serving() const noexcept {
  return status_->in == model::state::started && !leaving_;
}

void container::child_changed(const model::container_identity& who,
                              const model::container_condition& now) {
  if (life_) {
    on_thrown(life_->child_changed(who, now));
  }
}

} // namespace kraken::actor
