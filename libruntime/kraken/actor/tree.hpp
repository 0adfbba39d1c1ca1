// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The supervision tree as the daemon's wiring sees it: given threads, kinds and a root child
/// spec, it starts, obeys commands, shows its status and ends. No CAF type leaves this header.
/// Reads no configuration and owns no thread but those of the actor system.
#pragma once

#include "kraken/actor/incarnation.hpp"
#include "kraken/actor/status_board.hpp"
#include "kraken/base/reactor.hpp"
#include "kraken/base/result.hpp"
#include "kraken/base/units.hpp"
#include "kraken/model/child_spec.hpp"
#include "kraken/model/command.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::actor {

/// The exit code of a daemon whose root gave up: `EX_SOFTWARE`.
inline constexpr int exit_code_gave_up = 70;

/// Chooses the shard of a new container.
/// @param parent the spec of its parent; null for the root
/// @param rank   how many children its parent had before it
/// @return index below `shards`
/// @thread the shard of the parent; pure
using placement = std::function<std::uint32_t(const model::child_spec* parent,
                                              const model::child_spec& child,
                                              std::uint64_t rank,
                                              std::uint32_t shards)>;

/// The default placement: a pinned child where its spec says, children of a pool (those started in
/// parallel) round robin over the shards, everything else on shard 0.
[[nodiscard]] std::uint32_t place_by_pool(const model::child_spec* parent,
                                          const model::child_spec& child,
                                          std::uint64_t rank,
                                          std::uint32_t shards);

struct tree_options {
  /// Threads that run the containers; at least one. They must run until `close` has returned.
  std::vector<reactor*> shards;
  std::vector<kind> kinds; ///< `supervisor` (no behaviour of its own) is always there
  model::child_spec root;
  placement place = place_by_pool;
  std::uint64_t seed = 0; ///< of the backoff jitter
  /// Containers of kinds that launch processes which start at the same time on one shard; others
  /// wait until one of them is ready, has ended, or leaves the CPU to them. 0: no limit.
  std::size_t boots_at_once = 0;
  /// Whether a process waits for something else than the CPU; empty: nobody knows.
  std::function<bool(std::int32_t pid)> sleeps;
  /// Called once, on shard 0, when the root has ended: with 0 after `stop` or an orderly end,
  /// with `exit_code_gave_up` when the root's supervision gave up.
  std::function<void(int exit_code)> ended;
};

/// A tree of containers.
/// @thread all members: any, unless they say otherwise
class tree {
  struct content;

public:
  /// Makes the actor system and checks the specs; starts no container.
  /// @error errc::invalid_argument naming the container and the field, or an unknown kind
  [[nodiscard]] static result<std::unique_ptr<tree>> make(tree_options options);

  /// As `close(seconds{1})`.
  ~tree();
  tree(const tree&) = delete;
  tree& operator=(const tree&) = delete;

  /// Creates the containers and starts them.
  /// @param done called once on shard 0: when the root is ready, or with the reason why not (its
  ///             supervision may still be trying; `tree_options::ended` tells when it gave up)
  void start(std::function<void(result<void>)> done);

  /// Whether a tree of this tree's kinds and shards could be like this; changes nothing.
  /// @error errc::invalid_argument naming the container and the field
  [[nodiscard]] result<void> check(const model::child_spec& root) const;

  /// Carries out one verb.
  /// @param on   thread that gets the answer; must outlive it
  /// @param done called exactly once, at the latest when the command's deadline
  ///             (`limits::command_deadline`) is over
  void execute(model::command what, executor& on, model::reply_callback done);

  /// Sends a message from outside. Each thread's messages to one target arrive in its order.
  /// @error as for host::send; a full mailbox with the policy `block` refuses, too
  [[nodiscard]] result<posted> send(const draft& what);

  /// Sends a request, or with a name a command, from outside.
  /// @param on   thread that gets the answers; must outlive them
  /// @param done gets exactly one final answer, never inside this call
  /// @return takes the request back: the target is told, and `done` gets `cancelled`. From any
  ///         thread, at any time; without effect once it is answered
  std::function<void()> request(const draft& what, executor& on, answer_callback done);

  /// Paths of the containers that a glob means, in the order of the tree. A pattern of n segments
  /// is held against the last n of a path, each by itself: `web/*`, `w?`, `*`.
  [[nodiscard]] std::vector<std::string> matching(std::string_view glob) const;

  /// What nobody handled; lives as long as the tree.
  [[nodiscard]] const dead_letters& dead() const noexcept;

  /// How long the tree may take to end in order when its root gives up or ends by itself; what
  /// still runs then is killed. Before the first call `limits::give_up_deadline`.
  void give_up_within(milliseconds deadline) noexcept;

  /// Ends the tree in order, right to left, leaves first.
  /// @param deadline when it is over, what still runs is killed; a second call may shorten it
  void stop(milliseconds deadline);

  /// Waits until every actor is gone and frees the actor system. After an error the system is
  /// left as it is (its threads may still use it): log and `_exit`.
  /// @error errc::timeout naming how many containers are still there
  /// @thread not a shard
  [[nodiscard]] result<void> close(milliseconds within);

  /// Lives as long as the tree.
  [[nodiscard]] status_board& status() noexcept;
  [[nodiscard]] const status_board& status() const noexcept;

  /// For `make`.
  explicit tree(std::unique_ptr<content> made) noexcept;

private:
  std::unique_ptr<content> content_;
};

} // namespace kraken::actor
