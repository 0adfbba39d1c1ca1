// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One container of the reference model. For its two source files only.
#pragma once

#include "reference_model.hpp"

namespace kraken::actor_test {

struct reference_model::node {
  enum class doing : std::uint8_t { running, to_start, stopped, parked };

  struct counted_restart {
    std::string child;
    time_point at;
    std::optional<time_point> ready_since;
    bool served = false;
  };

  model::child_spec spec;
  std::string path;
  node* parent = nullptr;
  std::vector<std::unique_ptr<node>> children;
  model::phase at = model::phase::idle;
  std::uint64_t generation = 0;
  std::uint64_t restarts = 0;
  bool wanted = true;
  bool was_ready = false; ///< ever
  bool by_verb = false;
  doing now = doing::stopped;
  std::optional<time_point> due;
  std::uint64_t due_order = 0; ///< who waits for the same time, and came first
  time_point launched{};

  // As a supervisor.
  std::vector<counted_restart> budget;
  bool walking = false;  ///< through an ordered start
  bool grouping = false; ///< everything stopped, waits for the failed one's turn
  bool whole_tree = false;
  std::string parked_with;          ///< given up with the group of this sibling
  std::string failed;               ///< whose restart the group waits for
  std::vector<std::string> members; ///< of the group

  /// Not served since a verb made it: it takes nobody along.
  [[nodiscard]] bool trial() const { return by_verb && !was_ready; }
  /// Its restarts do not count against its siblings.
  [[nodiscard]] bool apart() const {
    return trial() || spec.on_give_up != model::give_up::escalate;
  }
  [[nodiscard]] bool leaf() const { return spec.kind == "fake"; }
};

} // namespace kraken::actor_test
