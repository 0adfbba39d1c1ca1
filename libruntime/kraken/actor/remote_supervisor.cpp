// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Sweeps: walking over the children in order, one instruction at a time. A child counts as having
/// done what it was asked only after it reported having taken that instruction; so a report that
/// was already under way can not be mistaken for obedience.
#include "kraken/actor/remote_supervisor.hpp"

#include "kraken/actor/detail/tree_start.hpp"

#include <limits>
#include <utility>

namespace kraken::actor {

remote_supervisor::remote_supervisor(const model::supervise_spec& how,
                                     supervisor_owner& owner,
                                     std::uint64_t seed)
    : how_(how), owner_(owner), window_(how.intensity, how.period), random_(seed) {}

child_entry& remote_supervisor::add(std::shared_ptr<const model::child_spec> spec, maker made_by) {
  const auto made = std::make_shared<child_entry>();
  made->rank = ++last_rank_;
  made->made_by = made_by;
  made->want = spec->autostart ? wish::running : wish::stopped;
  made->spec = std::move(spec);
  children_.add(made);
  static_cast<void>(by_id_.add(made.get()));
  owner_.make_shell(made);
  return *made;
}

child_entry* remote_supervisor::find(std::string_view id) noexcept {
  const auto* const found = by_id_.find(id);
  return found == nullptr ? nullptr : *found;
}

void remote_supervisor::instruct(child_entry& child, instruction&& what) {
  what.serial = ++child.sent;
  if (what.what == instruction::act::stop || what.what == instruction::act::settle) {
    child.for_now = what.passing;
  }
  if (what.what == instruction::act::start_tree) {
    what.reply = std::exchange(child.tree_next, nullptr);
  }
  if (what.what != instruction::act::expect && what.what != instruction::act::reset &&
      what.what != instruction::act::recycle && what.what != instruction::act::update &&
      what.what != instruction::act::settle) {
    child.asked_in = sweep_number_;
  }
  tell(child.shell, std::move(what));
}

void remote_supervisor::instruct(child_entry& child, instruction::act what) {
  instruction made;
  made.what = what;
  made.how = how_ending_;
  show_budget(made.then, child);
  instruct(child, std::move(made));
}

void remote_supervisor::cancel_restart(child_entry& child) noexcept {
  owner_.timers().cancel(child.timer);
  child.due.reset();
}

void remote_supervisor::begin(sweep what, std::uint64_t from) noexcept {
  sweep_ = what;
  cursor_ = from;
  ++sweep_number_;
}

/// In this sweep.
bool remote_supervisor::asked(const child_entry& child) const noexcept {
  return child.asked_in == sweep_number_;
}

/// And has not stopped yet.
bool remote_supervisor::stops_for_group(const child_entry& child) const noexcept {
  return sweep_ == sweep::regrouping && child.stops_in == sweep_number_;
}

void remote_supervisor::start_all(const reply_to& tree) {
  how_ending_ = ending::orderly;
  group_ = {}; // what it waited for starts with the others
  to_tree_ = to_tree_ || tree != nullptr;
  for (auto& child : children_) {
    child.want = tree != nullptr && child.want == wish::stopped ? wish::running : child.want;
    child.tree_next = child.want == wish::running ? tree : nullptr;
    if (child.want == wish::running && !child.ready()) {
      cancel_restart(child);
      child.doing = model::activity::restarting;
      if (tree != nullptr) {
        await(child, waiter::goal::ready_at_last, part_of(tree));
      }
    }
  }
  begin(sweep::starting, 0);
  advance();
}

void remote_supervisor::stop_all(ending how) {
  forget_plans();
  if (sweep_ == sweep::destroying || (sweep_ == sweep::stopping && how == how_ending_)) {
    return;
  }
  how_ending_ = how;
  end_all(sweep::stopping);
}

void remote_supervisor::settle() {
  due_answers answers;
  for (auto& child : children_) {
    if (child.for_now && child.at_rest()) {
      instruct(child, instruction::act::settle);
    }
    call_off(child, answers);
  }
  give(std::move(answers));
}

void remote_supervisor::destroy_all(ending how) {
  forget_plans();
  if (sweep_ == sweep::destroying && how == how_ending_) {
    return;
  }
  how_ending_ = how;
  end_all(sweep::destroying);
}

void remote_supervisor::end_all(sweep what) {
  group_ = {};
  begin(what, std::numeric_limits<std::uint64_t>::max());
  const bool at_once = how_.start == model::start_order::parallel || how_ending_ == ending::kill;
  for (auto& child : children_) {
    cancel_restart(child);
    child.doing = model::activity::stopped;
    child.want = what == sweep::destroying ? wish::destroyed : child.want;
    if (at_once) {
      end_one(child);
    }
  }
  advance();
}

void remote_supervisor::advance() {
  switch (sweep_) {
  case sweep::none:
    return;
  case sweep::starting:
    return advance_start();
  case sweep::regrouping:
    return advance_regroup();
  case sweep::stopping:
  case sweep::destroying:
    return advance_stop();
  }
}

/// Left to right. Ordered: a child that is wanted and not ready holds up those after it, whether it
/// starts, waits for its backoff or is about to be judged. An open one holds up only the end.
void remote_supervisor::advance_start() {
  const bool ordered = how_.start == model::start_order::ordered;
  bool waits = false;
  for (auto at = children_.from(cursor_); at != children_.end(); ++at) {
    auto& child = *at;
    cursor_ = waits ? cursor_ : child.rank;
    if (child.want != wish::running || child.doing == model::activity::stopped ||
        child.doing == model::activity::parked) {
      continue;
    }
    if (child.ready()) {
      if (child.tree_next != nullptr && !asked(child)) {
        instruct(child, instruction::act::start_tree); // something below it may be stopped
      }
      continue;
    }
    if (child.doing == model::activity::restarting && !child.due) {
      // The one whose failure began it counts the restart; the others just start again.
      const bool failed = child.spec->id == group_.failed;
      group_.failed = failed ? "" : group_.failed;
      const auto plain = child.tree_next ? instruction::act::start_tree : instruction::act::start;
      launch(child, failed ? instruction::act::restart : plain);
      child.tree_next.reset();
    }
    waits = ordered;
    if (ordered && !child.open()) {
      return tell_wait(child);
    }
  }
  if (waits) {
    return;
  }
  sweep_ = sweep::none;
  if (std::exchange(to_tree_, false)) {
    for (auto& child : children_) {
      child.tree_next.reset(); // stopped or parked meanwhile: it was not reached
    }
  }
  owner_.children_started();
}

/// Right to left; then, when the backoff is over, everything left to right again.
void remote_supervisor::advance_regroup() {
  const bool ordered = how_.start == model::start_order::ordered;
  for (auto at = group_.stop.begin(); at != group_.stop.end();) {
    auto* const child = find(*at);
    if (child == nullptr || stopped_for_group(*child)) {
      if (child != nullptr) {
        child->stops_in = 0;
      }
      at = group_.stop.erase(at);
      continue;
    }
    if (!asked(*child)) {
      const bool parked = child->doing == model::activity::parked;
      instruction made;
      made.what = keeps(*child) ? instruction::act::stop : instruction::act::destroy;
      made.how = how_ending_;
      made.passing = !parked;
      made.then.next_action = parked ? "operator" : "";
      instruct(*child, std::move(made));
    }
    if (ordered) {
      return;
    }
    ++at;
  }
  const auto* const failed = find(group_.failed);
  if (!group_.stop.empty() || (failed != nullptr && failed->due)) {
    return;
  }
  begin(sweep::starting, 0);
  advance();
}

/// Whether the group need not wait for `child`; if so, what it is to do next is noted.
bool remote_supervisor::stopped_for_group(child_entry& child) {
  const bool parked = child.doing == model::activity::parked;
  if (!keeps(child) || !(child.at_rest() || (child.doing != model::activity::running && !parked))) {
    return false;
  }
  if (parked) {
    instruct(child, instruction::act::settle);
  } else if (child.want == wish::running) {
    child.doing = model::activity::restarting;
  }
  return true;
}

/// Kept children have to be at rest; the others have to be gone, and those are in no list then.
bool remote_supervisor::over(const child_entry& child) const noexcept {
  return keeps(child) && child.at_rest();
}

bool remote_supervisor::keeps(const child_entry& child) noexcept {
  return child.want != wish::destroyed && child.made_by != maker::incarnation;
}

void remote_supervisor::end_one(child_entry& child) {
  if (!asked(child) && !over(child)) {
    instruction made;
    made.what = keeps(child) ? instruction::act::stop : instruction::act::destroy;
    made.how = how_ending_;
    made.passing = owner_.comes_back();
    instruct(child, std::move(made));
  }
}

/// Right to left, each over before the one before it; all were asked at once if they start so.
void remote_supervisor::advance_stop() {
  for (auto at = children_.after(cursor_); at != children_.begin();) {
    auto& child = *--at;
    if (!over(child)) {
      cursor_ = child.rank;
      end_one(child);
      return;
    }
  }
  sweep_ = sweep::none;
  owner_.children_ended();
}

void remote_supervisor::abandon() noexcept {
  sweep_ = sweep::none;
  by_id_.clear();
  children_.clear();
  recycles_.clear();
  turn_.reset();
  create_next_.clear();
}

void remote_supervisor::drop(child_entry& child, ending how) {
  cancel_restart(child);
  child.want = wish::destroyed;
  child.doing = model::activity::stopped;
  instruction made;
  made.what = instruction::act::destroy;
  made.how = how;
  instruct(child, std::move(made));
}

void remote_supervisor::on_report(const child_report& report) {
  const auto child = report.whose.lock();
  if (child == nullptr) {
    return;
  }
  note_readiness(*child, report);
  const bool changed =
      child->seen->at != report.now->at || child->seen->generation != report.now->generation;
  child->obeyed = report.obeyed;
  child->seen = report.now;
  if (changed) {
    owner_.child_changed(*child->who, *report.now);
  }
  if (report.now->at == model::phase::gone) {
    gone(*child, report);
    return;
  }
  switch (report.what) {
  case child_report::note::changed:
    break;
  case child_report::note::hopeless:
    if (child->is_undone()) { // else what it tries goes on
      static_cast<void>(tried_in_vain(*child, child->failure_of(report)));
    }
    break;
  case child_report::note::opened:
    child->opened = report.now->generation;
    break;
  case child_report::note::ended:
  case child_report::note::ended_alone:
  case child_report::note::ended_upward:
    on_end(*child, report.what);
    break;
  case child_report::note::stopped_itself:
    child->want = wish::stopped;
    child->doing = model::activity::stopped;
    break;
  case child_report::note::wants_destroy:
    drop(*child, report.flags == model::force::hard ? ending::kill : ending::orderly);
    break;
  case child_report::note::due:
    queue_recycle(*child, nullptr);
    break;
  case child_report::note::asks:
    assist(*child, report);
    break;
  }
  give(judge_waiters(*child, report));
  pass_on_hopeless(*child, report);
  follow_recycle(*child, report);
  advance();
}

// One report may tell of several changes. Who is ready as before but since another time was
// interrupted (a rule said `continue`), another incarnation only if it did not take over from one
// that serves.
void remote_supervisor::note_readiness(child_entry& child, const child_report& report) {
  const bool same = child.seen->generation == report.now->generation;
  const bool went_on = same ? child.seen->since == report.now->since
                            : report.now->beside == model::companion::predecessor;
  const bool before = child.seen->at == model::phase::ready;
  const bool after = report.now->at == model::phase::ready;
  if (before && !(after && went_on) && !window_of(child).empty()) {
    window_of(child).not_ready(child.who->alias, owner_.time());
  }
  if (!same) {
    child.runs_with.reset();
  }
  if (after && !(before && same && went_on)) {
    child.served = report.now->generation;
    child.ready_at = report.now->since;
    if (!window_of(child).empty()) {
      window_of(child).ready(child.who->alias, owner_.time());
    }
    move_restarts(child);
  }
}

void remote_supervisor::gone(child_entry& child, const child_report& report) {
  give(judge_waiters(child, report));
  cancel_restart(child);
  window_.forget(child.who->alias);
  static_cast<void>(by_id_.remove(child.who->alias));
  children_.remove(child.rank); // who reported holds it
  follow_recycle(child, report);
  for (auto& [what, made_by, reply] : std::exchange(create_next_, {})) {
    if (sweep_ == sweep::destroying) {
      reply->answer(fail(errc::canceled, owner_.path_of_owner() + " is being destroyed"));
    } else {
      create(what, made_by, std::move(reply));
    }
  }
  advance();
}

} // namespace kraken::actor
