// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The answer to a recursive start: success when everything it reached is ready, the first failure
/// at once. Whoever has a part to do holds it; knows no container.
#pragma once

#include "kraken/actor/detail/pending_reply.hpp"

#include <string>

namespace kraken::actor {

/// What is handed down. Letting go of it says "done here"; when the last one does, `to` is answered
/// with `text`. An answer given to it before that is the answer.
[[nodiscard]] reply_to gather(reply_to to, std::string text);

/// For one who waits for a container: a failure answers the whole, success only lets go of it.
[[nodiscard]] reply_to part_of(const reply_to& whole);

} // namespace kraken::actor
