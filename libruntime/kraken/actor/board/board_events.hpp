// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The last events of a status board, kept as plain data: most are never read.
#pragma once

#include "kraken/actor/status_board.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace kraken::actor::detail {

/// An event as it happened, but for whose it is. Texts that few have are apart; the record it was
/// made from is not kept: a cause may have a long trace.
struct kept_event {
  /// The phase or generation has changed.
  [[nodiscard]] static kept_event of_change(const model::container_condition& now,
                                            model::phase from);

  std::chrono::system_clock::time_point at = std::chrono::system_clock::now();
  std::uint64_t seq = 0;
  std::uint64_t generation = 0;
  std::uint64_t restarts = 0;
  model::phase from = model::phase::gone;
  model::phase to = model::phase::gone;
  std::unique_ptr<const status_event> rest{}; ///< a note, or a change with a cause or what is next

  [[nodiscard]] status_event whole(const std::string& path) const;
};

/// The last events: number n stands at n % `kept`.
struct board_events {
  /// The path is written over the one that was there: to let go of another container's identity
  /// would touch what was used thousands of events ago.
  struct place {
    std::string path;
    kept_event what;
  };

  std::vector<place> ring;
  std::uint64_t last_seq = 0;
  bool heard = false; ///< somebody subscribes: written under `publishing`, too

  /// @param happened what was kept in its place before, when this returns
  /// @param most     events that are kept
  /// @return its number
  std::uint64_t keep(const std::string& path, kept_event& happened, std::size_t most);
};

} // namespace kraken::actor::detail
