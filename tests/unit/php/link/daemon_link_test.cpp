// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The native worker's connection: what it makes of what the daemon says, in any order.
#include "unit/php/link/link_fixture.hpp"

#include <sys/resource.h>

namespace {

using kraken::php::linked;
using event = kraken::php::daemon_link::event;
namespace wire = kraken::wire;

} // namespace

TEST_CASE("it greets, and keeps what came right behind the greeting") {
  linked it;
  wire::byte_buffer out;
  wire::welcome_facts facts;
  facts.alias = "Main/web/w1";
  wire::append_welcome(out, facts);
  it.say(out);
  it.say_request(7, "POST", "/a", "body");
  REQUIRE(it.link.greet("test").has_value());
  REQUIRE(it.heard().front().type == wire::frame_type::hello);
  REQUIRE(it.link.wait() == event::request);
  CHECK(it.link.stream() == 7);
  CHECK(it.link.request().body == "body");
}

TEST_CASE("anything but WELCOME first is refused; so is silence") {
  linked it;
  SECTION("another frame") {
    it.say_request(1);
    CHECK(it.link.greet("test").error().code == kraken::errc::protocol_error);
  }
  SECTION("the end") {
    it.hang_up();
    CHECK(it.link.greet("test").error().code == kraken::errc::unreachable);
  }
}

TEST_CASE("what comes during a request does not move its texts") {
  linked it;
  it.say_request(1, "GET", "/first");
  it.say_request(2, "GET", "/second");
  REQUIRE(it.link.wait() == event::request);
  const auto path = it.link.request().path;
  wire::byte_buffer out;
  wire::append_ping(out, 5);
  it.say(out);
  CHECK_FALSE(it.link.abandoned());
  CHECK(path == "/first");
  it.link.request_done();
  REQUIRE(it.link.wait() == event::request);
  CHECK(it.link.request().path == "/second");
}

TEST_CASE("a request is abandoned by its CANCEL, by no other, and by the end of the daemon") {
  linked it;
  it.say_request(3);
  REQUIRE(it.link.wait() == event::request);
  wire::byte_buffer out;
  wire::append_cancel(out, 2);
  it.say(out);
  CHECK_FALSE(it.link.abandoned());
  SECTION("its own") {
    out.clear();
    wire::append_cancel(out, 3);
    it.say(out);
    CHECK(it.link.abandoned());
    it.link.request_done();
    it.say_request(4);
    REQUIRE(it.link.wait() == event::request);
    CHECK_FALSE(it.link.abandoned());
  }
  SECTION("the end") {
    it.hang_up();
    CHECK(it.link.abandoned());
    it.link.request_done();
    CHECK(it.link.wait() == event::gone);
  }
}

TEST_CASE("a drain during a request ends the wait after it") {
  linked it;
  it.say_request(1);
  REQUIRE(it.link.wait() == event::request);
  wire::byte_buffer out;
  wire::append_drain(out);
  it.say(out);
  CHECK_FALSE(it.link.abandoned());
  it.link.request_done();
  CHECK(it.link.wait() == event::drain);
}

TEST_CASE("pings are answered between requests, nonsense ends the connection") {
  linked it;
  wire::byte_buffer out;
  wire::append_ping(out, 5);
  SECTION("a bad length") {
    out.append(std::string_view{"\0\0\0\1aaaa", 8});
  }
  SECTION("a request that is none") {
    out.append(std::string_view{"\0\0\0\x9\x10\0\0\0\0\0\0\1\xc0", 13});
  }
  it.say(out);
  CHECK(it.link.wait() == event::gone);
  CHECK(it.heard().front().type == wire::frame_type::pong);
  CHECK_FALSE(it.link.complaint().empty());
}

TEST_CASE("a script that speaks for itself is shown whole frames, then the end") {
  linked it;
  CHECK_FALSE(it.link.readable());
  wire::byte_buffer out;
  wire::append_ping(out, 1);
  const auto ping = std::string{out.view()};
  wire::append_drain(out);
  it.say(out);
  CHECK(it.link.readable());
  CHECK(it.link.receive() == ping);
  CHECK(it.link.readable());
  CHECK(it.link.receive().size() == wire::worker_header_bytes);
  CHECK_FALSE(it.link.readable());
  CHECK(it.link.send("abcd"));
  it.hang_up();
  CHECK(it.link.readable());
  CHECK(it.link.receive().empty());
  CHECK_FALSE(it.link.send("abcd"));
}

