// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A body on its way from memory to a file.
#include "containers/http/request_body.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace kraken;
using kraken::containers::request_body;

namespace {

const std::string usual = "/tmp";

std::string text_in(const net::stored_body& body) {
  std::string out(body.bytes + 1, '?');
  const auto got = read_at(*body.file, 0, out);
  REQUIRE(got);
  out.resize(*got);
  return out;
}

} // namespace

TEST_CASE("a small body stays in memory, and one without a directory, too") {
  request_body body;
  const bool small = GENERATE(true, false);
  const std::string text(small ? 100 : 101, 'x');
  body.begin(small ? &usual : nullptr, 100);
  CHECK(body.append(text.substr(0, 60)));
  CHECK(body.append(text.substr(60)));
  CHECK(body.finish());
  CHECK_FALSE(body.stored());
  CHECK(body.view() == text);
  CHECK(body.size() == text.size());
  body.clear();
  CHECK(body.size() == 0);
}

TEST_CASE("a large body is in a file, whatever its parts were") {
  const std::size_t part = GENERATE(1U, 7'000U, 100'000U, 300'000U);
  std::string text(300'000, 'x');
  for (std::size_t i = 0; i < text.size(); ++i) {
    text[i] = static_cast<char>('a' + i * i % 23);
  }
  request_body body;
  body.begin(&usual, 1'000);
  for (std::size_t at = 0; at < text.size(); at += part) {
    REQUIRE(body.append(std::string_view{text}.substr(at, part)));
    CHECK(body.size() == std::min(text.size(), at + part));
  }
  REQUIRE(body.finish());
  REQUIRE(body.stored());
  const auto stored = body.store();
  REQUIRE(stored);
  CHECK(stored->bytes == text.size());
  body.clear(); // who has taken it keeps it
  CHECK(text_in(*stored) == text);
}

TEST_CASE("a body that is known to be large never waits in memory") {
  request_body body;
  body.begin(&usual, 0);
  REQUIRE(body.append("x"));
  REQUIRE(body.finish());
  CHECK(body.stored());
  CHECK(body.size() == 1);
}

TEST_CASE("a body without a place is an error at its first byte too many") {
  const std::string nowhere = "/nonexistent/spool";
  request_body body;
  body.begin(&nowhere, 2);
  CHECK(body.append("ab"));
  CHECK(body.append("c").error().code == errc::system_error);
}
