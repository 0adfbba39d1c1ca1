// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A tree under test and the reference model of it, side by side: whatever happens to one happens
/// to the other, and after each step both must look alike. Fails the property that uses it.
#pragma once

#include "random_trees.hpp"
#include "reference_model.hpp"
#include "tree_fixture.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace kraken::actor_test {

class pair_of_trees {
public:
  /// Makes a tree of these numbers and starts it.
  explicit pair_of_trees(source random);

  /// A verb, a failure, some messages or some time. No numbers: nothing.
  void step(source random);

  /// The end: every command answered once, every message received or dead, everything gone.
  void finish();

private:
  void pass_time(source& random);
  void messages_to(source& random, const std::string& path);
  void verb_on(source& random, const std::string& path);
  void create(source& random, const std::string& parent);
  void failure_of(source& random, const std::string& path);
  void note_wish(model::verb what, const std::string& path);

  /// What of the order of starts and ends is compared.
  enum class order : std::uint8_t { all, of_siblings };

  void check(const std::string& after, order how = order::all);
  void compare_pictures();
  void compare_traces(order how);
  [[nodiscard]] std::string parent_in(const std::string& line) const;
  void check_events();
  std::vector<std::string> count_received();
  [[noreturn]] void fault(const std::string& what) const;

  model::child_spec root_;
  start_scripts scripts_;
  reference_model expected_;
  tree_fixture f_;
  std::vector<answer_ptr> answers_;
  std::vector<std::string> paths_; ///< of all there ever were
  std::set<std::string> stopped_;  ///< must not run until somebody starts them
  std::string history_;
  std::uint64_t seen_ = 0; ///< the last event
  std::uint64_t posted_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t refused_ = 0;
  std::map<std::string, std::uint64_t> last_received_;
  int created_ = 0;
};

} // namespace kraken::actor_test