TEST_CASE("a body in a file is the request's until it is done") {
  linked it;
  it.say_stored(1, "kept in a file", 14);
  it.say_request(2, "GET", "/plain");
  it.say_stored(3, "another", 7);
  REQUIRE(it.link.wait() == event::request);
  CHECK(it.link.request().body.empty());
  CHECK(it.link.request().body_bytes() == 14);
  REQUIRE(it.link.request().file != nullptr);
  std::string text(14, '?');
  CHECK(kraken::read_at(*it.link.request().file, 0, text).value() == 14);
  CHECK(text == "kept in a file");
  it.link.request_done();
  REQUIRE(it.link.wait() == event::request);
  CHECK(it.link.request().file == nullptr);
  CHECK(it.link.request().path == "/plain");
  it.link.request_done();
  REQUIRE(it.link.wait() == event::request);
  CHECK(it.link.request().body_bytes() == 7);
}

TEST_CASE("a body in a file that did not come ends the connection") {
  linked it;
  wire::request_head head;
  wire::request_facts facts;
  facts.head = &head;
  facts.stored_bytes = 5;
  wire::byte_buffer out;
  REQUIRE(wire::append_request_frame(out, 1, facts));
  it.say(out);
  CHECK(it.link.wait() == event::gone);
  CHECK(it.link.complaint().ends_with("or without its body"));
}

TEST_CASE("nobody complains of a daemon that has hung up") {
  linked it;
  it.hang_up();
  CHECK(it.link.wait() == event::gone);
  CHECK(it.link.complaint().empty());
}

namespace {

/// What `say_stored` said, as one frame with its body.
void check_stored(std::string_view bytes, std::uint32_t stream, std::string_view body) {
  wire::worker_frame frame;
  REQUIRE(wire::split_frame(bytes, frame).consumed == bytes.size());
  const auto request = wire::decode_request(frame.payload);
  REQUIRE(request);
  CHECK(frame.stream == stream);
  CHECK(request->path == "/stored");
  CHECK(request->body == body);
  CHECK(request->stored_bytes == 0);
}

} // namespace

TEST_CASE("a script that speaks for itself finds a stored body in its frame, if it fits") {
  linked it;
  const std::string body(70'000, 'x');
  SECTION("it fits") {
    it.say_stored(5, body, body.size());
    check_stored(it.link.receive(), 5, body);
  }
  SECTION("it does not: answered here, and the next frame is shown") {
    it.say_stored(5, "", kraken::limits::frame_bytes_max);
    it.say_request(6, "GET", "/next");
    wire::worker_frame frame;
    REQUIRE(wire::split_frame(it.link.receive(), frame).consumed != 0);
    CHECK(frame.stream == 6);
    const auto said = it.heard();
    REQUIRE(said.size() == 1);
    CHECK(said[0].stream == 5);
    CHECK(wire::decode_response(said[0].payload)->status == 413);
  }
  SECTION("it is shorter than was said") {
    it.say_stored(5, "short", 6);
    CHECK(it.link.receive().empty());
  }
}

TEST_CASE("a descriptor for which there is no number ends the connection") {
  linked it;
  it.say_stored(1, "lost", 4);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{0, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto what = it.link.wait();
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK(what == event::gone);
  CHECK(it.link.complaint().ends_with("no descriptor free"));
}

TEST_CASE("an open request can be had as a frame, with a stored body in it") {
  linked it;
  std::string body = "body";
  SECTION("as it came") {
    it.say_request(5, "POST", "/stored", body);
  }
  SECTION("put together") {
    body.assign(70'000, 'x');
    it.say_stored(5, body, body.size());
  }
  REQUIRE(it.link.wait(kraken::php::daemon_link::reading::later) == event::request);
  CHECK(it.link.unread().empty()); // it did not come by the slab
  check_stored(it.link.whole_frame(), 5, body);
}

TEST_CASE("an open request whose body fits into no frame is answered, and has none") {
  linked it;
  it.say_stored(5, "", kraken::limits::frame_bytes_max);
  REQUIRE(it.link.wait(kraken::php::daemon_link::reading::later) == event::request);
  CHECK(it.link.whole_frame().empty());
  it.link.request_done();
  it.say_request(6, "GET", "/next");
  REQUIRE(it.link.wait() == event::request);
  CHECK(it.link.stream() == 6);
  const auto said = it.heard();
  REQUIRE(said.size() == 1);
  CHECK(wire::decode_response(said[0].payload)->status == 413);
}
