// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What makes a process unfit to be forked: other threads, which the child would not have, and
/// sockets, which all children would share; and objects that may have one. Refuses nothing itself.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace kraken::php {

/// @param known descriptors that are no hazard
/// @return sentences without a full stop, joined by "; "; empty when there is none
[[nodiscard]] std::string fork_hazards(std::span<const int> known);

/// A sentence without its end for each object of a class that holds a connection or an open
/// database.
[[nodiscard]] std::vector<std::string> open_handles();

/// From here on remembers which line of PHP opened a socket or made such an object, for the two
/// above. Once, after PHP has started.
void remember_openers() noexcept;

/// Whatever is opened or made from here on is the process's own affair.
void forget_openers() noexcept;

} // namespace kraken::php
