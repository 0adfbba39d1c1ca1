// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A second, much simpler implementation of the supervision rules, to hold the first against:
/// everything at once, by plain calls on a tree of records, as one would explain the rules. Shares
/// definitions with the product, but no decision. Knows neither pools nor hanging incarnations.
/// @see docs/decisions/0005-restart-budget.md, 0006-containers-as-hosted-actors.md
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/base/result.hpp"
#include "kraken/model/child_spec.hpp"
#include "kraken/model/command.hpp"
#include "kraken/model/lifecycle.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kraken::actor_test {

/// What becomes of the next starts of a leaf: -1 it serves, else it ends with this code.
using start_scripts = std::map<std::string, std::deque<int>>;

class reference_model {
public:
  reference_model(model::child_spec root, start_scripts scripts);
  ~reference_model();
  reference_model(const reference_model&) = delete;
  reference_model& operator=(const reference_model&) = delete;

  /// One container as it should be.
  struct picture {
    model::phase at = model::phase::gone;
    std::uint64_t generation = 0;
    std::uint64_t restarts = 0;

    friend bool operator==(const picture&, const picture&) = default;
  };

  void start();
  /// @return errc::none, or the code of the answer
  errc carry_out(model::verb what, const std::string& path);
  void create(const std::string& parent, const model::child_spec& spec);
  void crash(const std::string& path, int code);
  void throws(const std::string& path);
  void recycle(const std::string& path);
  /// At most to the next restart that is due.
  void advance(milliseconds by);
  [[nodiscard]] milliseconds until_next(milliseconds at_most) const;

  [[nodiscard]] bool serves(const std::string& path) const;
  /// A recursive start has not come to it yet.
  [[nodiscard]] bool start_is_coming(const std::string& path) const;
  [[nodiscard]] std::map<std::string, picture> pictures() const;
  /// Two things begin at the same time, and which is over first nobody promises: restarts due under
  /// two supervisors, or what a verb starts and what its group starts then, if starts may fail.
  [[nodiscard]] bool ambiguous() const;
  [[nodiscard]] std::optional<int> exit_code() const { return exit_code_; }
  /// Starts and ends of leaves since the last call, in order: `start a#1`.
  std::vector<std::string> take_trace();

private:
  struct node;

  node* find(const std::string& path) const;
  [[nodiscard]] std::vector<node*> waiting() const;
  void note_race(const node& n);
  std::unique_ptr<node> make(const model::child_spec& spec, node* parent) const;
  void settle();

  // Verbs.
  errc start_one(node& n, bool whole_tree);
  errc stop_one(node& n);
  errc restart_one(node& n);

  // Lives.
  void begin(node& n);
  void serve(node& n);
  void end_by_itself(node& n, bool normal);
  void by_its_rule(node& n);
  void fail(node& n, bool alone);
  void stop_tree_of(node& n);
  void remove(node& n);
  void root_ended();

  // Supervision.
  void judge(node& n, bool normal, bool alone);
  void start_children(node& parent, bool whole_tree);
  void walk(node& parent);
  void regroup(node& failed, std::size_t first);
  void wait_or_restart(node& n);
  void due(node& n);
  void give_up(node& n);
  void take_along(const node& n);
  [[nodiscard]] static bool counts_apart(const node& parent, const std::string& child);
  [[nodiscard]] std::uint32_t counted(node& parent, const std::string* child) const;
  static void forget(node& parent, const std::string& child);
  void note_ready(node& n, bool ready) const;
  void go_on(node& parent);
  [[nodiscard]] static bool runs(const node& n);

  std::unique_ptr<node> root_;
  start_scripts scripts_;
  time_point now_{};
  std::uint64_t last_order_ = 0;
  bool raced_ = false;
  std::deque<std::function<void()>> agenda_;
  std::vector<std::string> trace_;
  std::optional<int> exit_code_;
};

} // namespace kraken::actor_test
