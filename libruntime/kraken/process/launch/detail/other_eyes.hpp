// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Whether another user could get at a file, judged by permission bits, as of now. Becomes nobody,
/// and says nothing where access lists decide.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace kraken::process::detail {

/// As whom a child looks: it has no other groups.
struct viewer {
  uid_t uid = 0;
  gid_t gid = 0;
  std::string name;            ///< for messages
  std::vector<gid_t> groups{}; ///< others it is in
};

enum class wish : std::uint8_t { enter, run, read };

/// Looks at each folder on the way to what `path` leads to, and at that itself.
/// @param path one that is there; relative: to the working directory
/// @return nothing when there is nothing in the way, or it cannot be told
[[nodiscard]] std::optional<std::string>
in_the_way_of(const viewer& who, const std::string& path, wish what);

} // namespace kraken::process::detail
