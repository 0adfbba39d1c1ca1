// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How connections end: clients that go, times that pass, draining, the cap.
#include "front_fixture.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace kraken;
using namespace kraken::containers;
using namespace kraken::containers::test;

namespace {

front_settings short_times() {
  front_settings out;
  out.header_timeout = 100ms;
  out.body_timeout = 100ms;
  out.idle_timeout = 100ms;
  out.write_timeout = 100ms;
  return out;
}

} // namespace

TEST_CASE("a client that is gone while it waits is told to its sink once") {
  front_fixture f;
  auto client = f.connect();
  REQUIRE(client.send(get("/slow")));
  const auto seen = f.request(1);
  client.reset();
  REQUIRE(f.nobody_connected());
  CHECK(f.on.call([&] { return f.sink.abandoned; }) == std::vector{seen.from});
  CHECK(f.made->counters()->client_gone.get() == 1);
}

TEST_CASE("a client that is gone after its answer is told to nobody") {
  front_fixture f;
  auto client = f.connect();
  REQUIRE(client.send(get("/x")));
  f.answer(1, "ok");
  CHECK(client.response().status == 200);
  client.close();
  REQUIRE(f.nobody_connected());
  CHECK(f.on.call([&] { return f.sink.abandoned.empty(); }));
}

TEST_CASE("a front that ends gives up what is under way") {
  front_fixture f;
  auto client = f.connect();
  REQUIRE(client.send(get("/slow")));
  const auto seen = f.request(1);
  f.on.call([&] { f.made->close_all(); });
  CHECK(f.on.call([&] { return f.sink.abandoned; }) == std::vector{seen.from});
  CHECK(client.read_to_end().empty());
}

TEST_CASE("a front that hands over lets go of each connection with its next answer") {
  front_fixture f;
  auto used = f.connect();
  auto idle = f.connect();
  auto streamed = f.connect();
  for (auto* each : {&used, &idle}) {
    REQUIRE(each->send(get("/fixed")));
    CHECK(each->response().header("connection").empty());
  }
  REQUIRE(streamed.send(get("/x")));
  const auto seen = f.request(1);
  f.on.call([&] { scripted_sink::begin_stream(*seen.from); });
  bool left = false;
  f.on.call([&] { f.made->hand_over([&] { left = true; }); });

  REQUIRE(used.send(get("/fixed")));
  CHECK(used.response().header("connection") == "close");
  CHECK(used.read_to_end().empty());
  // What was promised before is kept.
  f.on.call([&] { seen.from->stream_ended(); });
  REQUIRE(streamed.expect("0\r\n\r\n"));
  REQUIRE(streamed.send(get("/fixed")));
  CHECK(streamed.response().header("connection") == "close");
  CHECK(streamed.read_to_end().empty());
  CHECK_FALSE(f.on.call([&] { return left; }));
  for (auto* each : {&used, &idle, &streamed}) {
    each->close();
  }
  REQUIRE(f.nobody_connected());
  CHECK(f.on.eventually([&] { return left; }));
}

TEST_CASE("a drain closes who is idle, not whose request has arrived") {
  front_fixture f;
  auto idle = f.connect();
  auto late = f.connect();
  for (auto* each : {&idle, &late}) {
    REQUIRE(each->send(get("/fixed")));
    CHECK(each->response().status == 200);
  }
  f.on.call([&] { // nothing is read meanwhile
    REQUIRE(late.send(get("/fixed")));
    f.made->drain([] {});
  });
  const auto answer = late.response();
  CHECK(answer.status == 200);
  CHECK(answer.header("connection") == "close");
  CHECK(idle.read_to_end().empty());
  CHECK(f.nobody_connected()); // though neither of the two closes
}

TEST_CASE("a drain answers a request that was read and waits for the client to take answers") {
  front_fixture f;
  const std::string large(16U << 20U, 'a'); // more than the kernel holds for a client
  f.on.call([&] {
    f.sink.at_once = [&](const seen_request& each) { scripted_sink::answer(*each.from, large); };
  });
  auto client = f.connect();
  REQUIRE(client.send(get("/x") + get("/fixed")));
  static_cast<void>(f.request(1));
  f.on.call([&] { f.made->drain([] {}); });
  const auto first = client.response();
  CHECK(first.body.size() == large.size());
  CHECK(first.header("connection").empty());
  const auto second = client.response();
  CHECK(second.body == "fixed");
  CHECK(second.header("connection") == "close");
  CHECK(client.read_to_end().empty());
}

