// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the supervisor wants, in each situation. Anything that makes no sense (any more) changes
/// nothing and is still reported, so that the supervisor knows it was taken.
#include "kraken/actor/container.hpp"

#include <utility>

namespace kraken::actor {

namespace {

/// Whether an instruction puts an end to what the local rules are doing. A restart does not: it is
/// what a solver waits for.
bool overrules(instruction::act what) noexcept {
  switch (what) {
  case instruction::act::start:
  case instruction::act::start_tree:
  case instruction::act::stop:
  case instruction::act::destroy:
  case instruction::act::replace:
    return true;
  case instruction::act::restart:
  case instruction::act::recycle:
  case instruction::act::expect:
  case instruction::act::reset:
  case instruction::act::update:
  case instruction::act::proceed:
  case instruction::act::recreate:
  case instruction::act::settle:
    return false;
  }
  return false;
}

} // namespace

void container::obey(const instruction& what) {
  obeyed_ = what.serial;
  if (solving_ && what.step != solving_->step && overrules(what.what)) {
    overruled(what.what);
  }
  switch (what.what) {
  case instruction::act::start:
    show_budget(what);
    start(nullptr);
    break;
  case instruction::act::start_tree:
    show_budget(what);
    start(what.reply);
    break;
  case instruction::act::restart:
    restart(what);
    break;
  case instruction::act::stop:
    stop(what);
    break;
  case instruction::act::destroy:
    destroy(what);
    break;
  case instruction::act::replace:
    replace();
    break;
  case instruction::act::settle:
    passing_ = false;
    if (!what.then.next_action.empty()) {
      status_.change().next_action = what.then.next_action;
      publish();
    }
    tell_watchers();
    break;
  case instruction::act::recycle:
    recycle_asked(what.reply);
    break;
  case instruction::act::expect:
    expect(what);
    break;
  case instruction::act::reset:
    if (supervisor_) {
      supervisor_->reset();
    }
    status_.change().restarts_in_window = 0;
    publish();
    break;
  case instruction::act::update:
    update(what);
    break;
  case instruction::act::proceed:
    on_proceed(what);
    break;
  case instruction::act::recreate:
    on_recreate(what);
    break;
  }
  if (obeyed_told_ != obeyed_) {
    report(child_report::note::changed);
  }
}

/// The end of a plan from above; a destroy may be just what it asked for.
void container::overruled(instruction::act by) {
  if (by == instruction::act::destroy && solving_->plan.step().act == model::solver_act::destroy) {
    note_step("solver_succeeded");
    return end_plan();
  }
  abandon_plan("overruled by its supervisor");
}

void container::start(const reply_to& tree) {
  if (status_->in == model::state::started && !leaving_) {
    if (tree != nullptr && supervisor_) {
      supervisor_->start_all(tree);
    }
    return;
  }
  tree_next_ = tree; // of the life that begins now or after this one
  if (!leaving_) {
    begin_anew();
  } else if (leaving_->then != after::destroy) {
    leaving_->then = after::launch;
  }
}

/// The next incarnation, after the failed one that may still be held.
void container::begin_anew() {
  if (life_) {
    return leave(after::launch, ending::kill);
  }
  begin_life();
}

void container::restart(const instruction& what) {
  const bool asked = solving_ && solving_->plan.step().act == model::solver_act::start &&
                     status_->in == model::state::stopped;
  if ((status_->in != model::state::failed && !asked) || what.generation != status_->generation ||
      leaving_ || life_) {
    return;
  }
  ++status_.change().restarts;
  show_budget(what);
  tree_next_.reset();
  begin_life();
}

void container::stop(const instruction& what) {
  passing_ = what.passing;
  if (status_->in == model::state::started || status_->in == model::state::failed) {
    status_.change().next_action = what.then.next_action;
    move(model::event::stop, model::phase::stopping);
    leave(after::rest, what.how);
  } else if (leaving_ && leaving_->then != after::destroy) {
    leave(after::rest, what.how);
  }
  tell_watchers(); // it may have been stopped for now only
}

void container::destroy(const instruction& what) {
  status_.change().leaves = true;
  if (status_->in == model::state::started || status_->in == model::state::failed) {
    status_.change().next_action.clear();
    move(model::event::stop, model::phase::stopping);
  } else if (leaving_ || supervisor_) { // else it is gone at once
    publish();
  }
  leave(after::destroy, what.how);
}

void container::replace() {
  if (leaving_) {
    if (leaving_->then != after::destroy) {
      leaving_->then = after::launch;
    }
    return;
  }
  if (status_->in == model::state::started) {
    show(model::phase::draining);
    leave(after::launch, ending::orderly);
    return;
  }
  begin_anew();
}

/// By an operator or the parent: at any uptime, and never counted. Without `reply` it is the turn
/// of the one that asked for it itself, and may not need it any more.
void container::recycle_asked(const reply_to& reply) {
  if (reply == nullptr) {
    if (due_ && serving() && !beside_) {
      begin_successor(due_->why, nullptr);
    }
    return;
  }
  if (status_->in != model::state::started || leaving_ || !life_) {
    reply->answer(fail(errc::not_started, path() + " has nothing to recycle now"));
    return;
  }
  const auto workers = life_->recycle_workers([reply, path = path()](result<void> all) {
    reply->answer(all ? result<model::reply>(model::reply{path + ": its workers are replaced"})
                      : fail(all.error()));
  });
  if (workers) {
    return;
  }
  if (workers.error().code != errc::unsupported) {
    reply->answer(fail(workers.error()));
    return;
  }
  model::cause why;
  why.kind = model::cause_kind::recycle;
  why.message = "ordered"; // by a person, a reload or a pool whose files have changed
  if (overlaps() && !beside_) {
    return begin_successor(std::move(why), reply);
  }
  recycle_in_place(why);
}

/// Of its supervisor.
void container::show_budget(const instruction& what) {
  status_.change().restarts_in_window = what.then.restarts_in_window;
  status_.change().intensity = what.then.intensity;
  status_.change().budget = what.then.budget;
}

void container::expect(const instruction& what) {
  if (status_->in == model::state::failed && what.generation == status_->generation && !leaving_) {
    status_.change().next_action = what.then.next_action;
    status_.change().next_at = what.then.next_at;
    show_budget(what);
    if (what.then.at == model::phase::parked && solving_) {
      abandon_plan("its supervisor gave up");
    }
    show(what.then.at);
  }
}

namespace {

/// Answers an update when everybody has let go of it.
class update_answer final : public pending_update {
public:
  update_answer(reply_to reply, std::string text)
      : reply_(std::move(reply)), text_(std::move(text)) {}
  ~update_answer() override { reply_->answer(model::reply{std::move(text_), true}); }
  update_answer(const update_answer&) = delete;
  update_answer& operator=(const update_answer&) = delete;

