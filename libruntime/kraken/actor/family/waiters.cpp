// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/family/waiters.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace kraken::actor {

namespace {

result<model::reply> fulfilled(std::string text) {
  return model::reply{std::move(text), true};
}

result<model::reply> stopped_meanwhile(const child_entry& child) {
  return fail(errc::canceled, child.path() + " was stopped meanwhile");
}

std::string failure_text(const child_entry& child, const waiter& who) {
  auto text = child.failure();
  if (who.undoes_failure) {
    return text;
  }
  if (child.tried_again()) {
    const auto wait = child.due.value_or(child.seen->since) - child.seen->since;
    const auto in = kraken::to_string(std::chrono::ceil<milliseconds>(wait));
    text += child.due ? "; a restart is due in " + in : "; a restart is under way";
  } else if (child.doing == model::activity::parked) {
    text += "; given up, start it when the cause is gone";
  }
  return text;
}

/// The answer a waiter gets now, or nothing yet.
std::optional<result<model::reply>>
verdict(const child_entry& child, const waiter& who, const child_report& report) {
  const auto what = report.what;
  const auto& now = *child.seen;
  if (now.at == model::phase::gone) {
    if (who.until == waiter::goal::gone) {
      return fulfilled(child.path() + " destroyed");
    }
    if (child.start_failure) {
      return fail(errc::start_failed, *child.start_failure);
    }
    return destroyed_meanwhile(child.path());
  }
  if (child.obeyed < who.serial || child.start_failure) {
    return std::nullopt;
  }
  switch (who.until) {
  case waiter::goal::gone:
    return std::nullopt;
  case waiter::goal::at_rest:
    if (child.at_rest()) {
      return fulfilled(child.path() + " stopped");
    }
    if (child.want == wish::running) {
      return fail(errc::canceled, child.path() + " was started meanwhile");
    }
    return std::nullopt;
  case waiter::goal::ready:
  case waiter::goal::ready_at_last:
  case waiter::goal::ready_some_day:
  case waiter::goal::replaced:
    break;
  }
  if (now.at == model::phase::ready && now.generation > who.generation) {
    return fulfilled(child.path() +
                     (who.until == waiter::goal::replaced ? " replaced" : " started"));
  }
  if (what == child_report::note::ended && now.last_cause->normal() &&
      child.doing == model::activity::stopped) {
    return fulfilled(child.path() + " ended normally");
  }
  if (what == child_report::note::hopeless) {
    if (who.until == waiter::goal::ready_some_day) {
      return std::nullopt;
    }
    const auto* const goes_on = report.why && !who.undoes_failure ? "; it is tried again" : "";
    return fail(errc::start_failed, child.failure_of(report) + goes_on);
  }
  const bool went_on = what == child_report::note::changed || what == child_report::note::opened ||
                       what == child_report::note::due || what == child_report::note::asks;
  if (who.until == waiter::goal::ready_at_last && now.at != model::phase::parked &&
      child.tried_again() && !child.tried_for_ever()) { // nobody can wait for the end of these
    return std::nullopt;
  }
  if (!went_on || now.at == model::phase::parked) {
    return fail(errc::start_failed, failure_text(child, who));
  }
  if (child.want != wish::running && child.at_rest()) {
    return stopped_meanwhile(child);
  }
  return std::nullopt;
}

} // namespace

result<model::reply> destroyed_meanwhile(const std::string& path) {
  return fail(errc::container_destroyed, path + " was destroyed meanwhile");
}

void give(due_answers&& answers) {
  for (auto& [reply, answer] : answers) {
    reply->answer(std::move(answer));
  }
}

void await(child_entry& child, waiter::goal until, reply_to reply) {
  const auto generation = until == waiter::goal::replaced ? child.generation() : std::uint64_t{0};
  child.waiters.push_back(waiter{until, generation, child.sent, std::move(reply)});
}

void mark_waiter(child_entry& child, const reply_to& who, const model::command& of) {
  for (auto& each : child.waiters) {
    each.undoes_failure = each.reply == who ? of.undone_on_failure : each.undoes_failure;
  }
}

due_answers judge_waiters(child_entry& child, const child_report& report) {
  due_answers answers;
  for (auto& who : std::exchange(child.waiters, {})) {
    if (who.reply->answered()) {
      continue;
    }
    if (auto answer = verdict(child, who, report)) {
      answers.emplace_back(std::move(who.reply), std::move(*answer));
    } else {
      child.waiters.push_back(std::move(who));
    }
  }
  if (child.seen->at == model::phase::gone && child.tree_next) {
    answers.emplace_back(std::exchange(child.tree_next, nullptr),
                         destroyed_meanwhile(child.path()));
  }
  return answers;
}

void call_off(child_entry& child, due_answers& answers) {
  for (auto& who : std::exchange(child.waiters, {})) {
    if (who.until == waiter::goal::at_rest || who.until == waiter::goal::gone) {
      child.waiters.push_back(std::move(who));
    } else {
      answers.emplace_back(std::move(who.reply), stopped_meanwhile(child));
    }
  }
  if (child.tree_next) {
    answers.emplace_back(std::exchange(child.tree_next, nullptr), stopped_meanwhile(child));
  }
}

} // namespace kraken::actor