TEST_CASE("a wait for a request ends as the timeouts of now say, not those it began with") {
  front_settings first;
  first.routes = std::make_shared<const route_table>(front_fixture::usual_routes());
  front_fixture f{first};
  auto idle = f.connect();
  REQUIRE(idle.send(get("/fixed")));
  CHECK(idle.response().status == 200);
  auto unused = f.connect();
  REQUIRE(f.on.eventually([&] { return f.made->counters()->connections_open.get() == 2; }));

  auto changed = first;
  SECTION("of an idle connection") {
    changed.idle_timeout = 50ms;
    f.on.call([&] { f.made->update(changed); });
    CHECK(idle.read_to_end().empty());
    CHECK(idle.end() == raw_end::closed);
    REQUIRE(unused.send(get("/fixed")));
    CHECK(unused.response().status == 200);
  }
  SECTION("of one that has not been used yet") {
    changed.header_timeout = 50ms;
    f.on.call([&] { f.made->update(changed); });
    CHECK(unused.read_to_end().empty());
    CHECK(unused.end() == raw_end::closed);
    REQUIRE(idle.send(get("/fixed")));
    CHECK(idle.response().status == 200);
  }
  SECTION("also when they are longer again") {
    auto shorter = first;
    shorter.idle_timeout = 200ms;
    changed.header_timeout = 300ms;
    f.on.call([&] {
      f.made->update(shorter);
      f.made->update(changed);
    });
    CHECK(unused.read_to_end().empty()); // later than the idle one would have been closed
    REQUIRE(idle.send(get("/fixed")));
    CHECK(idle.response().status == 200);
  }
}

TEST_CASE("a client that stops sending still gets the answers that need no worker") {
  front_fixture f;
  auto client = f.connect();
  REQUIRE(client.send(get("/fixed") + get("/fixed")));
  client.shut_sending();
  CHECK(client.response().body == "fixed");
  CHECK(client.response().body == "fixed");
  CHECK(client.read_to_end().empty());
  CHECK(client.end() == raw_end::closed);
}

TEST_CASE("a client that closes while a sink has its request is gone, with all it sent") {
  front_fixture f;
  auto client = f.connect();
  // So much behind it that the front does not read on.
  const bool reads_no_more = GENERATE(false, true);
  std::string behind;
  while (reads_no_more && behind.size() < (96U << 10U)) {
    behind += get("/fixed");
  }
  REQUIRE(client.send(get("/a")));
  static_cast<void>(f.request(1));
  REQUIRE(client.send(behind + get("/b")));
  CHECK(f.on.call([&] { return f.sink.abandoned.empty(); }));
  client.shut_sending();
  REQUIRE(f.on.eventually([&] { return f.sink.abandoned.size() == 1; }));
  CHECK(f.on.call([&] { return f.sink.requests.size() == 1; }));
  CHECK(client.read_to_end().empty());
}

TEST_CASE("a client that closes in the middle of a stream is gone") {
  front_fixture f;
  auto client = f.connect();
  REQUIRE(client.send(get("/a")));
  const auto seen = f.request(1);
  f.on.call([&] {
    scripted_sink::begin_stream(*seen.from);
    seen.from->stream_part("part");
  });
  REQUIRE(client.expect("part"));
  client.shut_sending();
  REQUIRE(f.on.eventually([&] { return f.sink.abandoned.size() == 1; }));
  CHECK(client.read_to_end().find("0\r\n") == std::string::npos); // no last chunk
}

TEST_CASE("an unfinished request whose client stops sending ends the connection") {
  front_fixture f;
  auto client = f.connect();
  REQUIRE(client.send(GENERATE(as<std::string>{},
                               "",
                               "GET / HT",
                               "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc")));
  client.shut_sending();
  CHECK(client.read_to_end().empty());
  CHECK(client.end() == raw_end::closed);
  CHECK(f.on.call([&] { return f.sink.requests.empty(); }));
}

TEST_CASE("a request that takes too long is answered 408") {
  front_fixture f{short_times()};
  auto client = f.connect();
  REQUIRE(client.send(GENERATE(as<std::string>{},
                               "GET / HT",
                               "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc")));
  const auto got = client.response();
  CHECK(got.status == 408);
  CHECK(got.header("connection") == "close");
  CHECK(client.read_to_end().empty());
}

TEST_CASE("a connection without a request is closed in silence") {
  front_fixture f{short_times()};
  auto client = f.connect();
  if (GENERATE(false, true)) {
    REQUIRE(client.send(get("/fixed")));
    CHECK(client.response().status == 200);
  }
  CHECK(client.read_to_end().empty());
  CHECK(client.end() == raw_end::closed);
}

TEST_CASE("waiting for an answer has no time limit of the front") {
  front_fixture f{short_times()};
  auto client = f.connect();
  REQUIRE(client.send(get("/slow")));
  static_cast<void>(f.request(1));
  const auto until = f.on.call([&] { return f.on.loop().now(); }) + 250ms;
  REQUIRE(f.on.eventually([&] { return f.on.loop().now() > until; }));
  f.answer(1, "late");
  CHECK(client.response().body == "late");
}

