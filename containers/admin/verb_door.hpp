// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The verbs of the command table that change the tree, for whoever asks: the admin API, a
/// container by its COMMAND frames. Finds out what is meant, has the tree do it and puts the
/// outcome into the table's words. Speaks neither HTTP nor frames.
#pragma once

#include "config/php_options.hpp"
#include "console/api_json.hpp"
#include "console/command_table.hpp"
#include "kraken/actor/tree.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::containers {

/// Who asks for a verb.
struct verb_asker {
  std::string origin; ///< path of the container, or where an operator sits
  /// What that container's process was launched with; null: an operator.
  std::shared_ptr<const config::php_options> runs_with;

  /// Relative to whom names are; empty: to nobody.
  [[nodiscard]] std::string_view stands_at() const noexcept {
    return runs_with == nullptr ? std::string_view{} : std::string_view{origin};
  }
};

/// What verbs need of the daemon; outlives the door.
struct verb_environment {
  actor::tree* tree = nullptr;
  /// Creates the root with the configuration that was read last; answers on `on`.
  std::function<void(model::force, executor& on, model::reply_callback)> create_project;
  /// The definition behind the NAME of `process:create PARENT ALIAS NAME`. With `creator` (not
  /// null: a container asks) it has the environment, directory, limits and user of that.
  std::function<result<model::child_spec>(std::string_view family,
                                          std::string_view alias,
                                          std::string_view name,
                                          const config::php_options* creator)>
      spec_of;
  /// What keeps such a container from being started, as far as that can be told before.
  std::function<result<void>(const model::child_spec&)> may_start;
};

/// The outcome of a verb in the table's words.
struct verb_outcome {
  std::string text;
  bool changed = true;            ///< false: it was so already
  std::vector<std::string> names; ///< of `processes:get` and its like
};

using verb_done = std::function<void(const result<verb_outcome>&)>;

/// @thread any
class verb_door {
public:
  explicit verb_door(const verb_environment& environment) : environment_(environment) {}

  /// Whether `carry_out` knows the name: verbs on the tree, not `stop` or `reload`.
  [[nodiscard]] static bool knows(std::string_view name);

  /// A request with names and values as they came, in one map.
  /// @param on     thread that gets the answer; must outlive it
  /// @param done   called once, perhaps inside this call
  void carry_out(std::string_view name,
                 console::text_map params,
                 const verb_asker& by,
                 executor& on,
                 const verb_done& done) const;

  /// A request that was checked against its row (`console::complete`).
  void carry_out(const console::command_request& wanted,
                 const verb_asker& by,
                 executor& on,
                 const verb_done& done) const;

private:
  [[nodiscard]] result<actor::status_ptr> child_named(const console::command_row& row,
                                                      const console::command_request& wanted,
                                                      const verb_asker& by) const;
  [[nodiscard]] static result<verb_outcome> existence(const console::command_row& row,
                                                      const console::command_request& wanted,
                                                      const result<actor::status_ptr>& child);
  [[nodiscard]] result<model::command> to_command(const console::command_row& row,
                                                  const console::command_request& wanted,
                                                  const verb_asker& by) const;
  [[nodiscard]] result<verb_outcome>
  children_of(std::string_view name, const console::text_map& params, const verb_asker& by) const;

  const verb_environment& environment_;
};

} // namespace kraken::containers
