// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// `kraken doctor`: what is missing or unwise on this machine, and what to do about it. Pure:
/// judges facts that somebody else has gathered.
#pragma once

#include "console/render.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kraken::console {

/// A PHP as it is configured.
struct php_facts {
  std::string version; ///< `8.2.35`
  bool opcache = false;
  bool opcache_enabled = false;
  bool jit = false;
  bool msgpack = false;
  bool xdebug = false;
  std::string time_limit; ///< max_execution_time of its files; empty: none says it
};

enum class directory_state : std::uint8_t {
  absent, ///< the daemon makes it
  ours,   ///< of this user, nobody else may write
  foreign,
  served, ///< of another user, whose daemon lets this one in
  open,   ///< others may write
  shared, ///< as `/tmp`: others may add to it, not touch what is there
};

struct machine_facts {
  std::optional<php_facts> php; ///< the `php` of the command line; nothing: there is none
  /// What `kraken-php --version` says: `8.2.35`, the PHP it was built for. Empty: see below.
  std::string native_version;
  std::string native_failure;          ///< why it does not run; empty and no version: not there
  std::optional<php_facts> native_php; ///< the PHP of kraken-php's own settings
  std::uint64_t open_files = 0;        ///< hard limit, to which the daemon raises its own
  std::uint64_t somaxconn = 0;
  bool pidfd = false;
  bool clone3 = false;
  bool cgroup_unified = false;
  bool cgroup_memory = false;   ///< the memory controller is there for us
  bool cgroup_writable = false; ///< delegated to this user
  std::string socket_directory;
  directory_state socket_state = directory_state::absent;
  bool root = false;
};

enum class severity : std::uint8_t {
  good,
  advice,  ///< works, but not as well as it could
  problem, ///< missing: something will not work
};

struct finding {
  std::string check; ///< one word
  severity level;
  std::string found; ///< a fact
  std::string hint;  ///< what to do; empty when good
};

/// Every check, in an order that does not change.
[[nodiscard]] std::vector<finding> diagnose(const machine_facts& facts);

/// One line for each check, what to do below those that need it.
[[nodiscard]] std::string render_findings(std::span<const finding> findings, const style& look);

/// `[{"check":..,"level":"good|advice|problem","found":..,"hint":..}]`
[[nodiscard]] std::string to_json(std::span<const finding> findings);

[[nodiscard]] std::string_view to_string(severity level) noexcept;

} // namespace kraken::console
