// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What people are told beside an answer: what goes on below a container while a command about it
/// lasts, and what became of one that is no longer there. Asks no container.
#pragma once

#include "kraken/actor/status_board.hpp"
#include "kraken/base/clock.hpp"
#include "kraken/base/result.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace kraken::containers {

/// `Main/web: 120 of 300 ready, 8 starting, 172 idle`.
/// @return empty without children
/// @thread any (pure)
[[nodiscard]] std::string situation_text(std::string_view path,
                                         std::span<const actor::status_ptr> children);

/// What a change of a container that began at `since` has reached: `Main/web: 1 of 4 renewed`.
/// @return empty without children
/// @thread any (pure)
[[nodiscard]] std::string
renewal_text(std::string_view path, std::span<const actor::status_ptr> children, time_point since);

/// `Main/migrate ended 20s ago: exit code 3`, of the newest that had this name and is gone.
/// @param wanted path or its last segments
/// @param now    wall clock, as the events have it
/// @return empty when the kept events know of none, or it is there again
/// @thread any
[[nodiscard]] std::string
end_text(const actor::status_board& board,
         std::string_view wanted,
         std::chrono::system_clock::time_point now = std::chrono::system_clock::now());

/// The error for a name that is not there, with its end if it had one.
/// @thread any
[[nodiscard]] error
not_there(const actor::status_board& board, std::string_view wanted, const error& why);

} // namespace kraken::containers
