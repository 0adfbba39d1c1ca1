// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The pipe a program's output comes by.
#pragma once

#include "kraken/base/unique_fd.hpp"

namespace kraken::process::detail {

/// Both ends close on exec; only the reading one does not block: the program must find one that
/// does.
/// @return false: errno says why
/// @thread any
[[nodiscard]] bool open_output_pipe(unique_fd& reading, unique_fd& writing) noexcept;

} // namespace kraken::process::detail
