// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Two definitions compared option by option, for people. What a change leads to is
/// model/topology_diff's.
#pragma once

#include "config/daemon_options.hpp"
#include "kraken/model/child_spec.hpp"

#include <string>
#include <vector>

namespace kraken::config {

/// One option that differs.
struct option_change {
  std::string option; ///< `size.max`, `env.PATH`
  std::string from;   ///< as it is written; `(secret)` where it may not be shown
  std::string to;
};

/// What differs between two definitions of one container, in the order of the reference page;
/// the children are not looked at.
/// @thread any (pure)
[[nodiscard]] std::vector<option_change> differences(const model::child_spec& from,
                                                     const model::child_spec& to);

/// What differs between two sets of the daemon's own options.
[[nodiscard]] std::vector<option_change> differences(const daemon_options& from,
                                                     const daemon_options& to);

} // namespace kraken::config
