// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Bodies of requests: in memory or in a file, and what is said of those that are too large.
#include "front_fixture.hpp"
#include "kraken/base/spool_file.hpp"

#include <catch2/catch.hpp>

using namespace kraken;
using namespace kraken::containers;
using namespace kraken::containers::test;

namespace {

constexpr std::size_t large = 3 * limits::http_body_memory_bytes;

front_settings spooling(std::string directory = "/tmp") {
  front_settings out;
  out.spool_directory = std::move(directory);
  return out;
}

void take_files(front_fixture& f) {
  f.on.call([&] { f.sink.taken = {.most = 64U << 20U, .as_file = true}; });
}

std::string pattern(std::size_t size) {
  std::string out(size, 'x');
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = static_cast<char>('a' + (i * i + i / 1000) % 26);
  }
  return out;
}

std::string text_in(const net::stored_body& body) {
  std::string out(body.bytes, '?');
  const auto got = body.file ? read_at(*body.file, 0, out) : 0;
  return got && *got == out.size() ? out : std::string{};
}

std::string in_chunks(std::string_view path, std::string_view body) {
  auto out =
      "POST " + std::string{path} + " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (; !body.empty(); body.remove_prefix(std::min<std::size_t>(body.size(), 0x1fff))) {
    const auto part = body.substr(0, 0x1fff);
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", part.size());
    out.append(size).append(part).append("\r\n");
  }
  return out + "0\r\n\r\n";
}

} // namespace

TEST_CASE("a large body reaches a pool that takes files as a file") {
  front_fixture f{spooling()};
  take_files(f);
  auto client = f.connect();
  const auto body = pattern(large);
  const bool chunked = GENERATE(false, true);
  REQUIRE(client.send(chunked ? in_chunks("/up", body) : post("/up", body)));
  auto seen = f.request(1);
  CHECK(seen.path == "/up");
  CHECK(seen.body.empty());
  CHECK(text_in(seen.stored) == body);
  f.answer(1, "ok");
  CHECK(client.response().body == "ok");
  // The next one on the same connection has a body of its own.
  REQUIRE(client.send(post("/small", "abc")));
  seen = f.request(2);
  CHECK(seen.body == "abc");
  CHECK_FALSE(seen.stored.file);
  f.answer(2, "ok");
  CHECK(client.response().body == "ok");
  CHECK(f.made->counters()->bodies_stored.get() == 1);
}

TEST_CASE("bodies for pools that take none stay in memory, and so do small ones") {
  front_fixture f{spooling()};
  auto client = f.connect();
  const auto body = pattern(GENERATE(large, limits::http_body_memory_bytes));
  if (body.size() != large) {
    take_files(f);
  }
  REQUIRE(client.send(post("/", body)));
  const auto seen = f.request(1);
  CHECK(seen.body == body);
  CHECK_FALSE(seen.stored.file);
  f.answer(1, "ok");
  CHECK(client.response().status == 200);
}

TEST_CASE("a body that the pool's workers cannot take is refused by its length alone") {
  auto settings = spooling();
  settings.body_bytes_max = 1U << 30U;
  front_fixture f{settings};
  auto client = f.connect();
  REQUIRE(client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                      "Content-Length: 20000000\r\n\r\n"));
  const auto got = client.response();
  CHECK(got.status == 413);
  CHECK(got.body.find("16M") != std::string::npos);
  CHECK(f.on.call([&] { return f.sink.requests.empty(); }));
}

TEST_CASE("the front's own limit is named, too") {
  auto settings = spooling();
  settings.body_bytes_max = 2U << 20U;
  front_fixture f{settings};
  take_files(f);
  auto client = f.connect();
  REQUIRE(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2097153\r\n\r\n"));
  const auto got = client.response();
  CHECK(got.status == 413);
  CHECK(got.body.find("2M") != std::string::npos);
}

TEST_CASE("a body that cannot be stored is answered 503, and nobody else is hurt") {
  front_fixture f{spooling("/nonexistent/spool")};
  take_files(f);
  auto client = f.connect();
  const bool chunked = GENERATE(false, true);
  REQUIRE(client.send(chunked ? "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                                "50000\r\n" +
                                    std::string(0x50000, 'x')
                              : "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nx"));
  const auto got = client.response();
  CHECK(got.status == 503);
  CHECK_FALSE(got.header("retry-after").empty());
  CHECK(got.header("connection") == "close");
  CHECK(f.made->counters()->bodies_not_stored.get() == 1);
  CHECK(f.on.call([&] { return f.sink.requests.empty(); }));
  auto other = f.connect();
  REQUIRE(other.send(post("/", "small")));
  f.answer(1, "ok");
  CHECK(other.response().status == 200);
}

TEST_CASE("a large body for a fixed answer is taken, and dropped") {
  front_fixture f{spooling()};
  auto client = f.connect();
  REQUIRE(client.send(post("/fixed", pattern(large)) + get("/fixed")));
  CHECK(client.response().body == "fixed");
  CHECK(client.response().body == "fixed");
}
