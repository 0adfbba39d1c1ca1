// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Streams to clients that read slowly: what the socket does not take waits in a file, in order and
/// within bounds.
#include "front_fixture.hpp"

#include <csignal>
#include <string>

#include <sys/resource.h>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace kraken;
using namespace kraken::containers;
using namespace kraken::containers::test;

namespace {

constexpr std::size_t part_bytes = 256U << 10U;
constexpr std::size_t much = 128; // parts: more than any socket holds

front_settings spooling(std::uint64_t each, std::uint64_t all, std::string directory = "/tmp") {
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN)); // as the daemon does
  front_settings out;
  out.spool_directory = std::move(directory);
  out.spool_max = each;
  out.spool_all_max = all;
  return out;
}

/// One part per turn, as from a worker, each of its own letter.
/// @return parts that were given before the client was too slow
std::size_t give(front_fixture& f, net::exchange& to, std::size_t most) {
  for (std::size_t given = 0; given < most; ++given) {
    if (f.on.call([&] {
          if (!f.sink.abandoned.empty()) {
            return true; // the client is gone, and `to` with it
          }
          to.stream_part(std::string(part_bytes, static_cast<char>('a' + given % 26)));
          return to.congested();
        })) {
      return given + 1;
    }
  }
  return most;
}

void expect_parts(const std::string& body, std::size_t parts) {
  REQUIRE(body.size() == parts * part_bytes);
  for (std::size_t part = 0; part < parts; ++part) {
    const auto letter = static_cast<char>('a' + part % 26);
    REQUIRE(body.find_first_not_of(letter, part * part_bytes) >= (part + 1) * part_bytes);
  }
}

} // namespace

TEST_CASE("a slow client keeps nobody waiting and gets everything, then what it asked for next") {
  front_fixture f{spooling(1U << 30U, 1U << 30U)};
  auto client = f.connect();
  const std::string version = GENERATE(as<std::string>{}, "1.0", "1.1");
  CAPTURE(version);
  REQUIRE(client.send("GET /s HTTP/" + version + "\r\nHost: h\r\n\r\n" + get("/fixed")));
  const auto seen = f.request(1);
  f.on.call([&] { scripted_sink::begin_stream(*seen.from); });
  CHECK(give(f, *seen.from, much) == much);
  f.on.call([&] { seen.from->stream_ended(); });
  CHECK(f.on.call([&] { return f.made->counters()->spooled_bytes.get(); }) > 0);
  expect_parts(client.response().body, much);
  if (version == "1.1") {
    CHECK(client.response().body == "fixed");
  }
  client.close();
  CHECK(f.nobody_connected());
  CHECK(f.on.call([&] { return f.made->counters()->spool_bytes.get(); }) == 0);
  CHECK(f.on.call([&] { return f.sink.resumed; }) == 0);
}

TEST_CASE("a whole answer leaves the memory when its client is slow") {
  front_fixture f{spooling(1U << 30U, 1U << 30U)};
  const bool keeps = GENERATE(true, false);
  const std::string body(32U << 20U, 'x');
  auto client = f.connect();
  REQUIRE(client.send(get("/a", keeps ? "" : "Connection: close\r\n")));
  f.answer(1, body);
  const auto& counters = *f.made->counters();
  REQUIRE(f.on.eventually([&] { return counters.spool_bytes.get() > 0; }));
  if (keeps) {
    REQUIRE(client.send(get("/fixed")));
  }
  CHECK(client.response().body == body);
  if (keeps) {
    CHECK(client.response().body == "fixed");
    client.close();
  } else {
    CHECK(client.read_to_end().empty());
    client.close();
  }
  CHECK(f.nobody_connected());
  CHECK(counters.spool_bytes.get() == 0);
  CHECK(counters.client_gone.get() == 0);
}

TEST_CASE("a whole answer stays in memory for a client that reads, and beyond the bound") {
  const bool reads = GENERATE(true, false);
  front_fixture f{spooling(reads ? 1U << 30U : 1U << 20U, 1U << 30U)};
  const std::string body(32U << 20U, 'x');
  auto client = f.connect();
  REQUIRE(client.send(get("/a") + get("/fixed")));
  f.answer(1, body);
  if (!reads) {
    const auto until = f.on.call([&] { return f.on.loop().now(); }) + limits::http_slow_client * 2;
    REQUIRE(f.on.eventually([&] { return f.on.loop().now() > until; }));
  }
  CHECK(client.response().body == body);
  CHECK(client.response().body == "fixed");
  CHECK(f.made->counters()->spooled_bytes.get() == 0);
}

TEST_CASE("a slow client that goes leaves nothing of its answer behind") {
  front_fixture f{spooling(1U << 30U, 1U << 30U)};
  auto client = f.connect();
  REQUIRE(client.send(get("/a")));
  f.answer(1, std::string(32U << 20U, 'x'));
  const auto& counters = *f.made->counters();
  REQUIRE(f.on.eventually([&] { return counters.spool_bytes.get() > 0; }));
  SECTION("by itself") {
    client.reset();
  }
  SECTION("with its front") {
    f.on.call([&] { f.made->close_all(); });
  }
  REQUIRE(f.nobody_connected());
  CHECK(counters.spool_bytes.get() == 0);
}

