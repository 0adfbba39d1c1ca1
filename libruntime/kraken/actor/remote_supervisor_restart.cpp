// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the end of a child leads to. `model` decides; here its lists become instructions, and a
/// restart waits for its backoff and for the group to have stopped.
#include "kraken/actor/remote_supervisor.hpp"

#include "kraken/base/log.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace kraken::actor {

namespace {

model::child_view view_of(const child_entry& child) {
  return {child.spec->id, child.spec->restart, child.spec->significant, child.doing};
}

} // namespace

std::vector<model::child_view> remote_supervisor::views() const {
  std::vector<model::child_view> all;
  all.reserve(children_.size());
  for (const auto& child : children_) {
    all.push_back(view_of(child));
  }
  return all;
}

void remote_supervisor::on_end(child_entry& child, child_report::note what) {
  const bool mine = child.want == wish::running && owner_.running() && sweep_ != sweep::stopping &&
                    sweep_ != sweep::destroying;
  if (!mine) {
    return;
  }
  if (stops_for_group(child)) {
    // It was to be stopped for the group anyway: one failure is counted once.
    if (child.doing != model::activity::parked) {
      child.doing = model::activity::restarting;
    }
    return;
  }
  if (tried_in_vain(child, child.failure())) {
    return;
  }
  if (what == child_report::note::ended_upward) {
    return owner_.supervision_gave_up(
        model::escalated(*child.seen->last_cause, child.path(), "hands its failure up"));
  }
  auto how = how_;
  if (what == child_report::note::ended_alone || child.on_trial() || child.is_undone()) {
    how.how = model::strategy::one_for_one;
  }
  // For a pool of any size a failure must not cost a look at every sibling.
  const bool alone =
      how.how == model::strategy::one_for_one && how.ends == model::auto_shutdown::never;
  const auto seen = alone ? std::vector{view_of(child)} : views();
  const auto kept = child.seen->last_cause; // it may report another meanwhile
  const auto& why = *kept;
  auto decided = model::on_child_end(how, seen, child.spec->id, why);
  const bool boot_failure =
      sweep_ == sweep::starting && how_.start == model::start_order::ordered &&
      child.spec->restart == model::restart_type::temporary && child.served == 0 && !why.normal();
  hold_up(child);
  if (decided.what == model::decision::act::finish) {
    child.doing = model::activity::stopped;
  }
  for (const auto& id : decided.drop) {
    if (id == child.spec->id) {
      drop(child, ending::orderly);
    } else if (auto* const one = find(id)) {
      one->want = wish::destroyed; // in its turn among those to stop
    }
  }
  if (boot_failure) {
    owner_.supervision_gave_up(model::escalated(why, child.path()));
    return;
  }
  if (decided.shutdown) {
    owner_.supervision_done(why);
    return;
  }
  if (decided.what == model::decision::act::finish) {
    return;
  }
  if (decided.stop.empty() && decided.restart.size() <= 1) {
    schedule(child);
  } else {
    regroup(std::move(decided), child);
  }
}

/// One that was to be tried once goes when its first start fails. @return whether it is so
bool remote_supervisor::tried_in_vain(child_entry& child, std::string why) {
  if (!child.try_once || child.served != 0 || child.want == wish::destroyed) {
    return false;
  }
  child.start_failure = std::make_unique<const std::string>(std::move(why));
  drop(child, ending::orderly);
  return true;
}

void remote_supervisor::regroup(model::decision&& decided, child_entry& failed) {
  begin(sweep::regrouping, 0);
  for (const auto& id : decided.stop) {
    if (auto* const one = find(id)) {
      one->stops_in = sweep_number_;
    }
  }
  for (const auto& id : decided.restart) {
    auto* const one = find(id);
    if (one != nullptr && one != &failed) {
      cancel_restart(*one);
      one->doing = stops_for_group(*one) ? model::activity::running : model::activity::restarting;
    }
  }
  group_.failed = failed.spec->id;
  group_.stop.assign(decided.stop.begin(), decided.stop.end());
  group_.restart = std::move(decided.restart);
  schedule(failed);
}

