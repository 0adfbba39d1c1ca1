// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The lines of a status board and the register of which there are: by path, and by family. Locks
/// nothing itself.
#pragma once

#include "kraken/actor/status_board.hpp"
#include "kraken/base/guarded.hpp"
#include "kraken/base/name_table.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace kraken::actor {

class status_board::line {
public:
  /// What it says: its identity changes by its name only.
  struct text {
    identity_ptr who;
    condition_ptr now; ///< null: nothing yet
  };

  explicit line(identity_ptr who) : first(std::move(who)), says(text{first, nullptr}) {}

  [[nodiscard]] const std::string& path() const noexcept { return first->path; }
  [[nodiscard]] const std::string& parent() const noexcept { return first->parent; }

  const identity_ptr first; ///< the keys of the register are views of it
  std::atomic<std::uint64_t> rank{0};
  std::size_t place = 0; ///< in its family; the register's
  guarded<text> says;
};

namespace detail {

using board_line = status_board::line;
using line_ptr = std::shared_ptr<board_line>;
using board_family = std::vector<board_line*>;

struct path_of_line {
  std::string_view operator()(const line_ptr& one) const noexcept { return one->path(); }
};

/// Which lines there are.
struct board_register {
  name_table<line_ptr, path_of_line> by_path;
  std::unordered_map<std::string, board_family> below; ///< by the parent's path
  /// Where the last one was added: most come with their siblings.
  std::pair<const std::string, board_family>* last_family = nullptr;

  /// The line of that path, made if there is none.
  [[nodiscard]] const line_ptr& at_or_made(const identity_ptr& who);
  void remove(const board_line& one);

  /// Left to right.
  [[nodiscard]] std::vector<line_ptr> family_of(const std::string& parent) const;
  /// All below `parent`: each before its children.
  void collect(const std::string& parent, std::vector<line_ptr>& out) const;
  /// The only one whose last segments are `alias`; null when there are none or several.
  [[nodiscard]] line_ptr only_one(std::string_view alias) const;
};

} // namespace detail

} // namespace kraken::actor