TEST_CASE("draining closes idle connections and lets busy ones finish") {
  front_fixture f;
  auto idle = f.connect();
  REQUIRE(idle.send(get("/fixed")));
  CHECK(idle.response().status == 200);
  auto busy = f.connect();
  REQUIRE(busy.send(get("/slow") + get("/fixed")));
  static_cast<void>(f.request(1));
  auto streaming = f.connect();
  REQUIRE(streaming.send(get("/stream")));
  const auto stream = f.request(2);
  f.on.call([&] { scripted_sink::begin_stream(*stream.from); });
  REQUIRE(streaming.expect("\r\n\r\n"));

  std::promise<void> drained;
  f.on.call([&] { f.made->drain([&] { drained.set_value(); }); });
  CHECK(idle.read_to_end().empty());
  f.answer(1, "done");
  const auto got = busy.response();
  CHECK(got.body == "done");
  CHECK(got.header("connection") == "close");
  CHECK(busy.read_to_end().empty());
  // Its head said nothing of the end: it ends all the same.
  f.on.call([&] { stream.from->stream_ended(); });
  CHECK(streaming.expect("0\r\n\r\n"));
  CHECK(streaming.read_to_end().empty());
  CHECK(streaming.end() == raw_end::closed);
  busy.close();
  idle.close();
  streaming.close();
  CHECK(drained.get_future().wait_for(patience) == std::future_status::ready);
  CHECK_FALSE([&] {
    auto late = f.connect();
    return late.connected();
  }());
}

TEST_CASE("a front that ends in a hurry answers whoever waits") {
  front_fixture f;
  auto idle = f.connect();
  REQUIRE(idle.send(get("/fixed")));
  CHECK(idle.response().status == 200);
  auto waits = f.connect();
  REQUIRE(waits.send(get("/slow") + get("/fixed")));
  static_cast<void>(f.request(1));
  auto streaming = f.connect();
  REQUIRE(streaming.send(get("/stream")));
  const auto stream = f.request(2);
  f.on.call([&] { scripted_sink::begin_stream(*stream.from); });
  REQUIRE(streaming.expect("\r\n\r\n"));
  auto uploads = f.connect();
  REQUIRE(uploads.send("POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc"));
  auto begins = f.connect();
  REQUIRE(begins.send("GET / HT"));
  REQUIRE(f.on.eventually([&] { return f.made->counters()->connections_open.get() == 5; }));

  std::promise<void> drained;
  f.on.call([&] { f.made->drain([] { FAIL("nobody waits for this any more"); }); });
  f.on.call([&] { f.made->refuse_all([&] { drained.set_value(); }); });
  CHECK(idle.read_to_end().empty());
  for (auto* each : {&waits, &uploads, &begins}) {
    const auto got = each->response();
    CHECK(got.status == 503);
    CHECK(got.header("connection") == "close");
    CHECK(each->read_to_end().empty());
    CHECK(each->end() == raw_end::closed);
  }
  CHECK(streaming.read_to_end().empty()); // no last chunk
  CHECK(f.on.call([&] { return f.sink.abandoned.size(); }) == 2);
  for (auto* each : {&idle, &waits, &streaming, &uploads, &begins}) {
    each->close();
  }
  CHECK(drained.get_future().wait_for(patience) == std::future_status::ready);
}

TEST_CASE("an empty front is drained at once") {
  front_fixture f;
  std::promise<void> drained;
  f.on.call([&] { f.made->drain([&] { drained.set_value(); }); });
  CHECK(drained.get_future().wait_for(patience) == std::future_status::ready);
}

TEST_CASE("connections above the cap are closed at once, and counted") {
  front_settings settings;
  settings.connections_max = 2;
  front_fixture f{settings};
  auto first = f.connect();
  auto second = f.connect();
  REQUIRE(f.on.eventually([&] { return f.made->counters()->connections_open.get() == 2; }));
  auto third = f.connect();
  CHECK(third.read_to_end().empty());
  CHECK(f.made->counters()->connections_refused.get() == 1);
  first.close();
  REQUIRE(f.on.eventually([&] { return f.made->counters()->connections_open.get() == 1; }));
  auto fourth = f.connect();
  REQUIRE(fourth.send(get("/fixed")));
  CHECK(fourth.response().status == 200);
}

TEST_CASE("with an answer for one too many, the oldest without work gives way") {
  front_settings settings;
  settings.connections_max = 3;
  settings.too_many = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nfull";
  front_fixture f{settings};
  const auto open = [&] { return f.made->counters()->connections_open.get(); };
  auto works = f.connect();
  REQUIRE(works.send(get("/pool")));
  REQUIRE(f.on.eventually([&] { return f.sink.requests.size() == 1; }));
  auto half = f.connect();
  REQUIRE(half.send("GET /half HT"));
  REQUIRE(f.on.eventually([&] { return open() == 2; }));
  auto idle = f.connect();
  REQUIRE(f.on.eventually([&] { return open() == 3; }));
  auto second = f.connect();
  CHECK(half.read_to_end().empty());
  REQUIRE(second.send(get("/pool")));
  REQUIRE(f.on.eventually([&] { return f.sink.requests.size() == 2; }));
  auto third = f.connect();
  CHECK(idle.read_to_end().empty());
  REQUIRE(third.send(get("/pool")));
  REQUIRE(f.on.eventually([&] { return f.sink.requests.size() == 3; }));
  auto refused = f.connect();
  CHECK(refused.read_to_end() == settings.too_many);
  CHECK(f.made->counters()->connections_refused.get() == 1);
  f.on.call([&] { scripted_sink::answer(*f.sink.requests[0].from, "done"); });
  CHECK(works.response().body == "done");
}
