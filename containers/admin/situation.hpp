// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What goes on below a container while a command about it lasts, as one line. Asks no container.
#pragma once

#include "kraken/actor/status_board.hpp"
#include "kraken/base/clock.hpp"

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

} // namespace kraken::containers
