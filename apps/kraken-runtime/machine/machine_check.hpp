// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a configuration asks of the machine and does not get: programs, scripts, directories,
/// users. Said before anything is started, at the place where it is written.
#pragma once

#include "config/loader.hpp"

#include <cstdint>

namespace kraken::runtime {

/// Cores this process may use; at least 1.
/// @thread any
[[nodiscard]] std::uint32_t usable_cores();

/// Notes what keeps the program of a container from being started. A container that is not started
/// with the daemon (`autostart: false`) may have its program later, so it is not looked at.
/// @thread any; reads the file system and the account database
void check_machine(const model::child_spec& spec,
                   const config::node& written,
                   const std::string& path,
                   std::vector<config::config_error>& errors);

} // namespace kraken::runtime
