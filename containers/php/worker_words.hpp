// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a worker says in LOG frames, as lines for people. Pure; writes no log.
#pragma once

#include "kraken/wire/worker_frame.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kraken::containers {

/// One thing a worker said.
struct worker_words {
  std::string_view level; ///< empty: stray output of the program, not a message of its own
  std::vector<std::string> lines;
};

/// The message with its context as `message key=value ...`; what the program printed while no one
/// expected it line by line.
/// @thread any (pure)
[[nodiscard]] worker_words words_of(const wire::worker_log& said);

} // namespace kraken::containers
