// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One line of Apache's combined log format, escaped as Apache does it, so that every tool which
/// reads such logs reads ours. Takes the time as it is to be shown; writes nowhere.
#pragma once

#include "kraken/wire/byte_buffer.hpp"

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace kraken::wire {

/// What the line tells of a request.
struct combined_entry {
  std::string_view remote;                 ///< address without port; empty: `-`
  std::optional<std::string_view> user;    ///< as the client says; absent: `-`
  std::tm at{};                            ///< of the request, with `tm_gmtoff`
  std::string_view request;                ///< its first line; empty: `-`
  int status = 0;                          ///< 100..999
  std::uint64_t bytes = 0;                 ///< of the body that was sent; 0: `-`
  std::optional<std::string_view> referer; ///< absent: `-`
  std::optional<std::string_view> agent;   ///< absent: `-`
};

/// `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"` and a line end. `%l` is always `-`.
/// @thread any (pure)
void append_combined_line(byte_buffer& out, const combined_entry& entry) noexcept;

/// As Apache escapes what clients send: `"` and `\` with a backslash, the usual control characters
/// as in C, every other byte that is not printable ASCII as `\xhh`. No content can end its field or
/// its line, or drive a terminal.
/// @thread any (pure)
void append_log_escaped(byte_buffer& out, std::string_view text) noexcept;

/// The user that a client says it is by basic authorization (RFC 7617); nobody has checked it. What
/// is behind the colon, the password, is not looked at.
/// @param field value of `Authorization`
/// @return nothing for another scheme, for what is no base64, and without a colon
/// @thread any (pure)
[[nodiscard]] std::optional<std::string> basic_user(std::string_view field);

} // namespace kraken::wire
