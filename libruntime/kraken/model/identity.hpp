// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Whom a container's process runs as, and what of it those get that the container makes. Names
/// only: which users there are the process room knows.
#pragma once

#include "kraken/base/result.hpp"

#include <cstdint>
#include <string>

namespace kraken::model {

/// Whether a process may run as root.
enum class root_rights : std::uint8_t { refused, allowed };

/// As definitions say it. All of it as it is by default: nobody is named.
struct identity {
  std::string user;  ///< name or number; empty: the daemon's own
  std::string group; ///< name or number; empty: the user's primary one
  root_rights root = root_rights::refused;

  friend bool operator==(const identity&, const identity&) = default;
};

/// Whom a container runs as that another container made at run time: as its creator, which also
/// says whether that may be root. It may name its creator's user and group, as they are written
/// there, and no other.
/// @param asked what its own definition says; its `root` asks for nothing
/// @error errc::permission_denied naming both
/// @thread any (pure)
[[nodiscard]] result<identity> inherit(const identity& creator, const identity& asked);

} // namespace kraken::model
