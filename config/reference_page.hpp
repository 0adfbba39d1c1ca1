// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Pages about options made from their tables: the reference, and the first file of a user.
#pragma once

#include <string>

namespace kraken::config {

/// Markdown of docs/reference/options.md.
/// @thread any (pure)
[[nodiscard]] std::string reference_page();

/// The file that `kraken config:init` writes: the default topology with comments. Loads as it
/// is beside a worker.php.
[[nodiscard]] std::string init_template();

} // namespace kraken::config
