// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a failure means: the state it leads to, the plan its local rules make of it, and the
/// records that are kept. A failure that comes while one is being solved waits for its turn.
#include "kraken/actor/container.hpp"

#include "kraken/base/log.hpp"
#include "kraken/model/local_rules.hpp"

#include <utility>

namespace kraken::actor {

/// @param how what becomes of the incarnation if the failure is escalated
void container::failed(model::cause why, ending how) {
  if (solving_ && status_->in == model::state::failed && !leaving_) {
    record_too(why);
    if (failures_waiting_.size() < limits::failures_waiting) {
      failures_waiting_.emplace_back(std::move(why), how);
    }
    return;
  }
  if (!serving()) {
    return record_too(std::move(why)); // recorded, not recursive
  }
  if (solving_) { // it was started again; a step after that was under way
    abandon_plan("the container failed again");
  }
  deadlines_.cancel(start_timer_);
  record(std::move(why));
  move(model::event::fail, model::phase::held);
  auto plan = model::plan_for(birth_.spec->local, *status_->last_cause);
  const auto& first = *plan.steps.front();
  if (first.act != model::solver_act::proceed) {
    log::error("container_failed",
               {{"container", path()},
                {"supervisor", birth_.who->parent},
                {"reason", status_->last_cause->text()},
                {"restarts", status_->restarts},
                {"rule", plan.matched},
                {"solver", first.name},
                {"correlation", status_->last_cause->correlation}});
  }
  if (!plan.ruled || !life_) {
    tell_linked();
  }
  if (!plan.ruled) {
    return leave(after::judge, how);
  }
  if (status_->beside == model::companion::successor) {
    settle_companion(ending::orderly); // who goes on is for the plan to say
  }
  solving_ =
      std::make_unique<solving>(solving{.plan = {std::move(plan.steps), birth_.spec->local_params},
                                        .how = how,
                                        .correlation = status_->last_cause->correlation,
                                        .generation = status_->generation});
  solve(solving_->plan.begin());
}

void container::on_thrown(const life::thrown& what) {
  if (what) {
    failed(*what, ending::kill);
  }
}

void container::supervision_gave_up(model::cause why) {
  failed(std::move(why), ending::orderly);
}

/// Makes `why`, a failure, the cause that counts.
void container::record(model::cause why) {
  status_.change().last_cause = completed(std::move(why));
  remember(*status_->last_cause);
}

/// An end that is no failure.
void container::record_end(model::cause why) {
  status_.change().last_cause = completed(std::move(why));
}

/// One more failure while one is being dealt with, or on the way out: it is seen, but it does not
/// become the cause that counts.
void container::record_too(model::cause why) {
  why = completed(std::move(why));
  log::warn("failed_again",
            {{"container", path()}, {"reason", why.text()}, {"correlation", why.correlation}});
  remember(why);
  publish();
}

model::cause container::completed(model::cause why) {
  why = model::bounded(std::move(why));
  if (why.correlation == 0) {
    why.correlation = status_->last_cause->correlation != 0 ? status_->last_cause->correlation
                                                            : ++birth_.tree->last_correlation;
  }
  if (why.origin.empty()) {
    why.origin = path();
  }
  return why;
}

void container::remember(const model::cause& why) {
  status_.change().failures = model::with_failure(
      status_->failures, {now(), status_->generation, why.kind, why.text(), why.correlation});
}

} // namespace kraken::actor
