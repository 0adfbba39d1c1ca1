// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What only the whole configuration shows: routes to pools, addresses, ids, users. Private to the
/// room; changes nothing.
#pragma once

#include "config/loader.hpp"

#include <vector>

namespace kraken::config::detail {

/// Notes every mistake. @param document the one `from` was read from
void cross_check(const configuration& from,
                 const node& document,
                 run_as who,
                 std::vector<config_error>& errors);

} // namespace kraken::config::detail
