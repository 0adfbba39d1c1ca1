// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where the admin socket is by default.
#include "kraken/base/default_socket.hpp"

#include <catch2/catch.hpp>

TEST_CASE("the default socket depends on the user and XDG_RUNTIME_DIR alone") {
  CHECK(kraken::default_socket(0, "") == "/run/kraken/kraken.sock");
  CHECK(kraken::default_socket(0, "/run/user/0") == "/run/kraken/kraken.sock");
  CHECK(kraken::default_socket(1000, "/run/user/1000") == "/run/user/1000/kraken/kraken.sock");
  CHECK(kraken::default_socket(1000, "") == "/tmp/kraken-1000/kraken.sock");
  CHECK(kraken::default_socket(1000, "run/user") == "/tmp/kraken-1000/kraken.sock");
}
