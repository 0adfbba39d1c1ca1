// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// When the budget of restarts is spent: the failure goes up, or the child is parked with its
/// group, until an operator starts it again.
#include "kraken/actor/remote_supervisor.hpp"

#include "kraken/base/log.hpp"

#include <algorithm>
#include <utility>

namespace kraken::actor {

void remote_supervisor::give_up(child_entry& child) {
  // Another may be given up while a group waits for the one that began it.
  const bool with_group = sweep_ == sweep::regrouping && child.spec->id == group_.failed;
  const auto together = with_group ? group_.restart : std::vector<std::string>{child.spec->id};
  const auto wish = child.on_trial() ? model::give_up::park : child.spec->on_give_up;
  const bool parks = wish == model::give_up::park; // it costs no look at the others
  const auto seen = parks ? std::vector<model::child_view>{} : views();
  const auto surrendered = model::on_budget_spent(wish, seen, together);
  if (!owner_.path_of_owner().empty()) { // else it is the root's, which has none
    log::error("restart_budget_spent",
               {{"container", child.path()},
                {"supervisor", owner_.path_of_owner()},
                {"reason", child.seen->last_cause->text()},
                {"restarts", restarts_of_budget(child)},
                {"then", surrendered.park.empty() ? "escalate" : "park"},
                {"correlation", child.seen->last_cause->correlation}});
  }
  if (surrendered.park.empty()) {
    owner_.supervision_gave_up(model::escalated(*child.seen->last_cause, child.path()));
    return;
  }
  for (const auto& id : surrendered.park) {
    if (auto* const one = find(id)) {
      park(*one);
      if (one != &child) {
        one->parked_with = std::make_unique<const std::string>(child.spec->id);
      }
    }
  }
  if (with_group) {
    group_.failed.clear(); // what is left of the group stops; the others live on
  } else if (sweep_ == sweep::starting) {
    cursor_ = 0;
  }
  advance();
}

/// Whoever is in the list of a group's stops is stopped in its turn.
void remote_supervisor::park(child_entry& child) {
  cancel_restart(child);
  const auto spent = spent_by(child);
  forget_failures(child);
  child.doing = model::activity::parked;
  child.parked_with.reset();
  if (stops_for_group(child)) {
    return;
  }
  instruction made;
  made.what = child.at_rest() ? instruction::act::settle : instruction::act::expect;
  made.generation = child.generation();
  made.then = {model::phase::parked, "operator", {}, spent, window_.intensity(), {}};
  instruct(child, std::move(made));
}

/// An operator has started one that was given up: whoever went with it comes back, in turn.
void remote_supervisor::take_along(const child_entry& started) {
  bool any = false;
  for (auto& child : children_) {
    if (child.doing == model::activity::parked && child.want == wish::running &&
        child.parked_with != nullptr && *child.parked_with == started.spec->id) {
      child.parked_with.reset();
      child.doing = stops_for_group(child) ? model::activity::running : model::activity::restarting;
      any = true;
    }
  }
  if (any && sweep_ == sweep::none) {
    begin(sweep::starting, 0);
  } else if (any && sweep_ == sweep::starting) {
    cursor_ = 0;
  }
}

/// Whoever waits for the owner waits for what has just failed, and would do so for ever.
void remote_supervisor::pass_on_hopeless(const child_entry& child, const child_report& report) {
  const bool ended =
      report.what == child_report::note::ended || report.what == child_report::note::ended_alone;
  if (report.what == child_report::note::hopeless) {
    owner_.child_hopeless(child.failure_of(report));
  } else if (ended && child.served != child.seen->generation && child.tried_for_ever() &&
             !child.seen->last_cause->normal()) {
    owner_.child_hopeless(child.failure());
  }
}

} // namespace kraken::actor