/// How long the restart of a child that has just ended has to wait.
milliseconds remote_supervisor::delay_of(child_entry& child) {
  const auto now = owner_.time();
  if (child.spec->on_give_up != model::give_up::retry) {
    return model::backoff_delay(
        child.spec->backoff, window_of(child).count_of(child.spec->id, now), random_);
  }
  const bool served =
      child.served == child.seen->generation && now - child.ready_at >= window_.period();
  child.in_vain = child.seen->last_cause->worked ? 0 : served ? 1 : child.in_vain + 1;
  const bool spent = spent_by(child) >= window_.intensity();
  return model::patient_delay(child.spec->backoff,
                              child.in_vain,
                              spent ? model::budget::spent : model::budget::left,
                              random_);
}

void remote_supervisor::forget_failures(child_entry& child) {
  window_.forget(child.spec->id);
  forget_own(child);
  child.in_vain = 0;
}

void remote_supervisor::schedule(child_entry& child) {
  // Who takes its definition back starts it then; it starts by itself should he not.
  const auto delay = child.is_undone() ? limits::command_deadline : delay_of(child);
  cancel_restart(child);
  child.doing = model::activity::restarting;
  if (delay.count() == 0) {
    on_due(child.spec->id);
    return;
  }
  child.due = owner_.time() + delay;
  child.timer = owner_.timers().at(*child.due, [this, id = child.spec->id] { on_due(id); });
  show_outlook(child);
}

void remote_supervisor::show_outlook(child_entry& child) {
  instruction made;
  made.what = instruction::act::expect;
  made.generation = child.seen->generation;
  made.then.at = model::phase::backing_off;
  made.then.next_action = "restart";
  made.then.next_at = *child.due;
  show_budget(made.then, child);
  instruct(child, std::move(made));
}

void remote_supervisor::reset() {
  window_.clear();
  for (auto& child : children_) {
    forget_own(child);
    child.in_vain = 0;
    if (child.due) {
      show_outlook(child);
    }
  }
}

/// A solver of the remote layer: the child's rules ask, its supervisor does it. What an operator
/// or the supervisor itself wants meanwhile counts more; the child then tries again or escalates.
void remote_supervisor::assist(child_entry& child, const child_report& report) {
  const bool mine = owner_.running() && child.settled() && child.want != wish::destroyed &&
                    sweep_ != sweep::stopping && sweep_ != sweep::destroying;
  if (!mine) {
    return;
  }
  instruction made;
  made.step = report.step;
  switch (report.solver->act) {
  case model::solver_act::proceed:
    made.what = instruction::act::proceed;
    return instruct(child, std::move(made));
  case model::solver_act::start:
    if (report.now->in == model::state::stopped) {
      child.want = wish::running;
      return child.due ? void() : schedule(child);
    }
    made.what = instruction::act::recreate;
    return instruct(child, std::move(made));
  case model::solver_act::stop:
    cancel_restart(child);
    child.want = wish::stopped;
    child.doing = model::activity::stopped;
    made.what = instruction::act::stop;
    return instruct(child, std::move(made));
  case model::solver_act::destroy:
    return drop(child, report.solver->flags == model::force::hard ? ending::kill : ending::orderly);
  case model::solver_act::log:
  case model::solver_act::escalate:
  case model::solver_act::solve:
    return; // the child does these itself
  }
}

void remote_supervisor::on_due(const std::string& id) {
  auto* const child = find(id);
  if (child == nullptr || child->doing != model::activity::restarting) {
    return;
  }
  cancel_restart(*child);
  if (!within_budget(*child)) {
    give_up(*child);
    return;
  }
  if (sweep_ == sweep::regrouping && id == group_.failed) {
    return advance();
  }
  launch(*child, instruction::act::restart);
}

