// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How a shell and those of its children come into being.
#include "kraken/actor/container.hpp"

#include "kraken/base/assert.hpp"
#include "kraken/model/alias.hpp"

#include "caf/actor_system.hpp"

#include <utility>

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

identity_ptr identity_of(const child_entry& child, const std::string& parent) {
  const auto& spec = *child.spec;
  return std::make_shared<const model::container_identity>(model::container_identity{
      .path = model::join_path(parent, spec.id),
      .alias = spec.id,
      .parent = parent,
      .kind = spec.kind,
      .name = spec.name,
      .autostart = spec.autostart,
      .made_by_command = child.made_by == maker::operated ? child.spec : nullptr});
}

} // namespace

container::container(caf::actor_config& config, birth given)
    : hosted_actor(config, given.tree->shards[given.shard].unit), birth_(std::move(given)),
      status_(as_created()), lane_(birth_.own), wake_up_(*this, birth_.tree->shards[birth_.shard]) {
  birth_.tree->present.enter();
  birth_.own->lend(this, birth_.tree->shards[birth_.shard].runs);
  status_.change().since = now();
  status_.change().shard = birth_.shard;
  status_.change().lane = {birth_.own, &birth_.own->lane()};
  // On the board before the parent goes on: who was told of the child finds it.
  publish();
}

hosted_actor::beginning container::begin() {
  const auto& children = birth_.spec->children;
  if (children.empty()) {
    return beginning::over;
  }
  if (nursery_ == nullptr) {
    nursery_ = std::make_unique<nursery>(*this, path(), birth_.tree, birth_.spec, birth_.shard);
    supervisor().expect(children.size());
    birth_.tree->board.expect(children.size());
    birth_.tree->shells.expect(children.size());
  }
  const auto stop = nursery_->next_stop(children.size());
  for (auto& next = nursery_->next; next < stop; ++next) { // their definitions are parts of ours
    static_cast<void>(supervisor().add(
        std::shared_ptr<const model::child_spec>(birth_.spec, &children[next]), maker::declared));
  }
  if (stop < children.size()) {
    return beginning::goes_on;
  }
  if (!nursery_->complete()) {
    return beginning::waits;
  }
  nursery_.reset();
  end_turn();
  return beginning::over;
}

void container::make_shell(const std::shared_ptr<child_entry>& child) {
  const auto& shards = birth_.tree->shards;
  const auto shard = birth_.tree->place(
      birth_.spec.get(), *child->spec, child->rank - 1, static_cast<std::uint32_t>(shards.size()));
  KRAKEN_ASSERT(shard < shards.size());
  if (nursery_ == nullptr || !nursery_->takes(child, birth_.spec->children.size(), shard)) {
    spawn_container(home_system(), birth_.tree, {address(), path()}, child, child->spec, shard);
  }
}

void spawn_container(caf::actor_system& system,
                     const std::shared_ptr<tree_context>& tree,
                     const parent_of_shell& parent,
                     const std::shared_ptr<child_entry>& entry,
                     std::shared_ptr<const model::child_spec> spec,
                     std::uint32_t shard) {
  const auto& of = tree->kinds.at(entry->spec->kind);
  entry->overlaps = of.replaced == replacement::start_first;
  entry->who = identity_of(*entry, parent.path);
  const auto& dead = tree->shards[shard].dead;
  const auto own =
      std::make_shared<seat>(std::shared_ptr<const std::string>(entry->who, &entry->who->path),
                             entry->spec->mailbox,
                             dead == nullptr ? tree->dead : dead);
  // What its supervisor looks at is the same of all; not counted, as all shards would write there.
  static const auto created = as_created();
  entry->seen = condition_ptr(condition_ptr{}, created.get());
  birth made{.tree = tree,
             .spec = std::move(spec),
             .of = &of,
             .who = entry->who,
             .shard = shard,
             .rank = entry->rank,
             .entry = entry,
             .own = own,
             .supervisor = parent.supervisor};
  // Without children it has nothing to do before its first message.
  entry->shell = entry->spec->children.empty()
                     ? system.spawn<container, caf::lazy_init>(std::move(made))
                     : system.spawn<container>(std::move(made));
  own->sit(entry->shell);
  tree->shells.add(own);
  release_logger();
}

} // namespace kraken::actor
