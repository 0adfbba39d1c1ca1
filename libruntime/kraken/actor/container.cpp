// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The actor: message handlers, timers, publication.
#include "kraken/actor/container.hpp"

#include "kraken/base/assert.hpp"
#include "kraken/base/log.hpp"
#include "kraken/model/alias.hpp"

#include "caf/actor_system.hpp"

#include <exception>
#include <utility>

namespace kraken::actor {

container::container(caf::actor_config& config, birth given)
    : hosted_actor(config, given.tree->shards[given.shard].unit), birth_(std::move(given)),
      kind_(birth_.tree->kinds.at(birth_.spec->kind)), lane_(birth_.own),
      wake_up_(*this, birth_.tree->shards[birth_.shard]),
      desk_(birth_.tree->shells, *birth_.tree->dead, birth_.own, *this),
      supervisor_(birth_.spec->supervise,
                  *this,
                  birth_.tree->seed ^ std::hash<std::string>{}(birth_.path)) {
  status_.path = birth_.path;
  status_.alias = birth_.spec->id;
  status_.parent = birth_.parent;
  status_.kind = birth_.spec->kind;
  status_.name = birth_.spec->name;
  status_.shard = birth_.shard;
  status_.lane = birth_.own->lane();
  birth_.tree->present.enter();
  // On the board before the parent goes on: who was told of the child finds it.
  const auto created = model::next(status_.in, model::event::create);
  KRAKEN_ASSERT(created && *created == model::state_of(model::phase::idle));
  status_.in = *created;
  status_.at = model::phase::idle;
  status_.since = now();
  publish();
}

container::~container() = default;

caf::behavior container::make_behavior() {
  silence();
  report(child_report::note::changed);
  handle([this] {
    for (const auto& child : birth_.spec->children) {
      static_cast<void>(
          supervisor_.add(std::make_shared<const model::child_spec>(child), maker::declared));
    }
  });
  return {
      [this](deliver& what) { handle([&] { on_deliver(what); }); },
      [this](const answered& what) { handle([&] { on_answered(what); }); },
      [this](const instruction& what) { handle([&] { obey(what); }); },
      [this](const life_report& what) { handle([&] { hear(what); }); },
      [this](const child_report& what) { handle([&] { supervisor_.on_report(what); }); },
      [this](const manage& what) { handle([&] { on_manage(what); }); },
      [this](const plan_step& what) { handle([&] { on_plan_step(what); }); },
      [this](tick) { handle([this] { on_tick(); }); },
      [this](pump) { handle([this] { pump_lane(); }); },
      [this](const withdraw& what) { handle([&] { on_withdraw(what); }); },
      [this](const watch_asked& what) { handle([&] { on_watch(what); }); },
      [this](const unwatch_asked& what) { handle([&] { on_unwatch(what); }); },
      [this](const heard_of& what) { handle([&] { on_notice(what); }); },
      [this](const room_wanted& what) { handle([&] { on_room_wanted(what); }); },
      [this](const room_at& what) { handle([&] { desk_.room_at(what.where); }); },
  };
}

/// Also the way out when the system forces its actors to end: strong handles would be cycles.
void container::on_exit() {
  end_life();
  beside_.reset();
  deadlines_.clear();
  wake_up_.at({});
  supervisor_.abandon();
  lane_.discard(dead_reason::closed);
  lane_.let_go();
  desk_.close();
  watchers_.clear();
  want_room_.clear();
  log_.reset();
  birth_.own->show(seat::presence::closed);
  birth_.tree->shells.remove(*birth_.own);
  birth_.own.reset(); // its seat holds it: nothing of it may hold the seat
  birth_.tree->present.leave();
}

void container::handle(const std::function<void()>& what) {
  try {
    what();
  } catch (const std::exception& e) {
    on_exception(e.what());
  } catch (...) { // anything may be thrown by a kind; the shell outlives it
    on_exception("an exception that is no std::exception");
  }
  arm();
}

void container::on_exception(const std::string& what) {
  log::error("container_handler_threw", {{"container", status_.path}, {"what", what}});
  model::cause why;
  why.kind = model::cause_kind::exception;
  why.type = "std::exception";
  why.message = what;
  failed(std::move(why), ending::kill);
}

void container::on_tick() {
  const auto at = now();
  wake_up_.taken();
  while (auto due = deadlines_.take_due(at)) {
    due();
  }
}

void container::move(model::event on, model::phase to) {
  const auto next = model::next(status_.in, on);
  KRAKEN_ASSERT(next && *next == model::state_of(to));
  status_.in = *next;
  show(to);
}

void container::show(model::phase to) {
  KRAKEN_ASSERT(model::state_of(to) == status_.in);
  status_.at = to;
  status_.since = now();
  if (to != model::phase::backing_off) {
    status_.next_at = {};
  }
  if (to != model::phase::backing_off && to != model::phase::parked &&
      to != model::phase::stopping && to != model::phase::ended) {
    status_.next_action = solving_ && solving_->pending ? solving_->plan.step().name : "";
  }
  if (to == model::phase::ready) {
    status_.last_cause.correlation = 0; // the next failure is a new story
  }
  set_gate();
  publish();
  report(child_report::note::changed);
  if (solving_ && solving_->pending && achieved(solving_->plan.step().act)) {
    tell(caf::actor_cast<caf::actor>(this), plan_step{solving_->step}); // not from within a change
  }
}

void container::publish() {
  if (line_ == nullptr) {
    line_ = birth_.tree->board.publish(status_, birth_.rank);
  } else {
    birth_.tree->board.publish(line_, status_, birth_.rank);
  }
}

void container::report(child_report::note what, model::force flags) {
  obeyed_told_ = obeyed_;
  child_report made;
  made.id = status_.alias;
  made.what = what;
  made.obeyed = obeyed_;
  made.flags = flags;
  made.now = std::make_shared<const model::container_status>(status_);
  tell(caf::actor_cast<caf::actor>(birth_.supervisor), std::move(made));
}

caf::actor container::make_shell(const child_entry& child) {
  const auto& shards = birth_.tree->shards;
  birth given;
  given.tree = birth_.tree;
  given.spec = child.spec;
  given.path = child.path;
  given.parent = status_.path;
  given.rank = child.rank;
  given.shard = birth_.tree->place(
      birth_.spec.get(), *child.spec, child.rank - 1, static_cast<std::uint32_t>(shards.size()));
  given.supervisor = address();
  KRAKEN_ASSERT(given.shard < shards.size());
  return spawn_container(home_system(), std::move(given));
}

caf::actor spawn_container(caf::actor_system& system, birth given) {
  const auto tree = given.tree;
  const auto own = std::make_shared<seat>(given.path, given.spec->mailbox, tree->dead);
  given.own = own;
  auto made = system.spawn<container>(std::move(given));
  own->sit(made);
  tree->shells.add(own);
  release_logger();
  return made;
}

bool container::comes_back() const {
  return leaving_ && (leaving_->then == after::judge || leaving_->then == after::launch);
}

/// Children are supervised while their parent's own failure is being solved, too.
bool container::running() const {
  return serving() || (solving_ && status_.in == model::state::failed && !leaving_);
}

bool container::serving() const noexcept {
  return status_.in == model::state::started && !leaving_;
}

void container::child_changed(const model::container_status& child) {
  if (life_) {
    on_thrown(life_->child_changed(child));
  }
}

} // namespace kraken::actor
