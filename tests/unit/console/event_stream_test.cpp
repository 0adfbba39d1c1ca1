// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Server-sent events written and put together again from any pieces.
#include "console/event_stream.hpp"

#include <catch2/catch.hpp>

namespace console = kraken::console;

TEST_CASE("events read back however they are cut") {
  const std::string bytes = console::stream_text({17, "container_failed", R"({"id":17})"}) +
                            std::string{console::stream_heartbeat()} +
                            console::stream_text({18, "log", "two\nlines"});
  const auto step = GENERATE(as<std::size_t>{}, 1, 2, 3, 7, 1000);
  console::stream_reader reader;
  std::vector<console::stream_event> events;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    auto some = reader.take(std::string_view{bytes}.substr(at, step));
    REQUIRE(some);
    events.insert(events.end(), some->begin(), some->end());
  }
  REQUIRE(events.size() == 2);
  CHECK(events[0].id == 17);
  CHECK(events[0].name == "container_failed");
  CHECK(events[0].data == R"({"id":17})");
  CHECK(events[1].data == "two\nlines");
}

TEST_CASE("all line ends, comments and unknown fields are understood") {
  console::stream_reader reader;
  const auto events = reader.take(
      ": hello\r\nretry: 5\r\nid:3\revent: a\ndata:x\r\rdata\r\n\r\nevent: no data\n\n");
  REQUIRE(events);
  REQUIRE(events->size() == 2);
  CHECK(events->at(0).id == 3);
  CHECK(events->at(0).name == "a");
  CHECK(events->at(0).data == "x");
  CHECK(events->at(1).name == "message");
  CHECK(events->at(1).data.empty());
}

TEST_CASE("an event without end is refused") {
  console::stream_reader reader;
  const std::string piece(console::stream_reader::event_bytes_max, 'x');
  CHECK(reader.take(piece));
  CHECK(reader.take("x").error().code == kraken::errc::limit_exceeded);
}
