// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The answer of a worker that has opened a file and passed the descriptor: checked, because a
/// worker may pass anything, and handed on to whoever sends it. Holds and sends nothing.
#pragma once

#include "kraken/base/unique_fd.hpp"
#include "kraken/net/exchange.hpp"
#include "kraken/wire/worker_frame.hpp"

#include <string>

namespace kraken::containers {

/// Ends the request, unless the worker cannot be understood: then nothing is written.
/// @param to       who waits; null: nobody does any more. Set to null before the request ends: the
///                 connection may begin its next one at once
/// @param response with FILE
/// @param passed   what came with it; none: this process had no number free for it
/// @return empty, or why the worker cannot be understood
/// @thread the exchange's
[[nodiscard]] std::string
answer_with_passed(net::exchange*& to, const wire::worker_response& response, unique_fd passed);

} // namespace kraken::containers
