// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the incarnation does: becoming ready, failing, ending. Reports of an
/// earlier generation are dropped at the door.
#include "kraken/actor/container.hpp"

#include "kraken/base/log.hpp"

#include <utility>

namespace kraken::actor {

void container::begin_life() {
  status_.change().generation = ++last_generation_;
  passing_ = false;
  std::erase_if(watchers_, [](const auto& one) { return one->kind() == bond::link; });
  status_.change().pid = 0;
  status_.change().up_since = now();
  status_.change().live.reset();
  if (supervisor_) {
    supervisor_->reset(); // as OTP: a new incarnation supervises with a new budget
  }
  owed_ = owed::both;
  due_.reset();
  life_ = make_life(status_->generation);
  if (status_->in == model::state::started) {
    show(model::phase::starting); // recycled or replaced
  } else {
    move(model::event::start, model::phase::starting);
  }
  await_step();
  if (life_->may_begin(*birth_.of)) {
    begin_in_turn();
  }
}

void container::begin_in_turn() {
  launched_ = now();
  const auto mine = status_->generation;
  if (auto threw = life_->begin(*birth_.of)) {
    end_life(); // half begun: its destructor lets go
    threw->kind = model::cause_kind::start_error;
    return failed(std::move(*threw), ending::kill);
  }
  if (birth_.spec->supervise.start == model::start_order::parallel) {
    start_children();
  }
  hear_early(*life_);
  if (life_ && status_->generation == mine && serving() &&
      (owed_ == owed::both || owed_ == owed::incarnation)) {
    arm_start(); // most native ones are ready by now
  }
}

/// A pool becomes ready by its workers, and those have start timeouts of their own.
void container::arm_start() {
  if (birth_.spec->supervise.start != model::start_order::ordered) {
    return;
  }
  deadlines_.cancel(start_timer_);
  start_timer_ = deadlines_.at(now() + birth_.spec->ready.within, [this] {
    failed(life::late_start(life_.get(), birth_.spec->ready.within), ending::kill);
  });
}

std::unique_ptr<life> container::make_life(std::uint64_t generation) {
  return std::make_unique<life>(static_cast<life_owner&>(*this),
                                *birth_.tree,
                                birth_.who,
                                birth_.shard,
                                generation,
                                birth_.spec);
}

/// What it said inside of the call that has just returned.
void container::hear_early(life& from) {
  for (const auto& each : from.take_early()) {
    hear(each); // may end it
  }
}

timer container::set_life_timer(std::uint64_t generation,
                                time_point when,
                                std::function<void()> then) {
  const auto made = deadlines_.at(when, [this, generation, what = std::move(then)] {
    if (beside_ && beside_->runs->generation() == generation) {
      beside_threw(beside_->runs->elapsed(what));
    } else if (life_ && status_->generation == generation) {
      on_thrown(life_->elapsed(what));
    }
  });
  arm(); // its incarnation may be called by a descriptor of its own, outside of our handlers
  return made;
}

void container::hear(const life_report& what) {
  if (beside_ && what.generation == beside_->runs->generation()) {
    return hear_beside(what);
  }
  if (what.generation != status_->generation || !life_) {
    return;
  }
  switch (what.what) {
  case life_report::kind::go:
    return serving() ? begin_in_turn() : void();
  case life_report::kind::open:
    return serving() ? report(child_report::note::opened) : void();
  case life_report::kind::ready:
    return on_ready();
  case life_report::kind::unready:
    if (what.why == nullptr) {
      return on_unready();
    }
    if (serving() && status_->at == model::phase::starting) { // hopeless
      record_end(*what.why);
      publish();
      report(child_report::note::hopeless);
    }
    return;
  case life_report::kind::failed:
    return failed(*what.why, ending::kill);
  case life_report::kind::ended:
    return on_ended(*what.why);
  case life_report::kind::recycle:
    return on_recycle(*what.why, what.meanwhile);
  case life_report::kind::pid:
    status_.change().pid = what.pid;
    return publish();
  case life_report::kind::gauges:
    status_.change().live = what.live;
    return publish();
  }
}

void container::on_ready() {
  deadlines_.cancel(start_timer_);
  if (leaving_ || status_->at == model::phase::ready) {
    return;
  }
  if (const auto& why = *status_->last_cause;
      why.kind == model::cause_kind::start_error && why.origin.starts_with(path() + "/")) {
    status_.change().last_cause = model::shared_cause{}; // `hopeless`, which is refuted
  }
  if (owed_ == owed::both) {
    owed_ = owed::children;
  } else if (owed_ == owed::incarnation) {
    owed_ = owed::nothing;
  }
  check_ready();
}

void container::on_unready() {
  if (owed_ == owed::children) {
    owed_ = owed::both;
  } else if (owed_ == owed::nothing) {
    owed_ = owed::incarnation;
  }
  if (serving() && status_->at == model::phase::ready) {
    show(model::phase::starting);
  }
}

void container::start_children() {
  children_begun_ = status_->generation;
  const auto tree = std::exchange(tree_next_, nullptr);
  if (supervisor_ == nullptr) {
    return children_started();
  }
  supervisor_->start_all(tree);
}

void container::children_started() {
  if (owed_ == owed::both) {
    owed_ = owed::incarnation;
  } else if (owed_ == owed::children) {
    owed_ = owed::nothing;
  }
  check_ready();
}

/// What is next on the way to `ready`; nothing while held: `proceed` comes back here.
void container::check_ready() {
  if (!serving() || status_->at != model::phase::starting) {
    return;
  }
  if (owed_ == owed::children && children_begun_ != status_->generation) {
    return start_children();
  }
  if (owed_ == owed::nothing) {
    show(model::phase::ready);
    if (log::enabled(log::level::info)) {
      log::info("container_ready", {{"container", path()}, {"generation", status_->generation}});
    }
  }
}

void container::on_ended(const model::cause& why) {
  if (leaving_) {
    return incarnation_gone();
  }
  const bool planned = why.kind == model::cause_kind::recycle;
  const bool loop = planned && !earned();
  end_life();
  status_.change().pid = 0;
  status_.change().live.reset();
  if (status_->in == model::state::failed) { // held: its plan goes on without it
    return record_too(why);
  }
  if (planned) {
    return loop ? failed(too_early(why), ending::orderly) : recycle_in_place(why);
  }
  end_unasked(why);
}

/// An end nobody asked for, with the supervisor to judge it.
void container::end_unasked(model::cause why) {
  if (!why.normal() || birth_.spec->restart == model::restart_type::permanent) {
    return failed(std::move(why), ending::orderly);
  }
  if (solving_) { // its restart is awaited: it has done what it was restarted for
    note_step("solver_succeeded");
    end_plan();
  }
  record_end(std::move(why));
  move(model::event::stop, model::phase::stopping);
  leave(after::finish, ending::orderly);
}

/// It waits for its children only if it starts them one after the other.
void container::child_hopeless(const std::string& why) {
  if (serving() && status_->at == model::phase::starting &&
      birth_.spec->supervise.start == model::start_order::ordered) {
    child_report made;
    made.what = child_report::note::hopeless;
    made.why = std::make_shared<const std::string>(why);
    report(std::move(made));
  }
}

void container::supervision_done(model::cause why) {
  if (!serving()) {
    if (solving_) {
      done_waiting_ = std::make_unique<model::cause>(
          std::move(why)); // it may go on, and then this still counts
    }
    return;
  }
  model::cause own;
  own.kind = model::cause_kind::exit_normal;
  own.message = "its significant children have ended: " + why.text();
  own.origin = why.origin;
  end_unasked(std::move(own));
}

} // namespace kraken::actor
