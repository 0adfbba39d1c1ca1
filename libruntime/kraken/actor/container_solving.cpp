// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The local supervisor at work: the solvers of a plan, one after the other. `model::solver_plan`
/// says what comes next; here each step has its effect, is awaited, and leaves a note in the event
/// log. Steps of the remote layer are asked from the parent, who carries them out on this
/// container. A plan never hangs: what has no result in its time is tried again, then escalated.
#include "kraken/actor/container.hpp"

#include "kraken/base/log.hpp"

#include <utility>

namespace kraken::actor {

void container::solve(const model::plan_move& next) {
  switch (next.what) {
  case model::plan_move::act::done:
    return solved();
  case model::plan_move::act::try_step:
    return try_step(next);
  case model::plan_move::act::wait:
    status_.change().next_action = next.step->name;
    status_.change().next_at = now() + next.time;
    solving_->timer = deadlines_.at(status_->next_at, [this] { solve(solving_->plan.waited()); });
    return publish();
  case model::plan_move::act::escalate:
    static_cast<void>(hand_up(child_report::note::ended));
    return;
  }
}

void container::try_step(const model::plan_move& next) {
  solving_->step = ++last_step_;
  status_.change().next_action = next.step->name;
  note_step("solver_started");
  await_step();
  switch (carry_out(*next.step)) {
  case effect::done:
    return step_succeeded();
  case effect::pending:
    solving_->pending = true;
    return publish();
  case effect::refused:
    return step_rejected(model::again::no,
                         "not possible in phase " + std::string(model::to_string(status_->at)));
  case effect::over:
    return;
  }
}

/// The time of a try begins; for a new incarnation it begins once more when that is launched,
/// because the backoff before it is the supervisor's.
void container::await_step() {
  if (solving_) {
    deadlines_.cancel(solving_->timer);
    const auto within = solving_->plan.params().timeout;
    solving_->timer = deadlines_.at(now() + within, [this, within] {
      step_rejected(model::again::yes, "no result within " + kraken::to_string(within));
    });
  }
}

container::effect container::carry_out(const model::solver_row& solver) {
  if (achieved(solver.act)) {
    return effect::done;
  }
  if (solver.act != model::solver_act::log && solver.act != model::solver_act::proceed) {
    tell_linked(); // this incarnation is at its end
  }
  // A stopped container needs its parent to be started, whoever's solver it is.
  const bool stopped = status_->in == model::state::stopped && !leaving_;
  if (solver.act != model::solver_act::solve &&
      (solver.layer == model::solver_layer::remote ||
       (solver.act == model::solver_act::start && stopped))) {
    ask(solver);
    return effect::pending;
  }
  switch (solver.act) {
  case model::solver_act::log:
    log::error("container_cause",
               {{"container", path()},
                {"reason", status_->last_cause->text()},
                {"detail", status_->last_cause->detail}});
    return effect::done;
  case model::solver_act::proceed:
    return proceed();
  case model::solver_act::start:
    return start_anew();
  case model::solver_act::stop:
    if (status_->at != model::phase::stopping) {
      move(model::event::stop, model::phase::stopping);
      report(child_report::note::stopped_itself);
      leave(after::rest, ending::orderly);
    }
    return achieved(solver.act) ? effect::done : effect::pending;
  case model::solver_act::destroy:
    report(child_report::note::wants_destroy, solver.flags);
    return effect::pending;
  case model::solver_act::escalate:
    return hand_up(child_report::note::ended);
  case model::solver_act::solve:
    return hand_up(child_report::note::ended_upward);
  }
  return effect::refused;
}

/// Whether the container is what `what` makes of it already.
bool container::achieved(model::solver_act what) const noexcept {
  switch (what) {
  case model::solver_act::proceed:
    return serving();
  case model::solver_act::start:
    return status_->at == model::phase::ready;
  case model::solver_act::stop:
    return status_->at == model::phase::ended;
  case model::solver_act::log:
  case model::solver_act::destroy:
  case model::solver_act::escalate:
  case model::solver_act::solve:
    return false;
  }
  return false;
}

/// The same incarnation goes on, if there is one; what its children did can not be undone so.
container::effect container::proceed() {
  if (!life_ || status_->in != model::state::failed || leaving_ ||
      status_->last_cause->kind == model::cause_kind::child) {
    return effect::refused;
  }
  if (owed_ == owed::nothing) {
    move(model::event::start, model::phase::ready);
  } else {
    move(model::event::start, model::phase::starting);
    arm_start();
  }
  if (const auto threw = life_->resume()) {
    record_too(*threw);
    return effect::refused;
  }
  check_ready();
  ask_again();
  return effect::done;
}

/// Ends what is left of the failed incarnation; the supervisor grants the next one or gives up.
container::effect container::start_anew() {
  if (status_->in == model::state::failed && !leaving_ && status_->at == model::phase::held) {
    deadlines_.cancel(solving_->timer);
    leave(after::judge, ending::kill, child_report::note::ended_alone);
  }
  return effect::pending; // or it is on its way already
}

/// The failure goes to the supervisor: after the rest of the plan, or of the container, is ended.
container::effect container::hand_up(child_report::note what) {
  const auto how = solving_->how;
  if (status_->at == model::phase::stopping && leaving_) {
    end_plan();
    leave(after::rest, ending::kill); // a stop needs nobody's leave, only to come to its end
    return effect::over;
  }
  if (model::is_final(solving_->plan.step())) {
    note_step("solver_succeeded");
  }
  end_plan();
  if (status_->in == model::state::started) {
    move(model::event::fail, model::phase::held);
  }
  if (status_->in == model::state::failed) {
    leave(after::judge, how, what);
  }
  return effect::over;
}

void container::ask(const model::solver_row& solver) {
  child_report made;
  made.what = child_report::note::asks;
  made.solver = &solver;
  made.step = solving_->step;
  report(std::move(made));
}

void container::on_plan_step(const plan_step& what) {
  if (solving_ && solving_->pending && what.step == solving_->step &&
      achieved(solving_->plan.step().act)) {
    step_succeeded();
  }
}

void container::on_proceed(const instruction& what) {
  if (solving_ && solving_->pending && what.step == solving_->step) {
    proceed() == effect::done ? step_succeeded()
                              : step_rejected(model::again::no, "nothing is left that could go on");
  }
}

void container::on_recreate(const instruction& what) {
  if (solving_ && solving_->pending && what.step == solving_->step) {
    static_cast<void>(start_anew());
  }
}

void container::step_succeeded() {
  solving_->pending = false;
  deadlines_.cancel(solving_->timer);
  note_step("solver_succeeded");
  solve(solving_->plan.succeeded());
}

void container::step_rejected(model::again useful, const std::string& reason) {
  solving_->pending = false;
  deadlines_.cancel(solving_->timer);
  note_step("solver_failed", reason);
  solve(solving_->plan.rejected(useful));
}

/// Every step had its effect. Failures that came meanwhile concern the incarnation that failed.
void container::solved() {
  const bool same = status_->generation == solving_->generation && serving();
  auto waiting = std::exchange(failures_waiting_, {});
  auto children_done = std::exchange(done_waiting_, nullptr);
  end_plan();
  publish(); // what was to come next has come
  if (!same) {
    return;
  }
  if (children_done) {
    return supervision_done(std::move(*children_done));
  }
  if (!waiting.empty()) {
    auto [why, how] = std::move(waiting.front());
    waiting.pop_front();
    failed(std::move(why), how);
    if (solving_) {
      failures_waiting_ = std::move(waiting);
    }
  }
}

void container::abandon_plan(const std::string& reason) {
  note_step("solver_failed", reason);
  end_plan();
}

void container::end_plan() {
  deadlines_.cancel(solving_->timer);
  solving_.reset();
  failures_waiting_.clear();
  done_waiting_.reset();
  status_.change().next_action.clear();
  status_.change().next_at = {};
}

void container::note_step(std::string_view what, const std::string& reason) {
  const auto& plan = solving_->plan;
  const auto tries =
      std::to_string(plan.attempt()) + " of " + std::to_string(plan.params().retries_limit);
  birth_.tree->board.note(
      line_,
      std::string(what),
      {{"solver", std::string(plan.step().name)}, {"try", tries}, {"reason", reason}},
      solving_->correlation);
  if (!reason.empty()) {
    log::warn("solver_failed",
              {{"container", path()},
               {"solver", plan.step().name},
               {"try", tries},
               {"reason", reason},
               {"correlation", solving_->correlation}});
  }
}

} // namespace kraken::actor
