// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Whether the node serves, judged from the status records alone. Asks no container.
#pragma once

#include "kraken/actor/status_board.hpp"

#include <span>
#include <string>

namespace kraken::containers {

/// Why the node is not ready, one line each: `Main/web is starting: w1 is backing_off after ...`.
///
/// The root must be there and ready. Of the others those count that are meant to serve: not
/// stopped, not waiting to be started (their parent is not ready then), not parked. A parked pool
/// counts all the same: nobody answers its requests. Workers never do: their pool says whether
/// enough of them serve.
/// @return empty when the node is ready
/// @thread any (pure)
[[nodiscard]] std::string unready_reasons(std::span<const actor::status_ptr> records);

/// Whether this one counts for that, and is not ready.
/// @thread any (pure)
[[nodiscard]] bool is_unready(const model::container_status& each);

/// Which containers are parked, one line each with what to do: they do not count above.
/// @return empty when there are none
/// @thread any (pure)
[[nodiscard]] std::string parked_ones(std::span<const actor::status_ptr> records);

} // namespace kraken::containers
