// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Dead letters as the API shows them: those that are asked for. Keeps none.
#pragma once

#include "console/api_json.hpp"
#include "kraken/actor/dead_letters.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace kraken::containers {

/// Kept dead letters, oldest first.
/// @param to     alias or glob of targets (model::is_part_of); empty: all
/// @param reason name of a dead_reason; empty: all
/// @param most   newest ones kept when there are more
/// @thread any
[[nodiscard]] std::vector<console::letter_record> letter_records(const actor::dead_letters& from,
                                                                 std::string_view to,
                                                                 std::string_view reason,
                                                                 std::uint64_t most);

} // namespace kraken::containers