TEST_CASE("beyond its bound a stream waits for its client, and goes on") {
  const bool shared = GENERATE(false, true);
  front_fixture f{shared ? spooling(1U << 30U, 2U << 20U) : spooling(2U << 20U, 1U << 30U)};
  auto client = f.connect();
  REQUIRE(client.send(get("/s")));
  const auto seen = f.request(1);
  f.on.call([&] { scripted_sink::begin_stream(*seen.from); });
  const auto given = give(f, *seen.from, much);
  REQUIRE(given < much);
  const auto held = f.on.call([&] { return f.made->counters()->spool_bytes.get(); });
  CHECK((held >= 2 << 20 && held < 3 << 20));
  std::string body;
  while (f.on.call([&] { return f.sink.resumed; }) == 0) {
    REQUIRE(client.read_more() == raw_end::data);
    body += client.taken();
  }
  f.on.call([&] {
    seen.from->stream_part("the end");
    seen.from->stream_ended();
  });
  REQUIRE(client.expect("7\r\nthe end\r\n0\r\n\r\n"));
  CHECK(f.on.call([&] { return f.made->counters()->spool_bytes.get(); }) == 0);
}

TEST_CASE("without a place for files a stream waits for its client") {
  front_fixture f{spooling(1U << 30U, 1U << 30U, "/nowhere/at/all")};
  auto client = f.connect();
  REQUIRE(client.send(get("/s") + get("/fixed")));
  const auto seen = f.request(1);
  f.on.call([&] { scripted_sink::begin_stream(*seen.from); });
  const auto given = give(f, *seen.from, much);
  REQUIRE(given < much);
  f.on.call([&] { seen.from->stream_ended(); });
  expect_parts(client.response().body, given);
  CHECK(client.response().body == "fixed");
  CHECK(f.on.call([&] { return f.made->counters()->spooled_bytes.get(); }) == 0);
}

TEST_CASE("a disk that is full keeps what it has, and the stream waits for its client") {
  static_cast<void>(std::signal(SIGXFSZ, SIG_IGN)); // as the daemon does
  front_fixture f{spooling(1U << 30U, 1U << 30U)};
  auto client = f.connect();
  REQUIRE(client.send(get("/s") + get("/fixed")));
  const auto seen = f.request(1);
  f.on.call([&] { scripted_sink::begin_stream(*seen.from); });
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit full{5 * part_bytes / 2, before.rlim_max}; // in the middle of a part
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &full) == 0);
  const auto given = give(f, *seen.from, much);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  REQUIRE(given < much);
  CHECK(f.on.call([&] { return f.made->counters()->spool_bytes.get(); }) == 5 * part_bytes / 2);
  f.on.call([&] {
    seen.from->stream_part(std::string(part_bytes, static_cast<char>('a' + given % 26)));
    seen.from->stream_ended();
  });
  expect_parts(client.response().body, given + 1);
  CHECK(client.response().body == "fixed");
  CHECK(f.on.call([&] { return f.made->counters()->spool_bytes.get(); }) == 0);
}

TEST_CASE("a client that leaves takes its file along") {
  front_fixture f{spooling(1U << 30U, 1U << 30U)};
  auto client = f.connect();
  REQUIRE(client.send(get("/s")));
  const auto seen = f.request(1);
  f.on.call([&] { scripted_sink::begin_stream(*seen.from); });
  CHECK(give(f, *seen.from, much) == much);
  const bool ended = GENERATE(false, true);
  if (ended) {
    f.on.call([&] { seen.from->stream_ended(); });
  }
  client.close();
  CHECK(f.nobody_connected());
  CHECK(f.on.call([&] { return f.sink.abandoned.size(); }) == (ended ? 0 : 1));
  CHECK(f.on.call([&] { return f.made->counters()->client_gone.get(); }) == 1);
  CHECK(f.on.call([&] { return f.made->counters()->spool_bytes.get(); }) == 0);
}

TEST_CASE("a client that reads nothing loses what waits for it after the write time") {
  auto settings = spooling(1U << 30U, 1U << 30U);
  settings.write_timeout = 100ms;
  front_fixture f{settings};
  auto client = f.connect();
  REQUIRE(client.send(get("/s")));
  const auto seen = f.request(1);
  f.on.call([&] { scripted_sink::begin_stream(*seen.from); });
  static_cast<void>(give(f, *seen.from, much)); // a slow machine may cut it off before the end
  CHECK(f.nobody_connected());
  CHECK(f.on.call([&] { return f.sink.abandoned.size(); }) == 1);
  CHECK(f.on.call([&] { return f.made->counters()->spool_bytes.get(); }) == 0);
}

TEST_CASE("of a stream that breaks off all that was made of it is sent") {
  front_fixture f{spooling(1U << 30U, 1U << 30U)};
  auto client = f.connect();
  REQUIRE(client.send(get("/s")));
  const auto seen = f.request(1);
  f.on.call([&] { scripted_sink::begin_stream(*seen.from); });
  CHECK(give(f, *seen.from, much) == much);
  f.on.call([&] { seen.from->stream_broken(); });
  const auto all = client.read_to_end();
  CHECK(all.size() > much * part_bytes);
  CHECK(all.find("0\r\n\r\n", all.size() - 5) == std::string::npos);
  client.close();
  CHECK(f.nobody_connected());
}
