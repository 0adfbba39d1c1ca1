// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Planned replacement. Kinds that overlap have the next incarnation, the successor, become ready
/// while the current one serves; then it takes over, and the old one, now the predecessor, finishes
/// what it has. Its supervisor gives the turns (remote_supervisor_recycle.cpp). A successor that
/// does not become ready costs nothing but time: the one before it serves on.
///
///        wish --> due --> supervisor --> begin_successor --ready--> take_over --> predecessor ends
///                  ^                          |
///                  +------ backoff <----------+ failed
#include "kraken/actor/container.hpp"

#include "kraken/base/log.hpp"
#include "kraken/model/backoff.hpp"

#include <utility>

namespace kraken::actor {

bool container::overlaps() const {
  return birth_.of->replaced == replacement::start_first && status_->at == model::phase::ready;
}

/// Whether this life was long or useful enough for its end to be a planned one. What nobody counts
/// must not turn into a loop: each turn costs a second or brings an answer.
bool container::earned() {
  return now() - launched_ >= limits::recycle_uptime_min ||
         (status_->live && status_->live->sum(&model::gauges::requests) > 0);
}

model::cause container::too_early(const model::cause& why) {
  auto early = why;
  early.kind = model::cause_kind::start_error;
  early.message = "asked for its replacement after only " +
                  kraken::to_string(std::chrono::duration_cast<milliseconds>(now() - launched_)) +
                  ", having answered nothing: " + why.message;
  return early;
}

void container::on_recycle(const model::cause& why, serves_on meanwhile) {
  if (!serving()) {
    return;
  }
  if (!earned()) {
    return failed(too_early(why), ending::orderly);
  }
  const bool under_way = status_->beside == model::companion::successor;
  if (meanwhile == serves_on::no && !under_way) {
    return recycle_in_place(why);
  }
  if (!overlaps()) {
    return recycle_in_place(why);
  }
  due_ = std::make_unique<recycle_wish>(recycle_wish{why, meanwhile});
  if (!under_way) {
    report(child_report::note::due);
  }
}

void container::recycle_in_place(const model::cause& why) {
  ++status_.change().recycles;
  record_end(why);
  show(model::phase::draining);
  leave(after::renew, ending::orderly);
}

void container::begin_successor(model::cause why, const reply_to& reply) {
  beside_ = std::make_unique<companion>();
  beside_->runs = make_life(++last_generation_);
  beside_->why = std::move(why);
  beside_->reply = reply;
  show_companion(model::companion::successor);
  if (beside_->runs->may_begin(*birth_.of)) {
    begin_beside();
  }
}

void container::begin_beside() {
  beside_->launched = now();
  beside_->timer = deadlines_.at(now() + birth_.spec->ready.within, [this] {
    end_successor(life::late_start(beside_->runs.get(), birth_.spec->ready.within));
  });
  if (auto threw = beside_->runs->begin(*birth_.of)) {
    threw->kind = model::cause_kind::start_error;
    return successor_failed(*threw); // half begun: its destructor lets go
  }
  hear_early(*beside_->runs);
}

void container::hear_beside(const life_report& what) {
  const bool boots = status_->beside == model::companion::successor;
  switch (what.what) {
  case life_report::kind::go:
    return boots && !beside_->failure ? begin_beside() : void();
  case life_report::kind::pid:
    beside_->pid = what.pid;
    return show_companion(status_->beside);
  case life_report::kind::gauges:
    beside_->live = what.live;
    return;
  case life_report::kind::ready:
    return boots && !beside_->failure ? take_over() : void();
  case life_report::kind::failed:
    return boots ? end_successor(*what.why) : void();
  case life_report::kind::ended:
    if (boots) {
      return successor_failed(*what.why);
    }
    log::info("container_predecessor_ended",
              {{"container", path()},
               {"generation", beside_->runs->generation()},
               {"reason", what.why->text()}});
    return companion_gone();
  case life_report::kind::open:
  case life_report::kind::unready:
  case life_report::kind::recycle:
    return;
  }
}

void container::take_over() {
  auto next = std::move(*beside_);
  deadlines_.cancel(next.timer);
  deadlines_.cancel(due_timer_);
  due_.reset();
  failed_successors_ = 0;
  beside_ = std::make_unique<companion>();
  beside_->runs = std::exchange(life_, std::move(next.runs));
  beside_->pid = std::exchange(status_.change().pid, next.pid);
  beside_->live = std::exchange(status_.change().live, next.live);
  status_.change().generation = life_->generation();
  launched_ = status_.change().up_since = next.launched;
  ++status_.change().recycles;
  record_end(std::move(next.why));
  log::info("container_replaced",
            {{"container", path()},
             {"generation", status_->generation},
             {"reason", status_->last_cause->text()}});
  status_.change().beside = model::companion::predecessor;
  status_.change().beside_pid = beside_->pid;
  show(model::phase::ready);
  milliseconds time{0};
  if (const auto threw = beside_->runs->hand_over(time)) {
    return end_companion(ending::kill);
  }
  if (time.count() == 0) {
    return end_companion(ending::orderly);
  }
  beside_->timer = deadlines_.at(now() + time, [this] { end_companion(ending::orderly); });
}

void container::beside_threw(const life::thrown& what) {
  if (what) {
    status_->beside == model::companion::successor ? end_successor(*what)
                                                   : end_companion(ending::kill);
  }
}

/// It lives, but will not do: its end is its failure.
void container::end_successor(model::cause why) {
  if (!beside_->failure) {
    beside_->failure = std::move(why);
    end_companion(ending::kill);
  }
}

void container::successor_failed(const model::cause& why) {
  record(beside_->failure.value_or(why));
  log::warn("replacement_failed",
            {{"container", path()},
             {"generation", beside_->runs->generation()},
             {"reason", status_->last_cause->text()}});
  if (const auto reply = beside_->reply) {
    reply->answer(
        fail(errc::start_failed,
             path() + " serves on, its replacement failed: " + status_->last_cause->summary()));
  }
  auto wish = std::exchange(due_, nullptr);
  companion_gone();
  if (!wish) {
    return;
  }
  if (wish->meanwhile == serves_on::no) {
    return recycle_in_place(wish->why); // nothing serves any more: a failure to boot counts now
  }
  due_ = std::move(wish);
  const auto delay = model::backoff_base(birth_.spec->backoff, ++failed_successors_);
  due_timer_ = deadlines_.at(now() + delay, [this] { ask_again(); });
}

void container::ask_again() {
  if (due_ && serving()) {
    report(child_report::note::due);
  }
}

/// The container goes its way out: a successor has nothing to take over any more, a predecessor is
/// waited for where nothing may be left.
void container::settle_companion(ending how) {
  if (!beside_) {
    return;
  }
  if (status_->beside == model::companion::successor) {
    if (const auto reply = beside_->reply) {
      reply->answer(fail(errc::canceled, path() + " is ending"));
    }
    show_companion(model::companion::predecessor);
    end_companion(how); // orderly: it may have taken work this very moment
  } else if (waits_for_companion()) {
    end_companion(leaving_->how == ending::kill ? ending::kill : how);
  }
}

void container::end_companion(ending how) {
  deadlines_.cancel(beside_->timer);
  const auto& shutdown = birth_.spec->shutdown;
  auto& runs = *beside_->runs;
  if (how == ending::orderly && shutdown.how != model::shutdown_spec::mode::brutal_kill &&
      !runs.stop()) {
    runs.send_early();
    if (shutdown.how == model::shutdown_spec::mode::within) {
      beside_->timer =
          deadlines_.at(now() + shutdown.time, [this] { end_companion(ending::kill); });
    }
    return;
  }
  if (const auto threw = runs.kill()) {
    log::warn("kill_threw", {{"container", path()}, {"reason", threw->text()}});
  }
  runs.send_early();
  beside_->timer = deadlines_.at(now() + limits::kill_grace, [this] {
    log::error("incarnation_survived_kill", {{"container", path()}});
    status_->beside == model::companion::successor ? successor_failed(model::cause{})
                                                   : companion_gone();
  });
}

void container::companion_gone() {
  deadlines_.cancel(beside_->timer);
  beside_.reset();
  show_companion(model::companion::none);
  if (leaving_ && leaving_->at == step::companion) {
    return arrive();
  }
  ask_again();
}

void container::show_companion(model::companion role) {
  status_.change().beside = role;
  status_.change().beside_pid = beside_ ? beside_->pid : 0;
  publish();
  report(child_report::note::changed);
}

} // namespace kraken::actor
