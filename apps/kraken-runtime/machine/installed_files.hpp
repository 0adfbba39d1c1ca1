// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where the files that belong to the daemon are: beside it, installed or built.
#pragma once

#include <string>

namespace kraken::runtime {

/// The directory of the PHP package; where it would be installed when there is none.
/// @thread any; reads the file system
[[nodiscard]] std::string find_package();

/// Our own PHP: beside the daemon, wherever PATH has it otherwise.
/// @thread any; reads the file system
[[nodiscard]] std::string find_native_program();

} // namespace kraken::runtime
