// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The promise of one notice: held by the watched shell, kept when it fires or, because the shell
/// has ended or was never reached, when it is destroyed. A link's promise is about failures; else
/// it says that it is over.
#pragma once

#include "kraken/actor/detail/seat.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace kraken::actor {

enum class bond : std::uint8_t { watch, link };

/// Instead of a state: the link is over and nothing has failed.
inline constexpr int link_dissolved = 0;

class watch_ticket {
public:
  /// @param number of the watch at its watcher
  watch_ticket(seat_ptr watcher, std::uint64_t number, seat_ptr watched, bond kind);
  ~watch_ticket();
  watch_ticket(const watch_ticket&) = delete;
  watch_ticket& operator=(const watch_ticket&) = delete;

  /// The first call counts.
  void fire(int state, const std::string& cause) noexcept;
  /// No notice any more.
  void silence() noexcept { watcher_ = nullptr; }

  [[nodiscard]] bond kind() const noexcept { return kind_; }
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
  [[nodiscard]] const seat_ptr& watcher() const noexcept { return watcher_; }

private:
  seat_ptr watcher_; ///< null: fired or silenced
  seat_ptr watched_;
  std::uint64_t number_;
  bond kind_;
};

} // namespace kraken::actor
