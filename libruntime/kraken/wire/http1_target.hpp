// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Request targets (RFC 9112 §3.2) and their paths: splitting, percent-decoding and dot
/// segments. Does not route and touches no file system.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace kraken::wire {

/// The pieces of a request target, as views into it.
struct target_parts {
  std::string_view path;      ///< raw; starts with `/`, or is `*`
  std::string_view query;     ///< raw, without `?`
  std::string_view authority; ///< of an absolute target; empty otherwise
  bool absolute = false;
  bool https = false; ///< absolute target with the https scheme
  bool plain = true;  ///< decoding the path would not change it
};

/// Splits and checks a target: origin, absolute and asterisk form; no fragment, no control
/// character; no broken or zero percent escape in the path; no path above the root.
/// @return nothing when the request deserves 400
/// @thread any (pure)
[[nodiscard]] std::optional<target_parts> split_target(std::string_view target) noexcept;

/// Percent-decodes a path and then removes its dot segments and doubled slashes, so that
/// `/a/%2e%2e/b` and `//b` are `/b` for whoever routes on it: they are one file to a file system.
/// @param raw starts with `/`, or is `*`
/// @param out at least `raw.size()` bytes; the result is a view into it
/// @return    nothing for `%zz`, `%00`, a path that climbs above the root, or a short `out`
/// @thread    any (pure)      @cost O(n), no allocation
[[nodiscard]] std::optional<std::string_view> decode_path(std::string_view raw,
                                                          std::span<char> out) noexcept;

/// True for `host`, `host:port`, `[ipv6]`, `[ipv6]:port`: not empty, no user information.
/// @thread any (pure)
[[nodiscard]] bool is_authority(std::string_view text) noexcept;

} // namespace kraken::wire
