// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The children of this process, and small files of /proc. Ends nobody.
#pragma once

#include "kraken/base/result.hpp"

#include <string>
#include <vector>

#include <sys/types.h>

namespace kraken::process::detail {

/// Those that have not been reaped, orphans that were re-parented to this process included.
/// @error errc::system_error without /proc
/// @cost  reads one small file per process of the machine
[[nodiscard]] result<std::vector<pid_t>> own_children();

/// @error errc::system_error, also when the process it tells of has ended
[[nodiscard]] result<std::string> read_proc_file(const std::string& path);

} // namespace kraken::process::detail
