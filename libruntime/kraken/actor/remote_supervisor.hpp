// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The children of one container and their supervision: orders of start and stop, restarts, group
/// strategies, budget, operator verbs. Asks `model` for every decision and lets its owner, an
/// actor, send, wait and create; so it runs without one in a test.
///
///   child report --> on_report --> model::on_child_end --> schedule --(backoff)--> on_due
///                                         |                                          |
///                                         v                        budget spent      v
///                                  regroup: stop right->left  <-- give_up        instruct restart
///                                         then start left->right
#pragma once

#include "kraken/actor/detail/child_entry.hpp"
#include "kraken/actor/family/child_row.hpp"
#include "kraken/actor/family/waiters.hpp"
#include "kraken/base/name_table.hpp"
#include "kraken/model/backoff.hpp"
#include "kraken/model/restart_window.hpp"
#include "kraken/model/supervision.hpp"

#include "caf/actor.hpp"

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace kraken::actor {

/// The actor a supervisor works for.
class supervisor_owner {
public:
  virtual ~supervisor_owner() = default;

  [[nodiscard]] virtual time_point time() = 0;
  [[nodiscard]] virtual deadlines& timers() = 0;
  [[nodiscard]] virtual const std::string& path_of_owner() const = 0;
  /// Makes the shell of a new child and shows it in the entry: `who`, `shell`, and `seen` as
  /// created. Nobody looks at these before the owner's beginning is over.
  virtual void make_shell(const std::shared_ptr<child_entry>& child) = 0;
  /// True while children may run: the owner is started and not on its way out.
  [[nodiscard]] virtual bool running() const = 0;
  /// Whether it ends its children only to start them again, as far as it knows.
  [[nodiscard]] virtual bool comes_back() const { return false; }
  /// A start sweep came to its end: every child that should is ready (ordered) or asked (parallel).
  virtual void children_started() = 0;
  /// A stop sweep came to its end: nothing below runs any more.
  virtual void children_ended() = 0;
  /// The budget is spent, or an ordered start failed for good.
  virtual void supervision_gave_up(model::cause why) = 0;
  /// auto_shutdown: significant children ended.
  virtual void supervision_done(model::cause why) = 0;
  /// Nobody can wait for this child, or one below it: its start has failed, and it is tried for
  /// ever.
  virtual void child_hopeless(const std::string& why) { static_cast<void>(why); }
  virtual void child_changed(const model::container_identity& who,
                             const model::container_condition& now) = 0;
};

/// @thread the owner's shard
class remote_supervisor {
public:
  remote_supervisor(const model::supervise_spec& how, supervisor_owner& owner, std::uint64_t seed);

  /// Creates a child; does not start it.
  child_entry& add(std::shared_ptr<const model::child_spec> spec, maker made_by);

  /// So many will be added soon.
  void expect(std::size_t more) { by_id_.reserve(by_id_.size() + more); }

  [[nodiscard]] child_entry* find(std::string_view id) noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return children_.size(); }

  /// Starts the wanted children.
  /// @param tree of `gather`: the stopped ones too, recursively; null: only those
  void start_all(const reply_to& tree);
  /// Ends every child, keeping what is wanted; children made by the incarnation are destroyed.
  /// Calling it again with `kill` hurries.
  void stop_all(ending how);
  /// What was stopped for now stays so, and nobody need wait for it to serve again.
  void settle();
  void destroy_all(ending how);

  void on_report(const child_report& report);

  // Operator verbs; each answers `reply` exactly once.
  void create(const model::command& what, maker made_by, reply_to reply);
  void carry_out(child_entry& child, const model::command& what, reply_to reply);

  /// A new definition of the owner: strategy and budget count at once, restarts counted so far stay
  /// counted, and the children named by `order` are in this start order from now on.
  void configure(const model::supervise_spec& how, const std::vector<model::child_spec>& order);

  /// Lets go of all children without a word: the owner is being torn down.
  void abandon() noexcept;

  /// Forgets the failures of all children; those that wait for a restart show it.
  void reset();

private:
  /// What is being done with all children or with a group.
  enum class sweep : std::uint8_t { none, starting, regrouping, stopping, destroying };

  /// A child that is to be replaced beside what runs.
  struct recycle_wish {
    std::string id;
    reply_to reply; ///< null: its own wish
  };

  /// Whose turn it is, until it has taken the instruction and has no second incarnation.
  struct recycle_turn {
    std::string id;
    std::uint64_t serial = 0;
  };

  struct id_of_child {
    std::string_view operator()(const child_entry* one) const noexcept { return one->spec->id; }
  };

  struct group {
    std::string failed;
    std::list<std::string> stop;      ///< right to left
    std::vector<std::string> restart; ///< left to right
  };

  // remote_supervisor.cpp: sweeps and reports
  void instruct(child_entry& child, instruction&& what);
  void instruct(child_entry& child, instruction::act what);
  void advance();
  void advance_start();
  void tell_wait(const child_entry& held);
  void advance_regroup();
  void advance_stop();
  void end_all(sweep what);
  void end_one(child_entry& child);
  [[nodiscard]] bool stopped_for_group(child_entry& child);
  [[nodiscard]] bool over(const child_entry& child) const noexcept;
  [[nodiscard]] static bool keeps(const child_entry& child) noexcept;
  void begin(sweep what, std::uint64_t from) noexcept;
  [[nodiscard]] bool asked(const child_entry& child) const noexcept;
  void cancel_restart(child_entry& child) noexcept;
  void note_readiness(child_entry& child, const child_report& report);
  void gone(child_entry& child, const child_report& report);
  void pass_on_hopeless(const child_entry& child, const child_report& report);
  void drop(child_entry& child, ending how);
  void end_for_good(child_entry& child, model::force flags);
  void show_outlook(child_entry& child);

  // remote_supervisor_restart.cpp: what a child's end leads to
  void on_end(child_entry& child, child_report::note what);
  bool tried_in_vain(child_entry& child, std::string why);
  void regroup(model::decision&& decided, child_entry& failed);
  void schedule(child_entry& child);
  [[nodiscard]] milliseconds delay_of(child_entry& child);
  [[nodiscard]] bool within_budget(child_entry& child);
  [[nodiscard]] static bool counts_apart(const child_entry& child) noexcept;
  [[nodiscard]] model::restart_window& window_of(child_entry& child);
  void open_window(child_entry& child) const;
  void move_restarts(child_entry& child);
  [[nodiscard]] std::uint32_t spent_by(child_entry& child);
  [[nodiscard]] std::string restarts_of_budget(child_entry& child);
  void forget_failures(child_entry& child);
  static void forget_own(child_entry& child);
  void show_budget(outlook& then, child_entry& child);
  void assist(child_entry& child, const child_report& report);
  void on_due(const std::string& id);
  void launch(child_entry& child, instruction::act what);
  void hold_up(const child_entry& child) noexcept;
  void give_up(child_entry& child);
  void park(child_entry& child);
  void take_along(const child_entry& started);
  [[nodiscard]] bool stops_for_group(const child_entry& child) const noexcept;
  [[nodiscard]] std::vector<model::child_view> views() const;

  // remote_supervisor_recycle.cpp: planned replacements, one at a time
  void queue_recycle(child_entry& child, reply_to reply);
  void follow_recycle(const child_entry& child, const child_report& report);
  void next_recycle();
  void forget_plans(); ///< all children end

  // remote_supervisor_verbs.cpp: operator verbs
  void start(child_entry& child, instruction::act what, reply_to reply);
  void stop(child_entry& child, reply_to reply);
  void destroy(child_entry& child, const model::command& what, reply_to reply);
  void replace(child_entry& child, reply_to reply);
  void update(child_entry& child, const model::command& what, reply_to reply);
  [[nodiscard]] bool recycles(const child_entry& child) const;
  void
  create_after_destroy(const model::command& what, maker made_by, child_entry& old, reply_to reply);

  model::supervise_spec how_;
  supervisor_owner& owner_;
  model::restart_window window_; ///< of the children whose failures can become its own
  model::jitter_source random_;
  bool spent_told_ = false; ///< that restarts go on beyond the budget
  child_row children_;
  name_table<child_entry*, id_of_child> by_id_;
  std::uint64_t last_rank_ = 0;
  sweep sweep_ = sweep::none;
  std::uint64_t sweep_number_ = 1;                    ///< of this sweep or the last
  bool to_tree_ = false;                              ///< some child may have `tree_next`
  std::uint64_t cursor_ = 0;                          ///< where the sweep goes on
  std::pair<std::uint64_t, std::uint64_t> wait_told_; ///< rank and generation
  ending how_ending_ = ending::orderly;
  group group_;
  std::list<recycle_wish> recycles_; ///< in the order they were asked for
  std::optional<recycle_turn> turn_;
  /// Commands that replace a child, to be tried once it is gone.
  std::vector<std::tuple<model::command, maker, reply_to>> create_next_;
};

} // namespace kraken::actor
