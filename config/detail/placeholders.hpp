// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Placeholders in values: `%env.X%`, `%inherited.x%`, `%alias%` ... Private to the room.
#pragma once

#include "config/document.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace kraken::config::detail {

/// What placeholders stand for besides what the document itself says.
struct placeholder_values {
  const std::map<std::string, std::string>* environment = nullptr;
  std::function<std::string(const place&)> basepath; ///< directory of the file of a value
};

/// Replaces the placeholders in every value, and takes `vars` and `context` out of the document.
///
///   %env.NAME%  %env.NAME|otherwise%   a variable of the daemon's environment
///   %vars.name%                        of the map `vars` on the top level
///   %inherited.name%                   of the `context` of the nearest container above that has it
///   %alias% %parent% %path% %name% %runtime%   of the container (`runtime` is its type)
///   %node% %basepath% %localhost%      daemon, directory of the file, 127.0.0.1
///   %%                                 one per cent sign
///
/// Other text between per cent signs stays as it is, unless it is nearly one of these or has a
/// prefix (`%evn.HOME%`).
/// @param errors gets placeholders that stand for nothing, at the place of the value; without a
///               message where only an element with a mistake is used
void fill_placeholders(node& document,
                       const placeholder_values& values,
                       std::vector<config_error>& errors);

} // namespace kraken::config::detail
