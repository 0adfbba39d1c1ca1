// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Fewer mappings for a process that is about to be forked often: a fork copies each, the end of a
/// process takes each apart. Knows nothing of PHP.
#pragma once

#include "own_mappings.hpp"

#include <span>
#include <vector>

namespace kraken::php {

/// Which mappings can be made one by giving all of them the rights of code: those of one file, side
/// by side in memory and in the file, code among them and nothing that may be written.
/// @param all in the order of their addresses
/// @return    a mapping for each such row of two or more, with `rights` "r-xp"
[[nodiscard]] std::vector<own_mapping> joinable(std::span<const own_mapping> all);

/// Makes one mapping of the three that a library's file has for what nobody writes: its tables, its
/// code and its constants. These become executable by that, as they were in every library until
/// linkers began to part them; nothing becomes writable. What must not be changed (systemd's
/// `MemoryDenyWriteExecute=`, SELinux) stays as it is. Source: decision 0047.
void join_mappings();

} // namespace kraken::php
