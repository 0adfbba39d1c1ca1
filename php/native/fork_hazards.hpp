// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What makes a process unfit to be forked: other threads, which the child would not have, and
/// sockets, which all children would share. Looks; changes nothing.
#pragma once

#include <span>
#include <string>

namespace kraken::php {

/// @param known descriptors that are no hazard
/// @return sentences without a full stop, joined by "; "; empty when there is none
[[nodiscard]] std::string fork_hazards(std::span<const int> known);

/// From here on remembers which line of PHP opened a socket, for `fork_hazards`.
void remember_openers() noexcept;

/// Sockets may be opened.
void forget_openers() noexcept;

} // namespace kraken::php
