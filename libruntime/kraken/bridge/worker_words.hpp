// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a process says in LOG, FATAL and FAIL frames, as lines for people and as a cause. Pure;
/// writes no log.
#pragma once

#include "kraken/actor/incarnation.hpp"
#include "kraken/base/pidfd.hpp"
#include "kraken/model/cause.hpp"
#include "kraken/wire/worker_frame.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kraken::bridge {

/// One thing a worker said.
struct worker_words {
  std::string_view level; ///< empty: stray output of the program, not a message of its own
  std::vector<std::string> lines;
};

/// The message with its context as `message key=value ...`; what the program printed while no one
/// expected it line by line.
/// @thread any (pure)
[[nodiscard]] worker_words words_of(const wire::worker_log& said);

/// The word of a DRAIN.
[[nodiscard]] std::string_view word_of(actor::farewell why) noexcept;

/// What FATAL and FAIL say, as a cause.
/// @thread any (pure)
[[nodiscard]] model::cause cause_of(wire::worker_fatal&& what);

/// Why a program ended: what is known from its own words or from who ended it, completed by how the
/// kernel says it ended. A program cannot tell the code of its own exit.
/// @param known kind `none`: nothing
/// @thread any (pure)
[[nodiscard]] model::cause cause_of(model::cause known, const exit_status& how);

/// The same of a container of its own: an exit is an end with its code, which rules such as
/// `exit:3` match; with 0 it is a normal one. A pool's worker is not to end in a request at all.
/// @thread any (pure)
[[nodiscard]] model::cause cause_of_container(model::cause known, const exit_status& how);

} // namespace kraken::bridge
