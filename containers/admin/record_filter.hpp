// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which events and log lines a client wants: of which containers, of which types. Reads no record.
#pragma once

#include "kraken/actor/status_board.hpp"
#include "kraken/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kraken::containers {

/// @thread any
struct record_filter {
  std::vector<std::string> targets; ///< paths, aliases, globs: these and what is below; none: all
  std::vector<std::string> types;   ///< names of events, or globs over them; none: all

  /// @param of, types joined by commas; empty: all
  [[nodiscard]] static record_filter of_words(std::string_view of, std::string_view types);

  /// Makes paths of aliases.
  /// @error errc::not_found, errc::ambiguous of the first that is not exactly one container; of a
  ///        glob there may be none yet
  [[nodiscard]] result<void> resolve(const actor::status_board& board);

  /// Whether each target is a container that is there, one of which an event is kept, or a glob.
  /// @error errc::not_found of the first that is not
  [[nodiscard]] result<void> check_heard_of(const actor::status_board& board) const;

  /// Whether there can be events of each of the types: nobody waits for what never comes.
  /// @error errc::invalid_argument with the name that is nearest, or all of them
  [[nodiscard]] result<void> check_types() const;

  [[nodiscard]] bool wants(std::string_view path) const noexcept;
  [[nodiscard]] bool wants(std::string_view path, std::string_view type) const noexcept;
};

} // namespace kraken::containers
