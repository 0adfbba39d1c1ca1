// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Reading of requests and order of answers on real connections.
#include "front_fixture.hpp"

#include <catch2/catch.hpp>

using namespace kraken;
using namespace kraken::containers;
using namespace kraken::containers::test;

TEST_CASE("a connection is kept for the next request") {
  front_fixture f;
  auto client = f.connect();
  for (std::size_t n = 1; n <= 3; ++n) {
    REQUIRE(client.send(get("/n")));
    f.answer(n, "answer " + std::to_string(n));
    const auto got = client.response();
    CHECK(got.status == 200);
    CHECK(got.body == "answer " + std::to_string(n));
    CHECK(got.header("connection").empty());
  }
  CHECK(f.made->counters()->connections_accepted.get() == 1);
  CHECK(f.made->counters()->requests.get() == 3);
  CHECK(f.made->counters()->responses[2].get() == 3);
}

TEST_CASE("pipelined requests are answered in order, one at a time") {
  front_fixture f;
  auto client = f.connect();
  REQUIRE(client.send(get("/fixed") + get("/a") + get("/fixed") + post("/b", "body") + get("/c") +
                      get("/fixed")));
  CHECK(client.response().body == "fixed");
  CHECK(f.request(1).path == "/a");
  CHECK(f.on.call([&] { return f.sink.requests.size(); }) == 1);
  f.answer(1, "A");
  CHECK(client.response().body == "A");
  CHECK(client.response().body == "fixed");
  CHECK(f.request(2).body == "body");
  f.answer(2, "B");
  CHECK(client.response().body == "B");
  f.answer(3, "C");
  CHECK(client.response().body == "C");
  CHECK(client.response().body == "fixed");
}

TEST_CASE("a sink may answer inside submit") {
  front_fixture f;
  f.on.call([&] {
    f.sink.at_once = [](const seen_request& r) { scripted_sink::answer(*r.from, r.path); };
  });
  auto client = f.connect();
  std::string all;
  for (int i = 0; i < 200; ++i) {
    all += i % 3 == 0 ? get("/fixed") : post("/p" + std::to_string(i), std::string(700, 'x'));
  }
  REQUIRE(client.send(all));
  for (int i = 0; i < 200; ++i) {
    CHECK(client.response().body == (i % 3 == 0 ? "fixed" : "/p" + std::to_string(i)));
  }
}

TEST_CASE("how a request is cut into packets changes nothing") {
  front_fixture f;
  f.on.call([&] {
    f.sink.at_once = [](const seen_request& r) {
      scripted_sink::answer(*r.from, r.method + r.path + r.body);
    };
  });
  const auto text = post("/one%20two", "abc") +
                    "PUT /chunks HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n" +
                    get("/fixed");
  auto client = f.connect();
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    // What follows is sent only when the first part has been read: the next answer waits for it.
    INFO("cut at " << cut);
    const auto read_before = f.made->counters()->requests.get();
    REQUIRE(client.send(text.substr(0, cut)));
    f.on.call([] {});
    REQUIRE(client.send(text.substr(cut)));
    CHECK(client.response().body == "POST/one twoabc");
    CHECK(client.response().body == "PUT/chunksabcde");
    CHECK(client.response().body == "fixed");
    CHECK(f.made->counters()->requests.get() == read_before + 3);
  }
}

TEST_CASE("a body over the limit is refused before any worker is bothered") {
  front_settings settings;
  settings.body_bytes_max = 100;
  front_fixture f{settings};
  auto client = f.connect();
  const auto [name, request] = GENERATE(table<std::string, std::string>(
      {{"length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n"},
       {"expected",
        "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
        "Content-Length: 101\r\n\r\n"},
       {"chunked",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n" +
            std::string(100, 'x') + "\r\n1\r\nx\r\n"}}));
  CAPTURE(name);
  REQUIRE(client.send(request));
  const auto got = client.response();
  CHECK(got.status == 413);
  CHECK(got.header("connection") == "close");
  CHECK(client.read_to_end().empty());
  CHECK(client.end() == raw_end::closed);
  CHECK(f.on.call([&] { return f.sink.requests.empty(); }));
}

TEST_CASE("a body of exactly the limit is taken") {
  front_settings settings;
  settings.body_bytes_max = 100;
  front_fixture f{settings};
  auto client = f.connect();
  REQUIRE(client.send(post("/", std::string(100, 'x'))));
  f.answer(1, "ok");
  CHECK(client.response().body == "ok");
}

