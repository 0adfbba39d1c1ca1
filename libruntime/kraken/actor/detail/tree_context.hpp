// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What all actors of one tree share: kinds, shards, board, routes, dead letters. Fixed after
/// the tree is made, except for what guards itself.
#pragma once

#include "kraken/actor/boot_gate.hpp"
#include "kraken/actor/dead_letters.hpp"
#include "kraken/actor/detail/attendance.hpp"
#include "kraken/actor/detail/routes.hpp"
#include "kraken/actor/incarnation.hpp"
#include "kraken/actor/shard/shard_timer.hpp"
#include "kraken/actor/shard/shard_unit.hpp"
#include "kraken/actor/status_board.hpp"
#include "kraken/actor/tree.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kraken::actor {

class alarm_clock;
class report_bundle;

/// One thread with its execution unit; tests run actors without one.
struct shard {
  executor* runs = nullptr;
  std::shared_ptr<shard_unit> unit;
  alarm_clock* clock = nullptr;       ///< its thread only; null before and after the tree runs
  std::shared_ptr<boot_gate> boots{}; ///< its thread only; null: no limit
  reactor* loop = nullptr;            ///< null: time is the actor system's, as in tests
  std::optional<shard_timer> timer{}; ///< of the loop; its thread only
  std::shared_ptr<report_bundle> reports{}; ///< its thread only; null: each goes by itself
  std::shared_ptr<dead_letters> dead{}; ///< of the tree, counted by this shard alone; may be null
};

struct tree_context {
  std::map<std::string, kind> kinds;
  std::vector<shard> shards;
  placement place = place_by_pool;
  std::uint64_t seed = 0;
  std::function<bool(std::int32_t pid)> sleeps;
  std::function<void(int exit_code)> ended;
  std::atomic<milliseconds> give_up_within{limits::give_up_deadline}; ///< of the root's orderly end

  status_board board;
  std::shared_ptr<dead_letters> dead = std::make_shared<dead_letters>();
  attendance present;
  routes shells{board};
  std::atomic<std::uint64_t> last_correlation{0};
};

/// The same with a count of references of its own, for one thread that makes many: a count that two
/// threads write costs each of them fifty times as much.
template <class Shared>
[[nodiscard]] std::shared_ptr<Shared> counted_apart(const std::shared_ptr<Shared>& what) {
  return std::shared_ptr<Shared>(what.get(), [what](Shared*) {});
}

/// Dead letters become events of the board, as long as the context is there.
/// @thread before the first letter
void tell_dead_letters(const std::shared_ptr<tree_context>& context);

/// Adds the kind `supervisor`, which has no behaviour of its own.
void add_builtin_kinds(tree_context& context);

/// Checks a spec with its children: fields, names, kinds, depth.
/// @error errc::invalid_argument naming the path and the fault
[[nodiscard]] result<void> check_definition(const tree_context& context,
                                            std::string_view parent,
                                            const model::child_spec& spec);

} // namespace kraken::actor
