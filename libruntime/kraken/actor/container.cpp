// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The actor: message handlers, timers, publication.
#include "kraken/actor/container.hpp"

#include "kraken/base/assert.hpp"
#include "kraken/base/log.hpp"
#include "kraken/model/alias.hpp"

#include "caf/actor_system.hpp"

#include <exception>
#include <functional>
#include <utility>
#include <variant>

namespace kraken::actor {

namespace {

std::shared_ptr<model::container_condition> as_created() {
  const auto created = model::next(model::state::destroyed, model::event::create);
  KRAKEN_ASSERT(created && *created == model::state_of(model::phase::idle));
  auto made = std::make_shared<model::container_condition>();
  made->in = *created;
  made->at = model::phase::idle;
  return made;
}

} // namespace

container::container(caf::actor_config& config, birth given)
    : hosted_actor(config, given.tree->shards[given.shard].unit), birth_(std::move(given)),
      kind_(birth_.tree->kinds.at(birth_.spec->kind)), status_(as_created()), lane_(birth_.own),
      wake_up_(*this, birth_.tree->shards[birth_.shard]) {
  birth_.tree->present.enter();
  birth_.own->lend(this, birth_.tree->shards[birth_.shard].runs);
  status_.change().since = now();
  status_.change().shard = birth_.shard;
  status_.change().lane = {birth_.own, &birth_.own->lane()};
  // On the board before the parent goes on: who was told of the child finds it.
  publish();
}

container::~container() = default;

void container::begin() {
  const auto& children = birth_.spec->children;
  if (!children.empty()) {
    supervisor().expect(children.size());
    birth_.tree->board.expect(children.size());
    birth_.tree->shells.expect(children.size());
  }
  for (const auto& child : children) { // their definitions are parts of ours
    static_cast<void>(supervisor().add(
        std::shared_ptr<const model::child_spec>(birth_.spec, &child), maker::declared));
  }
  end_turn();
}

bool container::receive(caf::mailbox_element& what) {
  if (const auto* const told = message_in<order>(what)) {
    take(*told);
  } else if (auto* const letter = message_in<deliver>(what)) {
    on_deliver(*letter);
  } else if (const auto* const answer = message_in<answered>(what)) {
    on_answered(*answer);
  } else if (message_in<pump>(what) != nullptr) {
    pump_lane();
  } else {
    return false;
  }
  end_turn();
  return true;
}

void container::end_turn() {
  report_changes();
  arm();
}

void container::take(const order& what) {
  struct {
    container& self;
    void operator()(const instruction& it) const { self.obey(it); }
    void operator()(const life_report& it) const { self.hear(it); }
    void operator()(const child_report& it) const { self.supervisor().on_report(it); }
    void operator()(const manage& it) const { self.on_manage(it); }
    void operator()(const plan_step& it) const { self.on_plan_step(it); }
    void operator()(tick) const { self.on_tick(); }
    void operator()(const withdraw& it) const { self.on_withdraw(it); }
    void operator()(const watch_asked& it) const { self.on_watch(it); }
    void operator()(const unwatch_asked& it) const { self.on_unwatch(it); }
    void operator()(const heard_of& it) const { self.on_notice(it); }
    void operator()(const room_wanted& it) const { self.on_room_wanted(it); }
    void operator()(const room_at& it) const { self.mail().room_at(it.where); }
  } const to{*this};
  std::visit(to, what.what);
}

/// Also the way out when the system forces its actors to end: strong handles would be cycles.
void container::on_exit() {
  end_life();
  beside_.reset();
  deadlines_.clear();
  wake_up_.at({});
  if (supervisor_) {
    supervisor_->abandon();
  }
  birth_.own->take_back();
  lane_.discard(dead_reason::closed);
  lane_.let_go();
  if (desk_) {
    desk_->close();
  }
  watchers_.clear();
  want_room_.clear();
  log_.reset();
  birth_.own->show(seat::presence::closed);
  birth_.tree->shells.remove(*birth_.own);
  birth_.own.reset(); // its seat holds it: nothing of it may hold the seat
  birth_.tree->present.leave();
}

void container::on_exception(const std::string& what) {
  log::error("container_handler_threw", {{"container", path()}, {"what", what}});
  model::cause why;
  why.kind = model::cause_kind::exception;
  why.type = "std::exception";
  why.message = what;
  failed(std::move(why), ending::kill);
  end_turn();
}

void container::on_tick() {
  const auto at = now();
  wake_up_.taken();
  while (auto due = deadlines_.take_due(at)) {
    due();
  }
}

void container::move(model::event on, model::phase to) {
  const auto next = model::next(status_->in, on);
  KRAKEN_ASSERT(next && *next == model::state_of(to));
  status_.change().in = *next;
  show(to);
}

void container::show(model::phase to) {
  KRAKEN_ASSERT(model::state_of(to) == status_->in);
  status_.change().at = to;
  status_.change().since = now();
  if (to != model::phase::backing_off) {
    status_.change().next_at = {};
  }
  if (to != model::phase::backing_off && to != model::phase::parked &&
      to != model::phase::stopping && to != model::phase::ended) {
    status_.change().next_action = solving_ && solving_->pending ? solving_->plan.step().name : "";
  }
  if (to == model::phase::ready) {
    end_story();
  }
  set_gate();
  publish();
  report(child_report::note::changed);
  if (solving_ && solving_->pending && achieved(solving_->plan.step().act)) {
    tell(caf::actor_cast<caf::actor>(this), plan_step{solving_->step}); // not from within a change
  }
}

/// The next failure is a new one.
void container::end_story() {
  if (status_->last_cause->correlation != 0) {
    auto why = *status_->last_cause;
    why.correlation = 0;
    status_.change().last_cause = std::move(why);
  }
}

void container::publish() {
  auto& board = birth_.tree->board;
  if (line_ == nullptr) {
    line_ = board.publish(birth_.who, status_.share(), birth_.rank);
  } else {
    board.publish(line_, birth_.who, status_.share(), birth_.rank);
  }
}

/// Changes are told together, when the turn is over or something else is: its supervisor needs
/// to know where a child is, not each step it took there.
void container::report(child_report::note what, model::force flags) {
  if (what == child_report::note::changed) {
    owes_report_ = true;
    return;
  }
  child_report made;
  made.what = what;
  made.flags = flags;
  report(std::move(made));
}

void container::report_changes() {
  if (owes_report_) {
    report(child_report{});
  }
}

void container::report(child_report&& made) {
  owes_report_ = false;
  obeyed_told_ = obeyed_;
  made.whose = birth_.entry;
  made.obeyed = obeyed_;
  made.now = status_.share();
  tell(caf::actor_cast<caf::actor>(birth_.supervisor), std::move(made));
}

remote_supervisor& container::supervisor() {
  if (supervisor_ == nullptr) {
    const auto seed = birth_.tree->seed ^ std::hash<std::string>{}(path());
    supervisor_ = std::make_unique<remote_supervisor>(
        birth_.spec->supervise, static_cast<supervisor_owner&>(*this), seed);
  }
  return *supervisor_;
}

desk& container::mail() {
  if (desk_ == nullptr) {
    desk_ = std::make_unique<desk>(
        birth_.tree->shells, *birth_.tree->dead, birth_.own, static_cast<desk_owner&>(*this));
    desk_->show_ready(status_->at == model::phase::ready);
  }
  return *desk_;
}

void container::end_mail_of_life(std::uint64_t generation) {
  if (desk_) {
    desk_->end_life(generation);
  }
}

void container::make_shell(const std::shared_ptr<child_entry>& child) {
  const auto& shards = birth_.tree->shards;
  const auto shard = birth_.tree->place(
      birth_.spec.get(), *child->spec, child->rank - 1, static_cast<std::uint32_t>(shards.size()));
  KRAKEN_ASSERT(shard < shards.size());
  spawn_container(home_system(), birth_.tree, address(), child, shard);
}

void spawn_container(caf::actor_system& system,
                     const std::shared_ptr<tree_context>& tree,
                     const caf::actor_addr& supervisor,
                     const std::shared_ptr<child_entry>& entry,
                     std::uint32_t shard) {
  entry->overlaps = tree->kinds.at(entry->spec->kind).replaced == replacement::start_first;
  const auto own =
      std::make_shared<seat>(std::shared_ptr<const std::string>(entry->who, &entry->who->path),
                             entry->spec->mailbox,
                             tree->dead);
  static const auto created = as_created();
  entry->seen = created; // what its supervisor looks at is the same of all
  entry->shell = system.spawn<container>(birth{.tree = tree,
                                               .spec = entry->spec,
                                               .who = entry->who,
                                               .shard = shard,
                                               .rank = entry->rank,
                                               .entry = entry,
                                               .own = own,
                                               .supervisor = supervisor});
  own->sit(entry->shell);
  tree->shells.add(own);
  release_logger();
}

bool container::comes_back() const {
  return leaving_ && (leaving_->then == after::judge || leaving_->then == after::launch);
}

/// Children are supervised while their parent's own failure is being solved, too.
bool container::running() const {
  return serving() || (solving_ && status_->in == model::state::failed && !leaving_);
}

bool container::serving() const noexcept {
  return status_->in == model::state::started && !leaving_;
}

void container::child_changed(const model::container_identity& who,
                              const model::container_condition& now) {
  if (life_) {
    on_thrown(life_->child_changed(who, now));
  }
}

} // namespace kraken::actor
