// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// From the words of `serve` to what the daemon is started with: reads files, starts nothing.
#pragma once

#include "apps/kraken-runtime/daemon.hpp"
#include "config/loader.hpp"

namespace kraken::runtime {

/// Reads the configuration and what it names.
/// @error errc::invalid_argument with every fault found
[[nodiscard]] result<daemon_plan> make_plan(const config::load_request& request);

/// Warnings about the configuration, into the log.
void log_warnings(const daemon_plan& plan);

/// What `kraken serve TARGET` takes the target for, into the log.
void log_choice(const daemon_plan& plan);

} // namespace kraken::runtime
