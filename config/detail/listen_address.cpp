// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The forms of an address: `host:port`, `:port`, `[v6]:port`, `unix:/path`, `fd:N`.
#include "config/detail/listen_address.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include <arpa/inet.h>
#include <sys/un.h>

namespace kraken::config::detail {

namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::string_view fd_prefix = "fd:";
constexpr std::uint32_t port_max = 65'535;

std::optional<std::uint32_t> whole_number(std::string_view text) {
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional{value} : std::nullopt;
}

bool numeric_host(std::string_view host) {
  std::array<unsigned char, sizeof(in6_addr)> ignored{};
  if (host.empty() || host == "localhost") {
    return true;
  }
  if (host.starts_with('[') && host.ends_with(']')) {
    return ::inet_pton(
               AF_INET6, std::string{host.substr(1, host.size() - 2)}.c_str(), ignored.data()) == 1;
  }
  return ::inet_pton(AF_INET, std::string{host}.c_str(), ignored.data()) == 1;
}

struct host_and_port {
  std::string_view host;
  std::string_view port;
};

std::optional<host_and_port> split_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  return host_and_port{text.substr(0, colon), text.substr(colon + 1)};
}

bool can_be_reached(std::string_view text) {
  const auto parts = split_address(text);
  const auto port = parts ? whole_number(parts->port) : std::nullopt;
  return port && *port != 0 && *port <= port_max && numeric_host(parts->host);
}

bool every_host(std::string_view host) {
  return host.empty() || host == "0.0.0.0" || host == "[::]";
}

} // namespace

std::string socket_path_fault(std::string_view path) {
  constexpr std::size_t longest = sizeof(sockaddr_un::sun_path) - 1; // a byte ends it
  return path.size() <= longest
             ? std::string{}
             : "a socket's path has at most " + std::to_string(longest) + " bytes, this one " +
                   std::to_string(path.size()) + ": '" + std::string{path} + "'";
}

std::string address_fault(std::string_view text) {
  const std::string got = "got '" + std::string{text} + "'";
  if (text.starts_with(unix_prefix)) {
    const auto path = text.substr(unix_prefix.size());
    return path.empty() ? "expected unix:/path, " + got : socket_path_fault(path);
  }
  if (text.starts_with(fd_prefix)) {
    return whole_number(text.substr(fd_prefix.size())) ? std::string{} : "expected fd:N, " + got;
  }
  const auto parts = split_address(text);
  if (!parts) {
    return "expected host:port, :port, unix:/path or fd:N, " + got +
           (whole_number(text) ? " (did you mean ':" + std::string{text} + "'?)" : "");
  }
  const auto port = whole_number(parts->port);
  if (!port || *port > port_max) {
    return "expected a port from 0 to 65535, " + got;
  }
  return numeric_host(parts->host)
             ? std::string{}
             : "expected a numeric host, [v6] or localhost before the port, " + got;
}

std::string route_host_fault(std::string_view host) {
  const auto got = ", got '" + std::string{host} + "'";
  if (host.find(':') != std::string_view::npos && !host.starts_with('[')) {
    return "has no port" + got;
  }
  const bool impossible = std::ranges::any_of(host, [](unsigned char c) {
    return c <= ' ' || c == 0x7f ||
           std::string_view{"/?#@\\"}.find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (impossible) {
    return "no request has such a host" + got;
  }
  const auto name = host.starts_with("*.") ? host.substr(2) : host;
  const bool nothing_below = name.empty() && !host.empty();
  if (nothing_below || name.starts_with('.') || name.find('*') != std::string_view::npos) {
    return "expected a name, or `*.` and a name" + got;
  }
  return {};
}

std::string peer_fault(std::string_view text) {
  return can_be_reached(text) ? std::string{}
                              : "expected host:port with a numeric host, [v6] or localhost, got '" +
                                    std::string{text} + "'";
}

std::string http_peer_fault(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  const auto rest = text.starts_with(scheme) ? text.substr(scheme.size()) : text;
  return can_be_reached(rest.substr(0, rest.find('/')))
             ? std::string{}
             : "expected http://host:port/path with a numeric host, [v6] or localhost, got '" +
                   std::string{text} + "'";
}

bool same_address(std::string_view a, std::string_view b) {
  if (a == b) {
    return !a.ends_with(":0"); // port 0 is another one each time
  }
  const auto left = split_address(a);
  const auto right = split_address(b);
  const bool both_ip = left && right && left->host != "unix" && right->host != "unix" &&
                       left->host != "fd" && right->host != "fd";
  return both_ip && left->port == right->port && left->port != "0" &&
         (every_host(left->host) || every_host(right->host));
}

} // namespace kraken::config::detail
