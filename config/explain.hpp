// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A configuration shown: every option with its value and who gave it, or all values as JSON.
/// Secrets are never shown.
#pragma once

#include "config/loader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kraken::config {

/// One option as it is in force.
struct explained_option {
  std::string path;  ///< `web.queue.timeout`
  std::string value; ///< as it would be written
  std::string from;  ///< `default`, `kraken.yaml:12:7`, `KRAKEN_WEB_SIZE`, `--set`
};

/// Every option, in the order of the tables.
/// @param below only this option or those below it; empty: all
/// @thread any (pure)
[[nodiscard]] std::vector<explained_option> explain_options(const configuration& from,
                                                            std::string_view below);

/// The same as lines: path, value and origin in columns. Empty when nothing is called `below`.
[[nodiscard]] std::string explain(const configuration& from, std::string_view below);

/// The error for an option nobody knows; names the nearest one.
/// @error errc::not_found
[[nodiscard]] error unknown_option(const configuration& from, std::string_view wanted);

/// All options of daemon and tree as one JSON object.
[[nodiscard]] std::string to_json(const configuration& from);

} // namespace kraken::config
