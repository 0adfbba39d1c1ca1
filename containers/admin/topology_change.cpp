// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/admin/topology_change.hpp"

#include "kraken/model/alias.hpp"
#include "kraken/model/topology_diff.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace kraken::containers {

namespace {

/// The container a command is about.
std::string concerned(const model::command& what) {
  return what.what == model::verb::create ? model::join_path(what.target, what.spec->id)
                                          : what.target;
}

/// Whether a command that failed has left its definition in force all the same: the container is
/// there and its supervisor goes on with it.
bool took_effect(const model::command& what, errc code) {
  return what.what == model::verb::destroy || code == errc::start_failed || code == errc::timeout ||
         code == errc::canceled || code == errc::container_failed;
}

/// Somebody else's container has the alias, or it is on its way out.
bool alias_taken(const model::command& what, errc code) {
  return what.what == model::verb::create && what.flags == model::force::standard &&
         (code == errc::already_exists || code == errc::busy);
}

} // namespace

void topology_change::begin(model::child_spec from,
                            const model::child_spec& to,
                            executor execute,
                            question rests,
                            callback done) {
  std::make_shared<topology_change>(
      std::move(from), to, std::move(execute), std::move(rests), std::move(done))
      ->next();
}

topology_change::topology_change(model::child_spec from,
                                 const model::child_spec& to,
                                 executor execute,
                                 question rests,
                                 callback done)
    : before_(std::move(from)), now_(before_), execute_(std::move(execute)),
      rests_(std::move(rests)), done_(std::move(done)) {
  plan(to);
}

/// An update that puts children in their order comes after those that come and go, as it was.
void topology_change::plan(const model::child_spec& to) {
  commands_ = model::diff(now_, to);
  next_ = 0;
  std::set<std::string, std::less<>> other_children;
  std::stable_partition(commands_.begin(), commands_.end(), [&](const model::command& each) {
    if (each.what != model::verb::update) {
      other_children.emplace(model::parent_of(concerned(each)));
      return false;
    }
    return !other_children.contains(each.target) && rests_(each.target);
  });
}

void topology_change::next() {
  if (next_ == commands_.size()) {
    return finish();
  }
  auto command = commands_[next_++];
  if (way_ == direction::back) {
    command.origin = "config rollback";
    // What it replaces may still be on its way out.
    command.flags = command.what == model::verb::create ? model::force::soft : command.flags;
  } else {
    command.origin = "config";
    command.undone_on_failure = true;
  }
  send(std::move(command));
}

void topology_change::send(model::command what) {
  execute_(what, [self = shared_from_this(), what](const result<model::reply>& answer) {
    self->answered(what, answer);
  });
}

void topology_change::answered(const model::command& what, const result<model::reply>& answer) {
  if (answer) {
    model::apply(now_, what);
    return next();
  }
  const auto code = answer.error().code;
  if (alias_taken(what, code)) {
    auto again = what;
    again.flags = model::force::soft;
    return send(std::move(again));
  }
  if (took_effect(what, code)) {
    model::apply(now_, what);
  }
  if (way_ == direction::back) {
    undoing_.push_back(concerned(what) + ": " + answer.error().context);
    return next();
  }
  turn_back(what, answer.error());
}

void topology_change::turn_back(const model::command& what, const error& why) {
  failure_ =
      why.context.starts_with(concerned(what)) ? why.context : concerned(what) + ": " + why.context;
  way_ = direction::back;
  plan(before_);
  next();
}

void topology_change::finish() {
  change_outcome out;
  out.now = std::move(now_);
  if (!failure_.empty()) {
    std::string text = failure_;
    if (undoing_.empty()) {
      text += "; everything is as it was before";
    } else {
      text += "; and this could not be undone:";
      for (const auto& each : undoing_) {
        text += " " + each + ";";
      }
      text.pop_back();
    }
    out.done = fail(errc::start_failed, std::move(text));
  }
  done_(std::move(out));
}

} // namespace kraken::containers
