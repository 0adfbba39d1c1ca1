// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Reading and printing of listen addresses.
#include "kraken/net/address.hpp"

#include <array>
#include <charconv>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace kraken::net {

namespace {

template <class Number>
bool read_whole(std::string_view text, Number& out) {
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, out);
  return parsed.ec == std::errc{} && parsed.ptr == end && !text.empty();
}

bool numeric_host(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> ignored{};
  return host.empty() || ::inet_pton(AF_INET, host.c_str(), ignored.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), ignored.data()) == 1;
}

tl::unexpected<error> bad_address(std::string_view text, std::string_view why) {
  return fail(errc::invalid_argument,
              "listen address '" + std::string{text} + "': " + std::string{why} +
                  " (expected host:port, :port, unix:/path or fd:N)");
}

} // namespace

result<address> address::parse(std::string_view text) {
  address out;
  if (text.starts_with("unix:")) {
    out.kind = family::unix_path;
    out.path = text.substr(5);
    if (out.path.empty() || out.path.size() > 107) {
      return bad_address(text, "a socket path has 1 to 107 bytes");
    }
    return out;
  }
  if (text.starts_with("fd:")) {
    out.kind = family::inherited;
    if (!read_whole(text.substr(3), out.fd) || out.fd < 3) {
      return bad_address(text, "a descriptor number is 3 or more");
    }
    return out;
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return bad_address(text, "no port");
  }
  if (!read_whole(text.substr(colon + 1), out.port)) {
    return bad_address(text, "a port is 0 to 65535");
  }
  out.host = text.substr(0, colon);
  if (out.host.size() >= 2 && out.host.front() == '[' && out.host.back() == ']') {
    out.host = out.host.substr(1, out.host.size() - 2);
  }
  if (out.host == "localhost") {
    out.host = "127.0.0.1";
  }
  if (out.host == "*") {
    out.host.clear();
  }
  if (!numeric_host(out.host)) {
    return bad_address(text, "the host is no numeric address");
  }
  return out;
}

std::string address::text() const {
  switch (kind) {
  case family::unix_path:
    return "unix:" + path;
  case family::inherited:
    return "fd:" + std::to_string(fd);
  case family::ip:
    break;
  }
  const auto shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return (shown.empty() ? "0.0.0.0" : shown) + ":" + std::to_string(port);
}

std::string to_text(const sockaddr_storage& peer) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (peer.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return std::string{text.data()} + ":" + std::to_string(ntohs(v4.sin_port));
  }
  if (peer.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    return "[" + std::string{text.data()} + "]:" + std::to_string(ntohs(v6.sin6_port));
  }
  return {};
}

} // namespace kraken::net
