// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The symbolic links that decide where a path leads: those in it and those in their targets, each
/// where it really is. Watches nothing.
#pragma once

#include <string>
#include <vector>

namespace kraken::process {

/// An entry of a directory.
struct link_place {
  std::string directory; ///< absolute, no part of it a link; `/` is empty
  std::string name;
};

/// @param path absolute
/// @return in the order in which they are met, at most `limits::watch_links_max`. Where one leads
/// to
///         nothing, the entry that is missing is the last.
/// @thread any   @cost a system call for each part of the path
[[nodiscard]] std::vector<link_place> link_chain(const std::string& path);

} // namespace kraken::process
