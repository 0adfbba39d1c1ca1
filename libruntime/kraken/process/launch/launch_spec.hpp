// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Everything a program is started with, as plain data. Starts nothing itself.
#pragma once

#include "kraken/base/unique_fd.hpp"
#include "kraken/base/units.hpp"

#include <csignal>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kraken::process {

/// What the child's environment begins with, before `environment_spec::set` is laid over it.
enum class environment_base : std::uint8_t {
  clean,   ///< of the daemon's own: PATH HOME LANG LC_* TZ TMPDIR and KRAKEN_DEBUG
  inherit, ///< all of its own but KRAKEN_* (options of its) and LISTEN_* (sockets given to it)
  empty,   ///< nothing
};

/// The child's environment. When a user is given, HOME, USER and LOGNAME are that user's
/// unless `set` says otherwise. `KRAKEN_LAUNCH` is always set by the launcher.
struct environment_spec {
  environment_base base = environment_base::clean;
  std::map<std::string, std::string> set; ///< added, replacing what `base` gave
};

/// Resource limits; both the soft and the hard limit become the value. Absent: the daemon's own.
/// A limit above the daemon's own hard limit is an error unless the daemon is root.
struct resource_limits {
  std::optional<bytes> core = bytes{0};
  std::optional<bytes> address_space;
  std::optional<std::uint64_t> open_files;
  std::optional<std::uint64_t> open_files_soft; ///< the soft limit only; `open_files` goes first
  std::optional<std::uint64_t> processes; ///< of the child's user in all, as setrlimit(2) counts
};

/// A descriptor the child gets under a number of its own.
struct inherited_fd {
  unique_fd fd;
  int target = -1; ///< 0..1023; 0, 1 or 2 replace the standard stream
};

/// Where standard output or error of the child goes.
enum class output_mode : std::uint8_t {
  pipe,    ///< to a pipe whose reading end is in `child`
  null,    ///< /dev/null
  inherit, ///< where the daemon's own goes
};

/// Whether a child may run as uid 0. Without `allow` a launch that would do so is refused.
enum class superuser : std::uint8_t { refuse, allow };

/// A program and how it is to run. Standard input is /dev/null unless `inherit` replaces it.
/// The child leads its own process group, has no other descriptor than those named here, and
/// default signal dispositions; it gains no privileges by exec and dies with the launching thread.
struct launch_spec {
  std::vector<std::string> argv; ///< program, arguments; no shell; without `/`: searched in PATH
  environment_spec environment;
  std::string directory; ///< working directory; empty: the daemon's own
  std::string user;      ///< name or number; empty: the daemon's own
  std::string group;     ///< name or number; empty: the user's primary group
  superuser root = superuser::refuse;
  resource_limits limits;
  std::vector<inherited_fd> inherit; ///< targets must differ
  output_mode standard_output = output_mode::pipe;
  output_mode standard_error = output_mode::pipe;
  std::uint32_t umask = 027; ///< octal permission bits taken away
  std::optional<int> nice;   ///< -20..19; absent: the daemon's own
  int stop_signal = SIGTERM; ///< asks for an orderly end, before SIGKILL
};

} // namespace kraken::process
