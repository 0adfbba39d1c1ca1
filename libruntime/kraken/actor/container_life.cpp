// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the incarnation does: becoming ready, failing, ending. Reports of an
/// earlier generation are dropped at the door.
#include "kraken/actor/container.hpp"

#include "kraken/base/log.hpp"
#include "kraken/model/local_rules.hpp"

#include <utility>

namespace kraken::actor {

void container::begin_life() {
  status_.generation = ++last_generation_;
  passing_ = false;
  std::erase_if(watchers_, [](const auto& one) { return one->kind() == bond::link; });
  status_.pid = 0;
  status_.live.reset();
  launched_ = now();
  owed_ = owed::both;
  due_.reset();
  life_ =
      std::make_unique<life>(static_cast<life_owner&>(*this), birth_.tree, status_, birth_.spec);
  if (status_.in == model::state::started) {
    show(model::phase::starting); // recycled or replaced
  } else {
    move(model::event::start, model::phase::starting);
  }
  // A pool becomes ready by its workers, and those have start timeouts of their own.
  if (birth_.spec->supervise.start == model::start_order::ordered) {
    start_timer_ = deadlines_.at(launched_ + birth_.spec->ready.within, [this] {
      model::cause why;
      why.kind = model::cause_kind::start_timeout;
      why.message = "not ready within " + kraken::to_string(birth_.spec->ready.within);
      fail_with(std::move(why), ending::kill);
    });
  }
  if (auto threw = life_->begin(kind_)) {
    end_life(); // half begun: its destructor lets go
    threw->kind = model::cause_kind::start_error;
    return fail_with(std::move(*threw), ending::kill);
  }
  if (birth_.spec->supervise.start == model::start_order::parallel) {
    start_children();
  }
}

timer container::set_life_timer(std::uint64_t generation,
                                time_point when,
                                std::function<void()> then) {
  const auto made = deadlines_.at(when, [this, generation, what = std::move(then)] {
    if (beside_ && beside_->runs->generation() == generation) {
      beside_threw(beside_->runs->elapsed(what));
    } else if (life_ && status_.generation == generation) {
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
  if (what.generation != status_.generation || !life_) {
    return;
  }
  switch (what.what) {
  case life_report::kind::ready:
    return on_ready();
  case life_report::kind::unready:
    return on_unready();
  case life_report::kind::failed:
    return on_failed(what.why);
  case life_report::kind::ended:
    return on_ended(what.why);
  case life_report::kind::recycle:
    return on_recycle(what.why, what.meanwhile);
  case life_report::kind::pid:
    status_.pid = what.pid;
    return publish();
  case life_report::kind::gauges:
    status_.live = what.live;
    return publish();
  }
}

void container::on_ready() {
  deadlines_.cancel(start_timer_);
  if (!running() || status_.at != model::phase::starting) {
    return;
  }
  if (owed_ == owed::both) {
    owed_ = owed::children;
    if (children_begun_ != status_.generation) {
      return start_children();
    }
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
  if (running() && status_.at == model::phase::ready) {
    show(model::phase::starting);
  }
}

void container::start_children() {
  children_begun_ = status_.generation;
  supervisor_.start_all(extent_);
}

void container::children_started() {
  if (owed_ == owed::both) {
    owed_ = owed::incarnation;
  } else if (owed_ == owed::children) {
    owed_ = owed::nothing;
  }
  check_ready();
}

void container::check_ready() {
  if (running() && status_.at == model::phase::starting && owed_ == owed::nothing) {
    show(model::phase::ready);
    log::info("container_ready", {{"container", status_.path}, {"generation", status_.generation}});
  }
}

/// It threw but lives: the local supervisor's rules come first.
void container::on_failed(model::cause why) {
  if (status_.in != model::state::started || leaving_) {
    return record_too(std::move(why)); // recorded, not recursive
  }
  const auto before = status_.at;
  const auto rules = model::decide(birth_.spec->local, why);
  if (rules.logs) {
    log::error("container_cause",
               {{"container", status_.path}, {"reason", why.text()}, {"detail", why.detail}});
  }
  switch (rules.what) {
  case model::directive::proceed:
    record(std::move(why));
    move(model::event::fail, model::phase::held);
    move(model::event::start, before);
    return on_thrown(life_->resume());
  case model::directive::restart:
    return fail_with(std::move(why), ending::kill, child_report::note::ended_alone);
  case model::directive::escalate:
    return fail_with(std::move(why), ending::kill);
  case model::directive::stop:
    record(std::move(why));
    move(model::event::fail, model::phase::held);
    tell_linked();
    move(model::event::stop, model::phase::stopping);
    report(child_report::note::stopped_itself);
    return leave(after::rest, ending::orderly);
  case model::directive::destroy:
    record(std::move(why));
    move(model::event::fail, model::phase::held);
    tell_linked();
    return report(child_report::note::wants_destroy, rules.flags);
  }
}

void container::on_ended(const model::cause& why) {
  if (leaving_) {
    return incarnation_gone();
  }
  const bool planned = why.kind == model::cause_kind::recycle;
  const bool loop = planned && !earned();
  end_life();
  status_.pid = 0;
  status_.live.reset();
  if (status_.in == model::state::failed) { // held: what was asked for comes from the supervisor
    record(why);
    return leave(after::judge, ending::orderly);
  }
  if (planned) {
    return loop ? fail_with(too_early(why), ending::orderly) : recycle_in_place(why);
  }
  end_unasked(why);
}

/// An end nobody asked for, with the supervisor to judge it.
void container::end_unasked(model::cause why) {
  if (!why.normal() || birth_.spec->restart == model::restart_type::permanent) {
    return fail_with(std::move(why), ending::orderly);
  }
  record(std::move(why));
  move(model::event::stop, model::phase::stopping);
  leave(after::finish, ending::orderly);
}

void container::fail_with(model::cause why, ending how, child_report::note note) {
  if (status_.in != model::state::started || leaving_) {
    return record_too(std::move(why));
  }
  record(std::move(why));
  move(model::event::fail, model::phase::held);
  tell_linked();
  log::error("container_failed",
             {{"container", status_.path},
              {"supervisor", status_.parent},
              {"reason", status_.last_cause.text()},
              {"restarts", status_.restarts}});
  leave(after::judge, how, note);
}

void container::on_thrown(const life::thrown& what) {
  if (what) {
    on_failed(*what);
  }
}

/// Makes `why` the cause that counts.
void container::record(model::cause why) {
  status_.last_cause = remember(std::move(why));
}

/// One more failure while one is being dealt with, or on the way out: it changes nothing, but it
/// is seen.
void container::record_too(model::cause why) {
  why = remember(std::move(why));
  log::warn(
      "failed_again",
      {{"container", status_.path}, {"reason", why.text()}, {"correlation", why.correlation}});
  publish();
}

/// Into the history, with all that a cause needs.
model::cause container::remember(model::cause why) {
  why = model::bounded(std::move(why));
  if (why.correlation == 0) {
    why.correlation = status_.last_cause.correlation != 0 ? status_.last_cause.correlation
                                                          : ++birth_.tree->last_correlation;
  }
  if (why.origin.empty()) {
    why.origin = status_.path;
  }
  status_.failures = model::with_failure(
      status_.failures, {now(), status_.generation, why.kind, why.text(), why.correlation});
  return why;
}

void container::supervision_gave_up(model::cause why) {
  fail_with(std::move(why), ending::orderly);
}

void container::supervision_done(model::cause why) {
  if (!running()) {
    return;
  }
  model::cause own;
  own.kind = model::cause_kind::exit_normal;
  own.message = "its significant children have ended: " + why.text();
  own.origin = why.origin;
  end_unasked(std::move(own));
}

} // namespace kraken::actor
