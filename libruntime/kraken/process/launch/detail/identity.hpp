// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Accounts by name: which uid and gid a child gets. Changes nothing.
#pragma once

#include "kraken/base/result.hpp"

#include <string>
#include <vector>

#include <sys/types.h>

namespace kraken::process::detail {

/// Whom a child runs as.
struct identity {
  uid_t uid = 0;
  gid_t gid = 0;
  std::string name; ///< empty for a number without an account
  std::string home; ///< likewise
  /// All the account's groups, `gid` among them; those of the daemon's own account are not looked
  /// up.
  std::vector<gid_t> groups{};
};

/// Looks up accounts.
/// @param user  name or number; empty: the daemon's own
/// @param group name or number; empty: the user's primary group
/// @error errc::not_found naming the user or group
/// @cost  reads the account database, which may be a network service: blocks
[[nodiscard]] result<identity> find_identity(const std::string& user, const std::string& group);

} // namespace kraken::process::detail
