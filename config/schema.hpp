// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The JSON Schema of `kraken.yaml`, made from the option tables.
#pragma once

#include <string>

namespace kraken::config {

/// Draft 2020-12, for editors and other checkers. Cross checks (routes to pools ...) are not in
/// it: `kraken config:validate` does them.
/// @thread any (pure)
[[nodiscard]] std::string json_schema();

} // namespace kraken::config
