// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Following of events and log lines by clients that come, read slowly and go.
#include "containers/admin/event_streams.hpp"

#include "../fake_exchange.hpp"
#include "board_record.hpp"
#include "support/loop_thread.hpp"

#include <catch2/catch.hpp>

using namespace kraken;
using namespace kraken::containers;
using namespace kraken::containers::test;
using model::phase;

namespace {

class followed {
public:
  followed() {
    on.call([&] { streams = std::make_unique<event_streams>(on.loop(), board, logs); });
  }

  ~followed() {
    on.call([&] { streams.reset(); });
  }

  void happens(const std::string& alias, phase at) {
    board.publish(board_record("", alias, at), ++rank);
  }

  void writes(const std::string& path, std::string_view line) {
    logs.at(path)->add(
        process::output_stream::err, line, std::chrono::steady_clock::now(), [](const auto&) {});
  }

  [[nodiscard]] bool has(const fake_exchange& client, std::string_view text) {
    return on.eventually([&] { return client.text.find(text) != std::string::npos; });
  }

  test_support::loop_thread on;
  actor::status_board board;
  process::log_board logs;
  std::unique_ptr<event_streams> streams;
  std::uint64_t rank = 0;
};

} // namespace

TEST_CASE("logs of destroyed containers are kept for a while, not for ever") {
  followed f;
  const auto destroyed = [&f](const std::string& path) {
    f.writes(path, "last words");
    f.happens(path, phase::ready);
    f.happens(path, phase::gone);
  };
  destroyed("first");
  f.happens("stays", phase::ready);
  f.writes("stays", "words");
  CHECK(f.logs.find("first") != nullptr);
  for (std::size_t i = 0; i < limits::logs_of_gone; ++i) {
    destroyed("job" + std::to_string(i));
  }
  CHECK(f.logs.find("first") == nullptr);
  CHECK(f.logs.find("job0") != nullptr);
  CHECK(f.logs.find("stays") != nullptr);
}

TEST_CASE("a follower of events gets those it has not seen, then new ones") {
  followed f;
  f.happens("a", phase::starting);
  f.happens("a", phase::ready);
  fake_exchange client;
  f.on.call([&] { f.streams->follow_events(client, {}, 1); });
  CHECK(client.streaming_begun);
  REQUIRE(f.has(client, "id: 2\nevent: container_ready\ndata: {"));
  CHECK(client.text.find("id: 1\n") == std::string::npos);
  f.happens("b", phase::ready);
  REQUIRE(f.has(client, "id: 3\n"));
  CHECK(client.text.ends_with("\n\n"));
  f.on.call([&] { f.streams->end_all(); });
  CHECK(client.ends == 1);
  f.happens("b", phase::gone);
  f.on.call([] {});
  CHECK(client.late_calls == 0);
}

TEST_CASE("a follower that has seen more than there is starts anew") {
  followed f;
  f.happens("a", phase::ready);
  f.writes("a", "line");
  fake_exchange events;
  fake_exchange lines;
  f.on.call([&] {
    f.streams->follow_events(events, {}, 500); // of the daemon before this one
    f.streams->follow_logs(lines, {{"a"}, {}}, 500);
  });
  CHECK(f.has(events, "id: 1\n"));
  CHECK(f.has(lines, "id: 1\n"));
  f.on.call([&] { f.streams->end_all(); });
}

TEST_CASE("a follower of logs gets the lines of its containers") {
  followed f;
  f.happens("a", phase::ready);
  f.happens("b", phase::ready);
  f.writes("a", "before");
  fake_exchange client;
  f.on.call([&] { f.streams->follow_logs(client, {{"a"}, {}}, 0); });
  REQUIRE(f.has(client, "before"));
  f.writes("b", "of another");
  f.writes("a", "after");
  REQUIRE(f.has(client, "after"));
  CHECK(client.text.find("of another") == std::string::npos);
  CHECK(client.text.find("\"stderr\"") != std::string::npos);
  f.on.call([&] {
    f.streams->abandon(client);
    client.gone = true;
  });
  f.writes("a", "unheard");
  f.on.call([] {});
  CHECK(client.late_calls == 0);
}

