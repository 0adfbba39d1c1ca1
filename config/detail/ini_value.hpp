// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Settings of PHP that are numbers: PHP takes what is none for 0, and says nothing.
#pragma once

#include <string>
#include <string_view>

namespace kraken::config::detail {

/// @return what is wrong; empty: nothing, or nothing is known of a setting of this name
/// @thread any (pure)
[[nodiscard]] std::string ini_fault(std::string_view name, std::string_view value);

} // namespace kraken::config::detail
