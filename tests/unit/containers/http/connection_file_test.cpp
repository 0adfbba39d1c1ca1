// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Answers that are files: behind their head, before the next answer, to clients of any speed.
#include "front_fixture.hpp"

#include <csignal>
#include <cstdio>
#include <string>

#include <unistd.h>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace kraken;
using namespace kraken::containers;
using namespace kraken::containers::test;

namespace {

/// A file without a name whose bytes tell where they are.
unique_fd file_of(std::size_t bytes) {
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN)); // as the daemon does
  std::FILE* const made = std::tmpfile();
  REQUIRE(made != nullptr);
  std::string text(bytes, ' ');
  for (std::size_t at = 0; at < bytes; ++at) {
    text[at] = static_cast<char>('a' + at / 1024 % 26);
  }
  REQUIRE(std::fwrite(text.data(), 1, bytes, made) == bytes);
  REQUIRE(std::fflush(made) == 0);
  unique_fd out{::dup(::fileno(made))};
  std::fclose(made);
  return out;
}

void answer_with(front_fixture& f,
                 std::size_t request,
                 unique_fd file,
                 std::uint64_t at,
                 std::uint64_t count,
                 std::uint64_t said = 0) {
  const auto seen = f.request(request);
  f.on.call([&] {
    auto& to = *seen.from;
    wire::response_writer writer{to.output(), to.context()};
    writer.begin(200);
    static_cast<void>(writer.end_with_length(said != 0 ? said : count));
    to.answered_with_file(200, writer.after(), {std::move(file), at, said != 0 ? said : count});
  });
}

} // namespace

TEST_CASE("a part of a file is a body, and the connection goes on") {
  front_fixture f;
  auto client = f.connect();
  REQUIRE(client.send(get("/f") + get("/fixed") + get("/g")));
  answer_with(f, 1, file_of(10'000), 1023, 3);
  CHECK(client.response().body == "abb");
  CHECK(client.response().body == "fixed");
  answer_with(f, 2, file_of(10'000), 0, 10'000);
  CHECK(client.response().body.size() == 10'000);
  CHECK(f.on.call([&] { return f.sink.abandoned.empty(); }));
}

TEST_CASE("a slow client gets all of a large file, then what it asked for next") {
  front_fixture f;
  auto client = f.connect();
  REQUIRE(client.send(get("/f") + get("/fixed")));
  constexpr std::size_t large = 24U << 20U;
  answer_with(f, 1, file_of(large), 0, large);
  const auto got = client.response();
  REQUIRE(got.body.size() == large);
  for (std::size_t at = 0; at < large; at += 1024) {
    if (got.body[at] != static_cast<char>('a' + at / 1024 % 26)) {
      FAIL("wrong at " << at);
    }
  }
  CHECK(client.response().body == "fixed");
}

TEST_CASE("a client that leaves a file unread is told of and forgotten") {
  front_fixture f;
  auto client = f.connect();
  REQUIRE(client.send(get("/f")));
  answer_with(f, 1, file_of(24U << 20U), 0, 24U << 20U);
  REQUIRE(client.expect("\r\n\r\n"));
  client.close();
  CHECK(f.nobody_connected());
  CHECK(f.on.call([&] { return f.made->counters()->client_gone.get(); }) == 1);
  CHECK(f.on.call([&] { return f.sink.abandoned.empty(); }));
}

TEST_CASE("a client that reads nothing of a file loses it after the write time") {
  front_settings settings;
  settings.write_timeout = 100ms;
  front_fixture f{settings};
  auto client = f.connect();
  REQUIRE(client.send(get("/f")));
  answer_with(f, 1, file_of(24U << 20U), 0, 24U << 20U);
  CHECK(f.nobody_connected());
}

TEST_CASE("a file that is shorter than said breaks off where it ends") {
  front_fixture f;
  auto client = f.connect();
  REQUIRE(client.send(get("/f") + get("/fixed")));
  answer_with(f, 1, file_of(1'000), 0, 1'000, 2'000);
  const auto all = client.read_to_end();
  CHECK(all.find("Content-Length: 2000\r\n") != std::string::npos);
  CHECK(all.substr(all.find("\r\n\r\n") + 4).size() == 1'000);
  client.close();
  CHECK(f.nobody_connected());
}

TEST_CASE("a front that drains sends a file to its end") {
  front_fixture f;
  auto client = f.connect();
  REQUIRE(client.send(get("/f")));
  constexpr std::size_t large = 24U << 20U;
  answer_with(f, 1, file_of(large), 0, large);
  bool drained = false;
  f.on.call([&] { f.made->drain([&] { drained = true; }); });
  CHECK(client.response().body.size() == large);
  CHECK(client.read_to_end().empty());
  client.close();
  CHECK(f.on.eventually([&] { return drained; }));
}
