// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/admin/topology_change.hpp"

#include "kraken/model/alias.hpp"
#include "kraken/model/change_plan.hpp"
#include "kraken/model/topology.hpp"
#include "kraken/model/topology_diff.hpp"

#include <algorithm>
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

/// The daemon's own first start would go on without it.
bool bears_failure(const model::command& what) {
  return what.what == model::verb::create && what.spec->on_give_up != model::give_up::escalate;
}

constexpr std::size_t names_told = 10;

std::string list_of(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), names_told); ++i) {
    out += (out.empty() ? "" : ", ") + names[i];
  }
  return names.size() <= names_told
             ? out
             : out + " and " + std::to_string(names.size() - names_told) + " more";
}

} // namespace

void topology_change::begin(model::child_spec from,
                            const model::child_spec& to,
                            executor execute,
                            question rests,
                            memory made,
                            callback done) {
  std::make_shared<topology_change>(
      std::move(from), to, std::move(execute), std::move(rests), std::move(made), std::move(done))
      ->next();
}

topology_change::topology_change(model::child_spec from,
                                 const model::child_spec& to,
                                 executor execute,
                                 question rests,
                                 memory made,
                                 callback done)
    : before_(std::move(from)), now_(before_), execute_(std::move(execute)),
      rests_(std::move(rests)), made_(std::move(made)), done_(std::move(done)) {
  plan(to);
}

void topology_change::plan(const model::child_spec& to) {
  commands_ = model::plan_change(now_, to, rests_);
  next_ = 0;
}

void topology_change::next() {
  if (!anew_.empty()) {
    auto command = std::move(anew_.front());
    anew_.pop_front();
    command.origin = way_ == direction::back ? "config rollback" : "config";
    execute_(command, [self = shared_from_this(), command](const result<model::reply>& answer) {
      self->made_anew(command, answer);
    });
    return;
  }
  if (next_ == commands_.size()) {
    return finish();
  }
  auto command = commands_[next_++];
  if (command.what == model::verb::destroy) {
    keep_in_mind(command.target);
  }
  if (way_ == direction::back) {
    command.origin = "config rollback";
    // What it replaces may still be on its way out.
    command.flags = command.what == model::verb::create ? model::force::soft : command.flags;
  } else {
    command.origin = "config";
    command.undone_on_failure = true;
    command.try_once = command.what == model::verb::create; // it is not started again meanwhile
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
    make_anew_below(what);
    return next();
  }
  const auto code = answer.error().code;
  if (alias_taken(what, code)) {
    auto again = what;
    again.flags = model::force::soft;
    return send(std::move(again));
  }
  const bool there = took_effect(what, code);
  if (there) {
    model::apply(now_, what);
  }
  if (way_ == direction::forward) {
    return turn_back(what, answer.error());
  }
  undoing_.push_back(concerned(what) + ": " + answer.error().context);
  make_anew_below(what);
  if (!there) { // nor can anything be below it
    for (const auto& each : std::exchange(anew_, {})) {
      undoing_.push_back(concerned(each) + ": was made by a command and is gone");
    }
  }
  next();
}

/// What it has at its first destruction counts: a second one finds what was made anew so far.
void topology_change::keep_in_mind(const std::string& path) {
  auto made = made_(path);
  std::erase_if(made, [this](const model::command& each) {
    return model::find_spec(now_, concerned(each)) != nullptr;
  });
  if (!made.empty()) {
    lost_.try_emplace(path, std::move(made));
  }
}

/// What the definitions have by now is not made twice.
void topology_change::make_anew_below(const model::command& created) {
  const auto lost = lost_.find(concerned(created));
  if (created.what != model::verb::create || lost == lost_.end()) {
    return;
  }
  for (const auto& each : lost->second) {
    if (model::find_spec(now_, concerned(each)) == nullptr) {
      anew_.push_back(each);
    }
  }
}

/// Its parent may have made it itself when it began: that one counts.
void topology_change::made_anew(const model::command& what, const result<model::reply>& answer) {
  const bool there = answer || alias_taken(what, answer.error().code);
  if (way_ == direction::back) {
    auto& told = there ? back_ : undoing_;
    told.push_back(concerned(what) + (there ? "" : ": " + answer.error().context));
  } else if (!there) {
    anew_.clear();
    return turn_back(what, answer.error());
  }
  next();
}

void topology_change::turn_back(const model::command& what, const error& why) {
  failure_ =
      why.context.starts_with(concerned(what)) ? why.context : concerned(what) + ": " + why.context;
  if (bears_failure(what) && why.code == errc::start_failed) {
    way_on_ = "; a new container has to start once, whatever its give_up (" +
              std::string{model::to_string(what.spec->on_give_up)} +
              "): with autostart: false it is taken as it is, and container:start tries it";
  }
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
    if (!back_.empty()) {
      text += "; made anew, as commands had made it: " + list_of(back_);
    }
    out.done = fail(errc::start_failed, text + way_on_);
  }
  done_(std::move(out));
}

} // namespace kraken::containers
