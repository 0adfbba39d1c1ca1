// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What operators (console, diff, PHP, an incarnation) do to a child. A verb says at once what is
/// wanted, cancels what was under way, and answers when the child has become it.
#include "kraken/actor/remote_supervisor.hpp"

#include "kraken/actor/detail/tree_start.hpp"
#include "kraken/model/alias.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace kraken::actor {

namespace {

result<model::reply> done(std::string text) {
  return model::reply{std::move(text), true};
}
result<model::reply> unchanged(std::string text) {
  return model::reply{std::move(text), false};
}

} // namespace

void remote_supervisor::carry_out(child_entry& child, const model::command& what, reply_to reply) {
  if (child.want == wish::destroyed && what.what != model::verb::destroy) {
    reply->answer(fail(errc::container_destroyed, child.path() + " is being destroyed"));
    return;
  }
  switch (what.what) {
  case model::verb::start:
    start(child, instruction::act::start, reply);
    return mark_waiter(child, reply, what);
  case model::verb::start_tree:
    return start(child, instruction::act::start_tree, std::move(reply));
  case model::verb::stop:
  case model::verb::stop_tree:
    return stop(child, std::move(reply));
  case model::verb::destroy:
    return destroy(child, what, std::move(reply));
  case model::verb::restart:
    return replace(child, std::move(reply));
  case model::verb::recycle:
    return queue_recycle(child, std::move(reply));
  case model::verb::reset:
    forget_failures(child);
    instruct(child, instruction::act::reset);
    return reply->answer(done(child.path() + ": failure history forgotten"));
  case model::verb::update:
    return update(child, what, reply);
  case model::verb::create:
  case model::verb::scale:
  case model::verb::signal:
    break;
  }
  reply->answer(fail(errc::internal, "a verb of the container itself was sent to its supervisor"));
}

void remote_supervisor::start(child_entry& child, instruction::act what, reply_to reply) {
  if (!owner_.running()) {
    reply->answer(fail(errc::not_started,
                       "start " + owner_.path_of_owner() + " before its child " + child.path()));
    return;
  }
  const bool already = child.want == wish::running && child.ready();
  child.want = wish::running;
  if (already && what == instruction::act::start) {
    reply->answer(unchanged(child.path() + " is already started"));
    return;
  }
  if (child.seen->in == model::state::failed) {
    forget_failures(child); // an operator's start clears the history
  }
  cancel_restart(child);
  if (what == instruction::act::start_tree) { // answered when all below it is ready, too
    child.tree_next = gather(std::move(reply), child.path() + " started");
    reply = part_of(child.tree_next);
  } else {
    child.tree_next.reset();
  }
  if (stops_for_group(child)) { // and starts with the group
    child.doing = model::activity::running;
    to_tree_ = to_tree_ || child.tree_next != nullptr;
    take_along(child);
    await(child, waiter::goal::ready, std::move(reply));
    return advance();
  }
  std::erase(group_.restart, child.spec->id); // it does not wait for the others
  launch(child, what);
  take_along(child);
  await(child, waiter::goal::ready, std::move(reply));
  advance();
}

void remote_supervisor::stop(child_entry& child, reply_to reply) {
  if (child.settled() && child.seen->in == model::state::created) {
    reply->answer(fail(model::invalid_transition(child.seen->in, model::event::stop)));
    return;
  }
  cancel_restart(child);
  child.want = wish::stopped;
  child.doing = model::activity::stopped;
  if (child.at_rest()) {
    if (child.for_now) {
      instruct(child, instruction::act::settle); // those below it are told
    }
    due_answers answers;
    call_off(child, answers);
    answers.emplace_back(std::move(reply), unchanged(child.path() + " is already stopped"));
    give(std::move(answers));
    return advance();
  }
  instruction made;
  made.what = instruction::act::stop;
  instruct(child, std::move(made));
  await(child, waiter::goal::at_rest, std::move(reply));
  advance();
}

void remote_supervisor::destroy(child_entry& child, const model::command& what, reply_to reply) {
  if (what.keep) {
    reply->answer(fail(errc::refused, child.path() + " is kept: DESTROY_KEEP destroys nothing"));
    return;
  }
  end_for_good(child, what.flags);
  await(child, waiter::goal::gone, std::move(reply));
  advance();
}

/// Softly, hard, or (`full`) softly as long as that may take and then hard.
void remote_supervisor::end_for_good(child_entry& child, model::force flags) {
  drop(child, flags == model::force::hard ? ending::kill : ending::orderly);
  if (flags == model::force::full) {
    child.timer = owner_.timers().at(
        owner_.time() + limits::force_patience, [this, id = child.spec->id, rank = child.rank] {
          if (auto* const still = find(id); still != nullptr && still->rank == rank) {
            drop(*still, ending::kill);
          }
        });
  }
}

void remote_supervisor::replace(child_entry& child, reply_to reply) {
  if (!owner_.running()) {
    reply->answer(fail(errc::not_started,
                       "start " + owner_.path_of_owner() + " before its child " + child.path()));
    return;
  }
  forget_failures(child);
  cancel_restart(child);
  child.want = wish::running;
  child.doing = model::activity::running;
  if (!stops_for_group(child)) { // it is replaced with its group already
    std::erase(group_.restart, child.spec->id);
    hold_up(child);
    instruct(child, instruction::act::replace);
  }
  take_along(child);
  await(child, waiter::goal::replaced, std::move(reply));
  advance();
}

