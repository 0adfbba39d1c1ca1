// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The console's reading commands: which request each makes and how its answer is shown.
#pragma once

#include "console/run.hpp"

#include "kraken/base/result.hpp"

namespace kraken::console {

/// What a view came to.
struct view_result {
  int exit_code = 0;
  api_error failed; ///< code `none` when it worked; the hint may be empty
};

/// Carries out a command of `place::view`.
/// @param asked   its `command` is one of them
[[nodiscard]] view_result
show_view(const invocation& asked, api_transport& daemon, surroundings& around);

/// The body of a 200 answer, or the daemon's error with its hint.
struct fetched {
  std::string body;
  api_error failed;
  bool unanswered = false; ///< nobody knows what came of it
};

[[nodiscard]] fetched fetch(api_transport& daemon, const api_question& question);

} // namespace kraken::console
