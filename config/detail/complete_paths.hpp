// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Names of files in a configuration made absolute: relative to the file they were written in.
/// Looks at no file.
#pragma once

#include "config/loader.hpp"

#include <filesystem>
#include <string>

namespace kraken::config::detail {

/// What a relative name is relative to.
struct relative_names {
  std::filesystem::path directory; ///< absolute; where we are

  /// A relative name in a file is relative to the file, elsewhere to where we are.
  [[nodiscard]] std::string absolute(const std::string& name, const place& at) const;
};

/// Completes every name of a file and the working directories; where none is given it is the
/// directory of the file. Containers with mistakes are completed as far as they were read.
/// @param document what `into` was read from
void complete_paths(configuration& into, const node& document, const relative_names& names);

/// Below `kraken serve TARGET` the pool has the target's `cwd`. What a file or flag says beside it
/// of names relative to `cwd` keeps meaning the folder it is written in. After `complete_paths`.
void unmove_names(configuration& into, const node& document, const relative_names& names);

} // namespace kraken::config::detail
