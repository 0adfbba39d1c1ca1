// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where to listen: `host:port`, `:port`, `[v6]:port`, `unix:/path`, `fd:3`. Resolves numeric hosts
/// and `localhost` only: a listener must not depend on a name server.
#pragma once

#include "kraken/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include <sys/socket.h>

namespace kraken::net {

struct address {
  enum class family : std::uint8_t { ip, unix_path, inherited };

  family kind = family::ip;
  std::string host;       ///< ip: numeric; empty: every address
  std::uint16_t port = 0; ///< ip: 0 picks a free one
  std::string path;       ///< unix_path
  int fd = -1;            ///< inherited

  /// @error errc::invalid_argument naming the text
  [[nodiscard]] static result<address> parse(std::string_view text);

  [[nodiscard]] std::string text() const;

  friend bool operator==(const address&, const address&) = default;
};

/// `ip:port` of a peer, as workers and logs are told; empty for unix sockets.
[[nodiscard]] std::string to_text(const sockaddr_storage& peer);

} // namespace kraken::net