  void refuse(error why) override { reply_->answer(fail(std::move(why))); }

private:
  reply_to reply_;
  std::string text_;
};

} // namespace

void container::update(const instruction& what) {
  birth_.rank = what.rank;
  if (what.spec == nullptr) {
    return publish();
  }
  if (status_->at != model::phase::parked) { // which shows what made it give up
    show_budget(what);
  }
  // What needs a restart gets one from the supervisor; until then what runs stays as it is, and it
  // may be what runs that this is the definition of again.
  const bool live = life_ && !model::needs_restart(life_->spec(), *what.spec);
  const update_hold hold =
      what.reply ? std::make_shared<update_answer>(what.reply, path() + " updated") : nullptr;
  birth_.spec = what.spec;
  if (supervisor_) {
    supervisor_->configure(birth_.spec->supervise, birth_.spec->children);
  }
  if (live) {
    on_thrown(life_->update(birth_.spec, hold));
  }
  if (status_->beside == model::companion::successor &&
      !model::needs_restart(beside_->runs->spec(), *birth_.spec)) {
    beside_threw(beside_->runs->update(birth_.spec, hold));
  }
  const bool by_command = birth_.who->made_by_command != nullptr;
  if (birth_.who->name != birth_.spec->name || birth_.who->autostart != birth_.spec->autostart ||
      by_command) {
    auto renamed = *birth_.who;
    renamed.made_by_command = by_command ? birth_.spec : nullptr;
    renamed.name = birth_.spec->name;
    renamed.autostart = birth_.spec->autostart;
    birth_.who = std::make_shared<const model::container_identity>(std::move(renamed));
  }
  publish();
}

namespace {

/// What a kind does not do, with whom it was asked of.
error named(const std::string& path, const error& why) {
  return why.code == errc::unsupported ? error{why.code, path + ": " + why.context} : why;
}

// What is made at run time gets no rights that who makes it has not.
result<void> hold_child(const model::child_spec& parent, model::command& asked) {
  const auto bounds = model::bounds_of_child(parent, *asked.spec, asked.asker, asked.unnamed);
  if (bounds == nullptr) {
    return {};
  }
  auto held = model::held_to(bounds, *asked.spec);
  if (!held) {
    return fail(held.error());
  }
  asked.spec = std::make_shared<const model::child_spec>(std::move(*held));
  return {};
}

} // namespace

/// By an incarnation: what the next one is to find is not for one that has ended to say, and a
/// child made while the others end would be left to it.
bool container::asked_too_late(const manage& what) const {
  const bool alive = (life_ && life_->generation() == what.life) ||
                     (beside_ && beside_->runs->generation() == what.life);
  return what.life != 0 && (!alive || (leaving_ && what.what->what == model::verb::create));
}

void container::on_manage(const manage& what) {
  const auto& asked = *what.what;
  if (asked_too_late(what)) {
    return what.reply->answer(fail(errc::canceled, path() + " is stopping"));
  }
  if (!what.id.empty()) {
    if (auto* const child = supervisor().find(what.id)) {
      if (asked.what != model::verb::update || asked.spec == nullptr) {
        return supervisor().carry_out(*child, asked, what.reply);
      }
      auto update = asked;
      const auto held = hold_child(*birth_.spec, update);
      return held ? supervisor().carry_out(*child, update, what.reply)
                  : what.reply->answer(fail(held.error()));
    }
    return what.reply->answer(fail(errc::not_found, path() + " has no child '" + what.id + "'"));
  }
  if (asked.what == model::verb::create && asked.spec != nullptr) {
    if (leaving_ && leaving_->then == after::destroy) {
      return what.reply->answer(fail(errc::container_destroyed, path() + " is being destroyed"));
    }
    auto create = asked;
    const auto* const there = supervisor().find(asked.spec->id);
    if (asked.spec->kind.empty() && there != nullptr) {
      create.spec = there->spec; // held to what it was held to
    } else if (const auto held = hold_child(*birth_.spec, create); !held) {
      return what.reply->answer(fail(held.error()));
    }
    const auto checked = check_definition(*birth_.tree, path(), *create.spec).and_then([&] {
      return model::check_place(birth_.spec->supervise, *create.spec);
    });
    return checked ? supervisor().create(create, what.made_by, what.reply)
                   : what.reply->answer(fail(checked.error()));
  }
  if (asked.what == model::verb::scale) {
    if (!life_ || leaving_) {
      return what.reply->answer(fail(errc::not_started, path() + " is not started"));
    }
    const auto scaled = life_->scale(asked.count);
    if (!scaled) {
      return what.reply->answer(fail(named(path(), scaled.error())));
    }
    const model::reply scale_done{path() + " has " + std::to_string(asked.count),
                                  *scaled != asked.count,
                                  life_->remark_on_size()};
    const auto told =
        life_->when_scaled([reply = what.reply, scale_done](const result<void>& outcome) {
          reply->answer(outcome ? result<model::reply>{scale_done} : fail(outcome.error()));
        });
    return told ? void() : what.reply->answer(fail(told.error()));
  }
  if (asked.what == model::verb::signal) {
    const auto sent = life_ ? life_->signal_process(static_cast<int>(asked.count))
                            : fail(errc::not_started, path() + " is not started");
    return what.reply->answer(sent ? result<model::reply>{model::reply{path(), true}}
                                   : fail(named(path(), sent.error())));
  }
  what.reply->answer(fail(errc::internal, "a verb for the supervisor of " + path()));
}

} // namespace kraken::actor
