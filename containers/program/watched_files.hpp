// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which files a program is made from, as its option `watch` has it. Watches nothing itself.
#pragma once

#include "config/pool_options.hpp"
#include "kraken/process/watch/file_pattern.hpp"

#include <span>
#include <string>
#include <vector>

namespace kraken::containers {

/// With `watch: true` the application's files of the project: of the directory with a
/// `composer.json` that the script is in or just below, otherwise of the script's own. Of the
/// packages only what composer writes last, so that an update is one change.
/// @param cwd       working directory; empty: the daemon's
/// @param arguments the first that is no flag of PHP is the script, or a document root; none: the
///                  working directory is meant
/// @return empty when nothing is to be watched
/// @thread any; looks whether some files are there
[[nodiscard]] std::vector<process::file_pattern>
watched_files(const config::watched_paths& wanted,
              const std::string& cwd,
              std::span<const std::string> arguments);

} // namespace kraken::containers
