// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which file an answer names.
#include "containers/http/file_answer.hpp"

#include <catch2/catch.hpp>

using namespace kraken::containers;

TEST_CASE("a file is named by a field of the answer's head, not by its body") {
  CHECK(wished_file("HTTP/1.1 200 OK\r\nA: b\r\nx-SENDFILE:  /a b\r\n\r\nbody") == "/a b");
  CHECK(wished_file("HTTP/1.1 200 OK\r\nX-Accel-Redirect: c\r\n\r\n") == "c");
  CHECK(wished_file("HTTP/1.1 200 OK\r\nX-Sendfile: first\r\nX-Accel-Redirect: c\r\n\r\n") ==
        "first");
  CHECK(wished_file("HTTP/1.1 200 OK\r\nA: b\r\n\r\nX-Sendfile: no\r\n\r\n").empty());
  CHECK(wished_file("HTTP/1.1 200 OK\r\nX-Sendfiles: no\r\n\r\n").empty());
  CHECK(wished_file("").empty());
}
