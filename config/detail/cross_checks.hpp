// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What only the whole configuration shows: routes to pools, addresses, ids, users. Private to the
/// room; changes nothing.
#pragma once

#include "config/loader.hpp"

#include <string>
#include <vector>

namespace kraken::config::detail {

/// Notes every mistake that is not one of reading over again: where something could not be read,
/// what follows from that is not told.
/// @param document the one `from` was read from
/// @param asked    for `who` and `machine`
/// @param errors   those of reading, and more
/// @param warnings gets what can be meant, but hardly is
void cross_check(const configuration& from,
                 const node& document,
                 const load_request& asked,
                 std::vector<config_error>& errors,
                 std::vector<std::string>& warnings);

} // namespace kraken::config::detail
