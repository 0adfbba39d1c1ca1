// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Whether a program could be started as things are now. Starts nothing, and promises nothing:
/// files and accounts may change before the launch.
#pragma once

#include "kraken/process/launch/launch_spec.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::process {

/// What of a launch is in the way.
enum class launch_part : std::uint8_t { program, directory, user, group };

/// Why a launch would fail.
struct launch_obstacle {
  launch_part part = launch_part::program;
  std::string text; ///< `no program 'x' in PATH '...'`
};

/// Why a limit of a launch could not be set.
struct limit_obstacle {
  std::string_view limit; ///< as configurations call it: `nofile`
  std::string text;
};

/// Limits above what the daemon may grant: its own hard ones, if it has no right to raise them, and
/// the kernel's of descriptors.
/// @return empty: nothing that can be told before
/// @thread any; reads the file system
[[nodiscard]] std::vector<limit_obstacle> find_limit_obstacles(const launch_spec& spec);

/// Looks for the program (in the child's PATH, or relative to its directory), the directory, the
/// user and the group, as launch() would, and whether that user could get there.
/// @return everything in the way; empty: nothing that can be told before
/// @thread any; reads the file system and the account database
[[nodiscard]] std::vector<launch_obstacle> find_obstacles(const launch_spec& spec);

/// What keeps the child's user from reading a file, or entering a folder, that is there.
/// @param path as the daemon finds it
/// @return nothing: there is nothing in the way, the child runs as the daemon, or it cannot be told
/// @thread as find_obstacles
[[nodiscard]] std::optional<std::string> find_reading_obstacle(const launch_spec& spec,
                                                               const std::string& path);

} // namespace kraken::process
