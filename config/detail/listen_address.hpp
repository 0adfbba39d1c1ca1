// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Addresses to listen on and to connect to, and hosts of routes, as far as a configuration can be
/// wrong about them. Private to the room; `net` reads them for use.
#pragma once

#include <string>
#include <string_view>

namespace kraken::config::detail {

/// What is wrong with the path of a unix socket, which Linux allows few bytes; empty: nothing.
[[nodiscard]] std::string socket_path_fault(std::string_view path);

/// What is wrong with the text of an address; empty: nothing.
[[nodiscard]] std::string address_fault(std::string_view text);

/// What is wrong with the host that a route asks for; empty: nothing.
[[nodiscard]] std::string route_host_fault(std::string_view host);

/// What is wrong with an address that a probe connects to, `host:port`; empty: nothing.
[[nodiscard]] std::string peer_fault(std::string_view text);

/// The same of `http://host:port/path`, also without scheme or path.
[[nodiscard]] std::string http_peer_fault(std::string_view text);

/// Whether listening on both fails: same path, or same port where one host covers the other.
[[nodiscard]] bool same_address(std::string_view a, std::string_view b);

} // namespace kraken::config::detail