TEST_CASE("a client that expects it is told to continue, once, and only if it waits") {
  front_fixture f;
  auto client = f.connect();
  const std::string head =
      "POST /u HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
  REQUIRE(client.send(head));
  CHECK(client.response().status == 100);
  REQUIRE(client.send("data"));
  CHECK(f.request(1).body == "data");
  f.answer(1, "ok");
  CHECK(client.response().status == 200);
  REQUIRE(client.send(head + "data"));
  f.answer(2, "ok");
  CHECK(client.response().status == 200);
}

TEST_CASE("an unreadable request is answered 400 and ends the connection") {
  front_fixture f;
  auto client = f.connect();
  REQUIRE(
      client.send(get("/fixed") + "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + get("/fixed")));
  CHECK(client.response().status == 200);
  const auto got = client.response();
  CHECK(got.status == 400);
  CHECK(got.header("connection") == "close");
  CHECK(client.read_to_end().empty());
  CHECK(f.made->counters()->malformed.get() == 1);
}

TEST_CASE("no route is 404, no method 405, no pool 503, and the connection goes on") {
  front_settings settings;
  auto routes = front_fixture::usual_routes();
  routes[0].methods = {"GET"};
  routes[1].path = "/pool";
  routes.push_back({});
  routes.back().path = "/gone";
  routes.back().to = "gone";
  settings.routes = std::make_shared<const route_table>(routes);
  front_fixture f{settings};
  auto client = f.connect();
  REQUIRE(client.send(get("/nowhere") + "DELETE /fixed HTTP/1.1\r\nHost: h\r\n\r\n" + get("/gone") +
                      get("/fixed")));
  CHECK(client.response().status == 404);
  CHECK(client.response().status == 405);
  const auto gone = client.response();
  CHECK(gone.status == 503);
  CHECK(gone.header("retry-after") == "1");
  CHECK(client.response().status == 200);
  // What follows an unwanted body cannot be told: it is not read.
  REQUIRE(client.send(post("/nowhere", "body") + get("/fixed")));
  const auto unwanted = client.response();
  CHECK(unwanted.status == 404);
  CHECK(unwanted.header("connection") == "close");
  CHECK(client.read_to_end().empty());
}

TEST_CASE("HTTP/1.0 keeps the connection only when asked to") {
  front_fixture f;
  auto client = f.connect();
  REQUIRE(client.send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  f.answer(1, "one");
  const auto kept = client.response();
  CHECK(kept.body == "one");
  CHECK(kept.header("connection") == "keep-alive");
  REQUIRE(client.send("GET /x HTTP/1.0\r\n\r\n"));
  f.answer(2, "two");
  const auto last = client.response();
  CHECK(last.body == "two");
  CHECK(last.header("connection") == "close");
  CHECK(client.read_to_end().empty());
}

TEST_CASE("HEAD gets the head of the answer and the connection goes on") {
  front_fixture f;
  auto client = f.connect();
  REQUIRE(client.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n"));
  f.answer(1, "four");
  const auto head = client.response_to_head();
  CHECK(head.status == 200);
  CHECK(head.header("content-length") == "4");
  REQUIRE(client.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n" + get("/fixed")));
  const auto seen = f.request(2);
  f.on.call([&] {
    scripted_sink::begin_stream(*seen.from);
    seen.from->stream_part("not to be sent");
    seen.from->stream_ended();
  });
  CHECK(client.response_to_head().status == 200);
  CHECK(client.response().body == "fixed");
}

TEST_CASE("a client that asks for it gets the last answer and the end") {
  front_fixture f;
  auto client = f.connect();
  REQUIRE(client.send(get("/x", "Connection: close\r\n") + get("/fixed")));
  f.answer(1, "last");
  const auto got = client.response();
  CHECK(got.body == "last");
  CHECK(got.header("connection") == "close");
  CHECK(client.read_to_end().empty());
  CHECK(f.made->counters()->requests.get() == 1);
}

TEST_CASE("a client that pipelines without reading or waiting is not read without bound") {
  front_fixture f;
  auto client = f.connect();
  // Many small answers from the front itself, or one outstanding at a pool.
  const bool pooled = GENERATE(false, true);
  std::string some;
  while (some.size() < 64U << 10U) {
    some += pooled ? get("/x") : get("/fixed");
  }
  REQUIRE(client.send(some));
  const auto taken_in_all = [&] {
    std::size_t sum = some.size();
    std::size_t taken = 1;
    // The kernel's own buffers are filled, then nothing more is taken: the loop has turned idle.
    for (int idle = 0; idle < 6 && sum < 40U << 20U;) {
      taken = client.send_what_fits(some);
      sum += taken;
      idle = taken == 0 ? idle + 1 : 0;
      const auto until = f.on.call([&] { return f.on.loop().now(); }) + milliseconds{2};
      static_cast<void>(f.on.eventually([&] { return f.on.loop().now() > until; }));
    }
    return sum;
  }();
  CHECK(taken_in_all < 40U << 20U);
}