void remote_supervisor::update(child_entry& child, const model::command& what, reply_to reply) {
  if (what.spec == nullptr || what.spec->id != child.spec->id) {
    reply->answer(
        fail(errc::invalid_argument, "an update of " + child.path() + " is not about it"));
    return;
  }
  // The root has nobody to restart it: what it cannot take over waits for its next start. So does
  // what is about to start in its turn.
  const bool in_turn =
      child.at_rest() && child.doing == model::activity::restarting && !child.due.has_value();
  // The way back from a definition that did not start leads to what has gone on meanwhile.
  const bool goes_on = child.runs_with != nullptr && child.ready() && !recycles(child);
  const auto& from = goes_on ? *child.runs_with : *child.spec;
  const bool renew = !in_turn && !owner_.path_of_owner().empty() && owner_.running() &&
                     child.want == wish::running && model::needs_restart(from, *what.spec);
  // Who can have a successor goes on as he is until that one is ready, with the new definition.
  const bool beside = child.overlaps && child.ready();
  const auto& runs = child.runs_with ? child.runs_with : child.spec;
  child.runs_with = renew && beside ? runs : nullptr;
  child.spec = what.spec;
  move_restarts(child);
  instruction made;
  made.what = instruction::act::update;
  made.spec = child.spec;
  made.rank = child.rank;
  show_budget(made.then, child);
  if (!renew) {
    made.reply = std::move(reply); // the child knows when it is in force everywhere
    return instruct(child, std::move(made));
  }
  instruct(child, std::move(made));
  beside ? queue_recycle(child, reply) : replace(child, reply);
  mark_waiter(child, reply, what);
}

/// The named children share the ranks they have, in the new order; the others keep theirs.
void remote_supervisor::configure(const model::supervise_spec& how,
                                  const std::vector<model::child_spec>& order) {
  how_ = how;
  window_.resize(how.intensity, how.period);
  for (auto& child : children_) {
    if (child.own_window) {
      child.own_window->resize(how.intensity, how.period);
    }
  }
  std::vector<child_entry*> named;
  std::vector<std::uint64_t> ranks;
  for (const auto& spec : order) {
    if (auto* const child = find(spec.id)) {
      named.push_back(child);
      ranks.push_back(child->rank);
    }
  }
  std::sort(ranks.begin(), ranks.end());
  for (std::size_t i = 0; i < named.size(); ++i) {
    auto& child = *named[i];
    if (child.rank != ranks[i]) {
      child.rank = ranks[i];
      instruction made;
      made.what = instruction::act::update;
      made.rank = child.rank;
      instruct(child, std::move(made));
    }
  }
  children_.sort();
  const bool downward = sweep_ == sweep::stopping || sweep_ == sweep::destroying;
  cursor_ = downward ? std::numeric_limits<std::uint64_t>::max() : 0;
  advance();
}

void remote_supervisor::create(const model::command& what, maker made_by, reply_to reply) {
  const auto& spec = *what.spec;
  if (auto* const old = find(spec.id)) {
    if (what.flags != model::force::standard) {
      return create_after_destroy(what, made_by, *old, std::move(reply));
    }
    if (old->want == wish::destroyed) {
      reply->answer(fail(errc::busy, old->path() + " is being destroyed"));
    } else if (model::same_definition(*old->spec, spec)) {
      reply->answer(unchanged(old->path() + " exists already"));
    } else {
      reply->answer(fail(errc::already_exists, old->path() + " exists with another definition"));
    }
    return;
  }
  if (children_.size() >= limits::children_max) {
    reply->answer(fail(errc::limit_exceeded,
                       owner_.path_of_owner() + " has " + std::to_string(children_.size()) +
                           " children already"));
    return;
  }
  auto& child = add(what.spec, made_by);
  if (child.want != wish::running || !owner_.running()) {
    reply->answer(done(child.path() + " created"));
    return;
  }
  child.try_once = what.try_once; // a start that comes later is no part of this
  launch(child, instruction::act::start);
  // The daemon's own first start waits for whatever it takes.
  const bool first = made_by == maker::declared && !what.try_once;
  await(child, first ? waiter::goal::ready_some_day : waiter::goal::ready, reply);
  mark_waiter(child, reply, what);
}

/// CREATE_FORCE_*: the one that is there goes first, then the command is tried again.
void remote_supervisor::create_after_destroy(const model::command& what,
                                             maker made_by,
                                             child_entry& old,
                                             reply_to reply) {
  end_for_good(old, what.flags);
  auto again = what;
  again.flags = model::force::standard;
  auto then = std::make_shared<pending_reply>(
      nullptr, [this, again, made_by, reply](const result<model::reply>& gone_now) {
        if (gone_now) {
          create_next_.emplace_back(again, made_by, reply);
        } else {
          reply->answer(fail(gone_now.error()));
        }
      });
  await(old, waiter::goal::gone, std::move(then));
  advance();
}

} // namespace kraken::actor
