// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The shells of the children of a definition while they are made. A large family is made in parts,
/// so that its shard serves others meanwhile, and each shell on the shard where it is going to
/// live, so that all shards work (decision 0041).
#pragma once

#include "kraken/actor/detail/tree_context.hpp"

#include "caf/actor_addr.hpp"
#include "caf/fwd.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace kraken::actor {

class hosted_actor;
struct child_entry;

/// Who a container is made for.
struct parent_of_shell {
  caf::actor_addr supervisor;
  const std::string& path;
};

/// Spawns the shell of a container on its shard, and shows it in the entry of its supervisor. All
/// that is the child's own is made here, so that it lies in the memory of its shard.
/// @param spec the entry's
/// @thread any, while nobody else looks at the entry
void spawn_container(caf::actor_system& system,
                     const std::shared_ptr<tree_context>& tree,
                     const parent_of_shell& parent,
                     const std::shared_ptr<child_entry>& entry,
                     std::shared_ptr<const model::child_spec> spec,
                     std::uint32_t shard);

/// @thread its parent's shard
class nursery {
public:
  static constexpr std::size_t part = 256; ///< children made at a time; a family has more

  /// @param parent begins, and goes on when what is made elsewhere is there
  /// @param spec the parent's: those of the children are parts of it
  nursery(hosted_actor& parent,
          std::string path,
          std::shared_ptr<tree_context> tree,
          std::shared_ptr<const model::child_spec> spec,
          std::uint32_t home);

  /// So many of `all` are to be made until the next turn.
  [[nodiscard]] std::size_t next_stop(std::size_t all) const noexcept;
  std::size_t next = 0; ///< of the children of the definition

  /// @return false when the shell is to be made here and now
  [[nodiscard]] bool
  takes(const std::shared_ptr<child_entry>& child, std::size_t siblings, std::uint32_t shard);

  /// No more children come.
  /// @return true when all shells are there; otherwise the parent will go on
  [[nodiscard]] bool complete();

private:
  using entries = std::vector<std::shared_ptr<child_entry>>;

  void send(std::uint32_t shard);
  void make(const entries& all, std::uint32_t shard) const;
  void one_came();

  hosted_actor& parent_;
  std::string path_; ///< the parent's
  std::shared_ptr<tree_context> tree_;
  std::shared_ptr<const model::child_spec> spec_;
  std::uint32_t home_;
  std::vector<entries> away_; ///< by shard: to be made there
  std::size_t under_way_ = 0;
};

} // namespace kraken::actor
