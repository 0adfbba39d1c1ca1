// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Decisions of the remote supervisor: what a child's end means for it and its siblings. Pure:
/// does not count (restart_window.hpp), wait (backoff.hpp) or act.
#pragma once

#include "kraken/model/cause.hpp"
#include "kraken/model/child_spec.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::model {

/// What a supervisor is doing with a child right now.
enum class activity : std::uint8_t {
  running,    ///< has an incarnation: starting, ready, held
  restarting, ///< has none; a restart is due, alone or with its group
  stopped,    ///< not wanted: stopped by an operator, ended normally, never started
  parked,     ///< given up; an operator must act
};

/// A child as a decision sees it. Children are always listed in start order.
struct child_view {
  std::string id;
  restart_type restart = restart_type::permanent;
  bool significant = false;
  activity doing = activity::running;
};

/// What to do, in the order of the fields. Lists never name a child that the supervisor does
/// not want to run: a stopped or parked child is not resurrected by a sibling's failure.
struct decision {
  enum class act : std::uint8_t {
    restart, ///< after the backoff, if the budget (counted once) allows it
    replace, ///< planned recycling: `restart` at once, nothing counted
    finish,  ///< it ended for good
  };

  act what = act::finish;
  std::vector<std::string> stop;    ///< siblings to end first, right to left
  std::vector<std::string> drop;    ///< temporary children to destroy; of the failed child or of
                                    ///< siblings in `stop`
  std::vector<std::string> restart; ///< children to start, left to right; the failed one included
  bool shutdown = false;            ///< auto_shutdown: the supervisor ends, orderly

  friend bool operator==(const decision&, const decision&) = default;
};

/// What the end or failure of a child means. An end by command is no failure: do not ask then.
/// Call again when a child fails during a group restart: what still has to start is
/// `restarting`.
/// @param how      strategy and auto_shutdown
/// @param children all, in start order; `failed` is among them (whatever its `doing` says)
/// @param why      its cause; `recycle` gives act::replace
/// @return         act::finish without effect when `failed` is not among them
/// @thread         any (pure)   @cost O(children)
[[nodiscard]] decision on_child_end(const supervise_spec& how,
                                    std::span<const child_view> children,
                                    std::string_view failed,
                                    const cause& why);

/// What to do when the budget is spent.
struct surrender {
  std::vector<std::string> park; ///< children that become failed/parked; empty: escalate
  std::vector<std::string> stop; ///< escalate: every running child, right to left

  friend bool operator==(const surrender&, const surrender&) = default;
};

/// The end of a supervisor's patience with `failed`.
/// give_up::park parks the child and, under a group strategy, the siblings that were to start
/// with it; the others live on. give_up::escalate stops all children; then the supervisor itself
/// fails with `cause_kind::child`. give_up::retry knows no such end: do not ask then.
/// @param group the `restart` list of the decision that is given up
/// @thread any (pure)
[[nodiscard]] surrender on_budget_spent(give_up wish,
                                        std::span<const child_view> children,
                                        std::span<const std::string> group);

/// The children a supervisor stops, in this order: all running ones, right to left.
[[nodiscard]] std::vector<std::string> stop_order(std::span<const child_view> children);

/// The cause with which a supervisor fails when a child's failure becomes its own. Keeps origin,
/// correlation and sentence of the first such failure, so the root can name it.
/// @param child_path the child's path, named as origin if `why` has none
/// @param how        between path and text of the first failure
[[nodiscard]] cause escalated(const cause& why,
                              std::string_view child_path,
                              std::string_view how = "failed too often, last with");

[[nodiscard]] std::string_view to_string(activity value) noexcept;
[[nodiscard]] std::string_view to_string(decision::act value) noexcept;

} // namespace kraken::model
