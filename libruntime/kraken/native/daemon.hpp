// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A daemon of one's own: the whole of `kraken-runtime` with more native classes. Defined by the
/// library `kraken::daemon`; the other headers of this room do not need it.
#pragma once

#include "kraken/native/container_class.hpp"

namespace kraken::native {

/// Runs the daemon until it is told to stop. Understands the words and flags of `kraken-runtime`.
/// To be the whole of `main`: it takes over signals, the process's children and its end.
/// @param classes what `type: native` and `thread:create` may name
/// @return the exit code
[[nodiscard]] int run_daemon(int argc, char** argv, container_classes classes);

} // namespace kraken::native
