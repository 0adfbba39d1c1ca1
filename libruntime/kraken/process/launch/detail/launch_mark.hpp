// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The text that tells one launch from all others.
#pragma once

#include <string>

namespace kraken::process::detail {

/// Unique on this machine while its boot lasts. All marks of one process have one length: a forked
/// child writes its own over its template's.
/// @thread any
[[nodiscard]] std::string new_launch_mark();

} // namespace kraken::process::detail