/// Once for each try of the one that is waited for, and as a warning from the second on.
void remote_supervisor::tell_wait(const child_entry& held) {
  if (held.seen->at != model::phase::starting) {
    return; // about to start, or its failure has just been told
  }
  const std::pair told{held.rank, held.generation()};
  const auto next =
      std::find_if(children_.after(held.rank), children_.end(), [](const child_entry& each) {
        return each.at_rest() && each.doing == model::activity::restarting;
      });
  if (next == children_.end() || std::exchange(wait_told_, told) == told) {
    return;
  }
  log::write(held.generation() > 1 ? log::level::warn : log::level::info,
             "start_waits",
             {{"container", next->path()},
              {"for", held.path()},
              {"ready", model::to_string(held.spec->ready)},
              {"within", kraken::to_string(held.spec->ready.within)}});
}

/// Whether its restarts are no concern of its siblings: nothing becomes a failure of its
/// supervisor. The workers of a pool stand for each other and share what it has.
bool remote_supervisor::counts_apart(const child_entry& child) noexcept {
  if (child.spec->on_give_up == model::give_up::retry) {
    return child.made_by != maker::incarnation;
  }
  return child.spec->on_give_up == model::give_up::park || child.on_trial();
}

model::restart_window& remote_supervisor::window_of(child_entry& child) {
  return child.own_window ? *child.own_window : window_;
}

void remote_supervisor::open_window(child_entry& child) const {
  child.own_window = std::make_unique<model::restart_window>(window_.intensity(), window_.period());
}

/// To where they count, if that has become another window.
void remote_supervisor::move_restarts(child_entry& child) {
  if (counts_apart(child) == (child.own_window != nullptr)) {
    return;
  }
  if (child.own_window) {
    window_.adopt(*child.own_window); // its record shows what was its own until it changes
    child.own_window.reset();
  } else if (window_.count_of(child.spec->id, owner_.time()) > 0) {
    open_window(child);
    window_.hand_over(child.spec->id, *child.own_window);
  }
}

std::uint32_t remote_supervisor::spent_by(child_entry& child) {
  const bool none_yet = !child.own_window && counts_apart(child);
  return none_yet || window_of(child).empty() ? 0 : window_of(child).spent(owner_.time());
}

void remote_supervisor::show_budget(outlook& then, child_entry& child) {
  const bool none_yet = !child.own_window && counts_apart(child);
  then.restarts_in_window = spent_by(child);
  then.intensity = window_.intensity();
  then.budget = none_yet ? nullptr : window_of(child).gauge();
}

/// Whoever is shown with a window of its own sees it empty.
void remote_supervisor::forget_own(child_entry& child) {
  if (child.own_window) {
    child.own_window->clear();
    child.own_window.reset();
  }
}

std::string remote_supervisor::restarts_of_budget(child_entry& child) {
  return std::to_string(spent_by(child)) + "/" + std::to_string(window_.intensity());
}

/// Counts the restart that is due now. @return false: give up
bool remote_supervisor::within_budget(child_entry& child) {
  if (!child.own_window && counts_apart(child)) {
    open_window(child);
  }
  const bool within = window_of(child).record(child.spec->id, owner_.time());
  if (child.spec->on_give_up != model::give_up::retry) {
    return within;
  }
  auto& told = child.own_window ? child.spent_told : spent_told_;
  if (!within && !told) {
    log::error("restart_budget_spent",
               {{"container", child.path()},
                {"supervisor", owner_.path_of_owner()},
                {"reason", child.seen->last_cause->text()},
                {"restarts", restarts_of_budget(child)},
                {"then", "retry"}});
  }
  told = !within;
  return true;
}

void remote_supervisor::launch(child_entry& child, instruction::act what) {
  instruction made;
  made.what = what;
  made.generation = child.generation();
  show_budget(made.then, child);
  child.doing = model::activity::running;
  hold_up(child);
  instruct(child, std::move(made));
}

/// Whoever starts again while an ordered start is at those after it is waited for; but for one that
/// has served and may crash for ever, each of them would have to wait anew.
void remote_supervisor::hold_up(const child_entry& child) noexcept {
  const bool for_ever = child.spec->on_give_up == model::give_up::retry && child.served != 0;
  if (sweep_ == sweep::starting && !for_ever) {
    cursor_ = std::min(cursor_, child.rank);
  }
}

} // namespace kraken::actor
