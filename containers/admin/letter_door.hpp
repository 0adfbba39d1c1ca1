// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Messages, requests and commands from outside the tree, for the admin API: targets found, values
/// between JSON and MessagePack, what became of them in the table's words. Keeps no message.
#pragma once

#include "console/api_json.hpp"
#include "kraken/actor/tree.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::containers {

using letter_done = std::function<void(const result<console::command_reply>&)>;
/// A target has shown that it still works on a request.
using letter_progress = std::function<void(const std::string& text)>;

/// @thread any
class letter_door {
public:
  explicit letter_door(actor::tree& tree) noexcept : tree_(tree) {}

  /// Whether `carry_out` is for this command.
  [[nodiscard]] static bool knows(std::string_view name) noexcept;

  /// @param wanted   as console::complete gave it
  /// @param on       thread that gets progress and the answer; must outlive both
  /// @param progress any number of times before `done`; may be empty
  /// @param done     called once, perhaps inside this call
  /// @return takes back what is not answered yet; empty: nothing is open
  std::function<void()> carry_out(const console::command_request& wanted,
                                  executor& on,
                                  letter_progress progress,
                                  const letter_done& done) const;

private:
  /// Whom a request is for, and whether its outcome is told for each.
  struct audience {
    std::vector<std::string> names;
    bool many = false;
  };

  [[nodiscard]] result<audience> audience_of(std::string_view target) const;
  [[nodiscard]] result<console::command_reply> send(const console::command_request& wanted) const;
  std::function<void()> ask(const console::command_request& wanted,
                            executor& on,
                            letter_progress progress,
                            const letter_done& done) const;

  actor::tree& tree_;
};

} // namespace kraken::containers
