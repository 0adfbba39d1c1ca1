// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. The entries of a part belong to its shard until it comes back: the parent's
/// supervisor looks at none before its beginning is over.
#include "kraken/actor/nursery.hpp"

#include "kraken/actor/container.hpp"

#include <algorithm>
#include <utility>

namespace kraken::actor {

nursery::nursery(hosted_actor& parent,
                 std::string path,
                 std::shared_ptr<tree_context> tree,
                 std::shared_ptr<const model::child_spec> spec,
                 std::uint32_t home)
    : parent_(parent), path_(std::move(path)), tree_(std::move(tree)), spec_(std::move(spec)),
      home_(home), away_(tree_->shards.size()) {}

std::size_t nursery::next_stop(std::size_t all) const noexcept {
  const bool has_turns = tree_->shards[home_].unit != nullptr; // in most tests an actor has none
  return has_turns ? std::min(all, next + part) : all;
}

bool nursery::takes(const std::shared_ptr<child_entry>& child,
                    std::size_t siblings,
                    std::uint32_t shard) {
  if (siblings <= part || shard == home_ || tree_->shards[shard].unit == nullptr) {
    return false; // a hop to another thread and back takes as long as many shells
  }
  away_[shard].push_back(child);
  if (away_[shard].size() == part) {
    send(shard);
  }
  return true;
}

bool nursery::complete() {
  for (std::uint32_t shard = 0; shard < away_.size(); ++shard) {
    if (!away_[shard].empty()) {
      send(shard);
    }
  }
  return under_way_ == 0;
}

void nursery::send(std::uint32_t shard) {
  ++under_way_;
  // The handle holds the parent, and with it all that is used there.
  tree_->shards[shard].runs->post([this,
                                   self = caf::actor_cast<caf::actor>(&parent_),
                                   made = std::exchange(away_[shard], {}),
                                   shard]() mutable {
    make(made, shard);
    made.clear();
    tree_->shards[home_].runs->post([this, held = std::move(self)] { one_came(); });
  });
}

/// What all of them hold is counted by this shard alone.
void nursery::make(const entries& all, std::uint32_t shard) const {
  const auto tree = counted_apart(tree_);
  const auto spec = counted_apart(spec_);
  const parent_of_shell parent{parent_.address(), path_};
  for (const auto& child : all) {
    const std::shared_ptr<const model::child_spec> own(spec, child->spec.get());
    spawn_container(parent_.home_system(), tree, parent, child, own, shard);
  }
}

void nursery::one_came() {
  --under_way_;
  if (under_way_ == 0) {
    parent_.go_on();
  }
}

} // namespace kraken::actor
