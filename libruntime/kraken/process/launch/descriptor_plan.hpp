// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How many file descriptors the daemon may open, how many of them programs may take, and with
/// which limit programs begin. Counts roughly and cheaply; opens nothing for anybody.
#pragma once

#include "kraken/base/result.hpp"

#include <cstdint>
#include <string_view>

namespace kraken::process {

/// The shares. All zero: nothing is watched and children inherit the daemon's own limit.
struct descriptor_plan {
  std::uint64_t limit = 0;       ///< this process may have open
  std::uint64_t kept = 0;        ///< of these never for programs: clients and the console need some
  std::uint64_t for_console = 0; ///< of those kept, not for clients either
  std::uint64_t for_children = 0; ///< soft limit they begin with

  /// Clients get descriptors with lower numbers only.
  /// @thread any (pure)
  [[nodiscard]] int clients_below() const noexcept;

  /// Whether so many more may be opened for programs. At least as many as the lowest free number
  /// tells are in use; that is exact unless many were closed just now.
  /// @param purpose begins the sentence of the error: "1500 workers"
  /// @error errc::limit_exceeded saying how many there are and what can be done
  /// @thread any  @cost two system calls
  [[nodiscard]] result<void> admit(std::uint64_t more, std::string_view purpose) const;
};

/// Raises this process's soft limit to its hard limit, so that no operator need know of it, and has
/// the kernel make room for many. Programs still begin with the soft limit from before: some walk
/// through all numbers below it, or use select(2).
/// @thread the main one, before it starts others
[[nodiscard]] descriptor_plan plan_descriptors();

} // namespace kraken::process
