// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How this process becomes a worker of the daemon: by the descriptors its environment names.
#pragma once

#include "carrier.hpp"
#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"

#include <optional>

namespace kraken::php {

/// Takes the descriptor a variable names, and the variable out of the environment: a program the
/// script starts must not take it for its own.
/// @return nothing when the variable names no open descriptor
[[nodiscard]] std::optional<unique_fd> take_descriptor(const char* variable);

/// Says HELLO on the descriptor of KRAKEN_FD and waits for the answer.
/// @error errc::not_found there is none; as `daemon_link::greet`
[[nodiscard]] result<void> join_daemon(carrier& serving);

} // namespace kraken::php