TEST_CASE("a follower that reads slowly is told how much it has missed") {
  followed f;
  f.happens("a", phase::ready);
  fake_exchange client;
  f.on.call([&] { f.streams->follow_logs(client, {{"a"}, {}}, 0); });
  f.writes("a", "first");
  REQUIRE(f.has(client, "first"));
  f.on.call([&] { client.is_congested = true; });
  for (std::size_t i = 0; i < limits::log_ring_lines + 10; ++i) {
    f.writes("a", "one of many");
  }
  f.on.call([] {});
  CHECK(client.text.find("one of many") == std::string::npos);
  f.on.call([&] {
    client.is_congested = false;
    f.streams->resume();
  });
  CHECK(client.text.find("event: gap\ndata: {\"lost\":10}") != std::string::npos);
  CHECK(client.text.find("one of many") != std::string::npos);
  f.on.call([&] { f.streams->end_all(); });
}

TEST_CASE("a note about nobody has no state") {
  actor::status_board board;
  board.note("nobody", "dead_letter", {{"sender", "Main/a"}, {"reason", "no_such"}});
  board.publish(board_record("", "a", phase::ready), 1);
  board.note("a", "dead_letter", {{"reason", "full"}});
  const auto events = board.events_since(0);
  const auto nobody = to_record(events.at(0));
  CHECK(nobody.name == "dead_letter");
  CHECK(nobody.container == "nobody");
  CHECK(nobody.fields == std::vector<std::pair<std::string, std::string>>{{"sender", "Main/a"},
                                                                          {"reason", "no_such"}});
  const auto somebody = to_record(events.at(2));
  CHECK(somebody.fields.front() == std::pair<std::string, std::string>{"state", "started"});
}

TEST_CASE("a follower of some events gets no others, and no gap for them") {
  followed f;
  fake_exchange client;
  f.on.call([&] { f.streams->follow_events(client, {{"b"}, {"container_r*"}}, 0); });
  f.happens("a", phase::ready);
  f.happens("b", phase::starting);
  f.happens("b", phase::ready);
  f.happens("c", phase::ready);
  f.happens("b/kid", phase::ready);
  REQUIRE(f.has(client, "\"b/kid\""));
  CHECK(client.text.find("id: 3\n") != std::string::npos);
  for (const auto* other : {"id: 1\n", "id: 2\n", "id: 4\n", "gap"}) {
    CHECK(client.text.find(other) == std::string::npos);
  }
}

TEST_CASE("a follower of lines gets those of containers that come later, too") {
  followed f;
  f.happens("w1", phase::ready);
  fake_exchange client;
  f.on.call([&] { f.streams->follow_logs(client, {{"w*"}, {}}, 0); });
  f.writes("w1", "first");
  REQUIRE(f.has(client, "first"));
  f.happens("w2", phase::ready);
  f.happens("x", phase::ready);
  f.writes("x", "never");
  f.writes("w2", "second");
  REQUIRE(f.has(client, "second"));
  CHECK(client.text.find("never") == std::string::npos);
}

TEST_CASE("a follower of lines hears who comes again after its log was forgotten") {
  followed f;
  f.happens("x", phase::ready);
  fake_exchange client;
  f.on.call([&] { f.streams->follow_logs(client, {}, 0); });
  f.writes("x", "first");
  REQUIRE(f.has(client, "first"));
  const std::weak_ptr<process::container_log> before = f.logs.find("x");
  f.happens("x", phase::gone);
  for (std::size_t i = 0; i < limits::logs_of_gone; ++i) {
    const auto other = "job" + std::to_string(i);
    f.happens(other, phase::ready);
    f.writes(other, "words");
    f.happens(other, phase::gone);
  }
  REQUIRE(f.logs.find("x") == nullptr);
  f.happens("x", phase::ready);
  f.writes("x", "second");
  REQUIRE(f.has(client, "second"));
  CHECK(f.on.eventually([&] { return before.expired(); })); // nor is it kept for the client
  f.on.call([&] { f.streams->end_all(); });
}
