// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The way out: children right to left, then the incarnation (and what a replacement under way has
/// beside it), then whatever was the reason. There
/// is one way out at a time; a later wish changes where it leads or hurries it.
#include "kraken/actor/container.hpp"

#include "kraken/base/log.hpp"

#include <utility>

namespace kraken::actor {

namespace {

/// Before the children hear of it.
void announce(life* whom, ending how) {
  if (whom == nullptr) {
    return;
  }
  if (const auto threw = how == ending::orderly ? whom->drain() : whom->doom()) {
    log::warn("drain_threw", {{"container", whom->path()}, {"reason", threw->text()}});
  }
}

} // namespace

void container::leave(after then, ending how, child_report::note note) {
  deadlines_.cancel(start_timer_);
  if (!leaving_) {
    leaving_ = way_out{then, how, step::children, note};
    due_.reset();
    settle_companion(how);
    announce(life_.get(), how);
    return end_children(then, how);
  }
  leaving_->then = then;
  leaving_->note = note;
  settle_companion(how);
  const bool hurried = how == ending::kill && leaving_->how != ending::kill;
  if (hurried) {
    leaving_->how = how;
    if (leaving_->at == step::children) {
      announce(life_.get(), how);
    }
  }
  if (leaving_->at == step::incarnation) {
    if (hurried) {
      kill_incarnation();
    }
  } else if (leaving_->at == step::companion) {
    return;
  } else if (then == after::destroy) {
    end_children(then, leaving_->how);
  } else if (hurried) {
    end_children(then, how);
  }
}

void container::end_children(after then, ending how) {
  if (supervisor_ == nullptr) {
    return children_ended();
  }
  then == after::destroy ? supervisor_->destroy_all(how) : supervisor_->stop_all(how);
}

void container::children_ended() {
  if (!leaving_) {
    return;
  }
  leaving_->at = step::incarnation;
  if (life_) {
    end_incarnation();
  } else {
    arrive();
  }
}

void container::end_incarnation() {
  if (leaving_->how == ending::kill ||
      birth_.spec->shutdown.how == model::shutdown_spec::mode::brutal_kill) {
    return kill_incarnation();
  }
  if (const auto threw = life_->stop()) {
    log::warn("stop_threw", {{"container", path()}, {"reason", threw->text()}});
    return kill_incarnation();
  }
  const auto mine = life_->generation();
  hear_early(*life_);
  const bool waits = life_ && life_->generation() == mine && leaving_;
  if (waits && birth_.spec->shutdown.how == model::shutdown_spec::mode::within) {
    end_timer_ = deadlines_.at(now() + birth_.spec->shutdown.time, [this] {
      log::warn("shutdown_timeout", {{"container", path()}});
      kill_incarnation();
    });
  }
}

void container::kill_incarnation() {
  deadlines_.cancel(end_timer_);
  if (const auto threw = life_->kill()) {
    log::warn("kill_threw", {{"container", path()}, {"reason", threw->text()}});
  }
  end_timer_ = deadlines_.at(now() + limits::kill_grace, [this] {
    log::error("incarnation_survived_kill", {{"container", path()}});
    incarnation_gone();
  });
  hear_early(*life_);
}

/// The end of an incarnation that was asked to end, or that ended while its children were.
void container::incarnation_gone() {
  deadlines_.cancel(end_timer_);
  end_life();
  status_.change().pid = 0;
  status_.change().live.reset();
  if (leaving_ && leaving_->at == step::incarnation) {
    arrive();
  }
}

void container::end_life() {
  life_.reset();
  lane_held_ = false;
  lane_.unstash(); // the next incarnation begins with what this one put back
}

/// Nothing may run when the container says so; the next incarnation need not wait.
bool container::waits_for_companion() const {
  return leaving_->then != after::launch && leaving_->then != after::renew &&
         leaving_->then != after::judge;
}

farewell container::farewell_of_life(std::uint64_t generation) const noexcept {
  if (!leaving_ && beside_ && beside_->runs->generation() == generation) {
    return farewell::recycle;
  }
  switch (leaving_ ? leaving_->then : after::rest) {
  case after::launch:
  case after::judge: // of a failed one another follows, or it is told otherwise
    return farewell::restart;
  case after::renew:
    return farewell::recycle;
  case after::destroy:
    return farewell::destroy;
  case after::rest:
  case after::finish:
    break;
  }
  return farewell::stop;
}

void container::arrive() {
  if (beside_ && waits_for_companion()) {
    leaving_->at = step::companion;
    return;
  }
  const auto way = *std::exchange(leaving_, std::nullopt);
  if (way.then != after::launch && way.then != after::renew) {
    tree_next_.reset(); // of a life that has not come to it
  }
  switch (way.then) {
  case after::rest:
    if (status_->at == model::phase::stopping) {
      show(model::phase::ended);
    }
    return;
  case after::launch:
  case after::renew:
    return begin_life();
  case after::judge:
    return report(way.note);
  case after::finish:
    status_.change().at = model::phase::ended;
    status_.change().since = now();
    publish();
    tell_watchers();
    return report(child_report::note::ended);
  case after::destroy:
    if (supervisor_ &&
        supervisor_->size() > 0) { // the wish came when the children had only been stopped
      return leave(after::destroy, way.how);
    }
    return arrive_destroyed();
  }
}

void container::arrive_destroyed() {
  // Before anybody knows: who creates the alias anew must not meet this one.
  birth_.own->show(seat::presence::closed);
  birth_.tree->shells.remove(*birth_.own);
  lane_.discard(dead_reason::closed);
  move(model::event::destroy, model::phase::gone);
  quit();
}

} // namespace kraken::actor
