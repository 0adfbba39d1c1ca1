// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Listen addresses: what is read, what is refused, what is printed.
#include "kraken/net/address.hpp"

#include <catch2/catch.hpp>

using kraken::net::address;

TEST_CASE("an address is read and printed back") {
  const auto [text, shown] = GENERATE(table<const char*, const char*>({
      {"127.0.0.1:8888", "127.0.0.1:8888"},
      {":80", "0.0.0.0:80"},
      {"*:80", "0.0.0.0:80"},
      {"localhost:1", "127.0.0.1:1"},
      {"[::1]:443", "[::1]:443"},
      {"unix:/run/x.sock", "unix:/run/x.sock"},
      {"fd:3", "fd:3"},
  }));
  CAPTURE(text);
  const auto read = address::parse(text);
  REQUIRE(read);
  CHECK(read->text() == shown);
}

TEST_CASE("a bad address is an error that names it") {
  const auto* text = GENERATE("",
                              "8888",
                              "host.example:80",
                              "1.2.3.4:70000",
                              "1.2.3.4:x",
                              "1.2.3.4:",
                              "unix:",
                              "fd:0",
                              "fd:x",
                              "300.1.1.1:80");
  CAPTURE(text);
  const auto read = address::parse(text);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == kraken::errc::invalid_argument);
  CHECK(read.error().context.find("'" + std::string{text} + "'") != std::string::npos);
}

TEST_CASE("a socket path longer than the kernel takes is refused") {
  CHECK_FALSE(address::parse("unix:/" + std::string(107, 'x')));
  CHECK(address::parse("unix:/" + std::string(106, 'x')));
}
