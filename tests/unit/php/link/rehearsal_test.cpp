// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a template serves to itself: which requests, and what is heard of the answers.
#include "php/native/link/daemon_link.hpp"

#include <catch2/catch.hpp>

namespace {

using event = kraken::php::daemon_link::event;
using kraken::php::daemon_link;
using kraken::php::rehearsal;
namespace wire = kraken::wire;

wire::byte_buffer answered(int status, wire::worker_after after = wire::worker_after::keep) {
  wire::byte_buffer out;
  wire::append_response(
      out, 1, status, {}, "body", std::nullopt, wire::response_part::whole, after);
  return out;
}

} // namespace

TEST_CASE("each target comes in order, some rounds, as a client would ask for it") {
  rehearsal warm{{"/a%20b?c=d", "https://x.example"}};
  daemon_link link{kraken::unique_fd{}};
  for (std::size_t round = 0; round < rehearsal::rounds; ++round) {
    link.rehearse(warm);
    CHECK(warm.first_time() == (round == 0));
    REQUIRE(link.wait() == event::request);
    CHECK(link.request().method == "GET");
    CHECK(link.request().path == "/a b");
    CHECK(link.request().target == "/a%20b?c=d");
    CHECK(link.request().query == "c=d");
    CHECK(link.request().host == "localhost");
    CHECK(link.request().scheme == "http");
    CHECK_FALSE(link.abandoned());
    link.request_done();
    link.rehearse(warm);
    REQUIRE(link.wait() == event::request);
    CHECK(link.request().path == "/");
    CHECK(link.request().host == "x.example");
    CHECK(link.request().scheme == "https");
    CHECK(warm.over() == (round + 1 == rehearsal::rounds));
    link.request_done();
  }
}

TEST_CASE("a script that speaks the protocol gets frames, one when it asks") {
  rehearsal warm{{"/a", "/b"}};
  daemon_link link{kraken::unique_fd{}};
  for (const std::string_view path : {"/a", "/b", "/a"}) {
    link.rehearse(warm);
    wire::worker_frame frame;
    const auto bytes = link.receive();
    REQUIRE(wire::split_frame(bytes, frame).status == wire::split_outcome::kind::done);
    CHECK(wire::decode_request(frame.payload)->path == path);
    CHECK_FALSE(link.readable());
  }
}

TEST_CASE("without targets it is over") {
  CHECK(rehearsal{}.over());
}

TEST_CASE("the status of an answer is heard, in whatever pieces it is sent") {
  rehearsal warm{{"/"}};
  daemon_link link{kraken::unique_fd{}};
  link.rehearse(warm);
  CHECK(warm.status() == 0);
  const auto whole = answered(404);
  const auto at = GENERATE(1U, 5U, 14U);
  CHECK(link.send(whole.view().substr(0, at)));
  CHECK(warm.status() == 0);
  CHECK(link.send(whole.view().substr(at)));
  CHECK(warm.status() == 404);
  CHECK_FALSE(warm.ends_process());
  link.rehearse(warm);
  CHECK(warm.status() == 0);
  CHECK(link.send(answered(103).view()));
  CHECK(warm.status() == 0);
  CHECK(link.send(answered(200, wire::worker_after::recycle).view()));
  CHECK(warm.status() == 200);
  CHECK(warm.ends_process());
}

TEST_CASE("last words are kept") {
  rehearsal warm{{"/"}};
  static_cast<void>(warm.next());
  wire::worker_fatal last;
  last.type = "Oops";
  last.message = "why";
  wire::byte_buffer out;
  wire::append_fatal(out, last);
  warm.hear(out.view());
  CHECK(warm.fatal() == "Oops: why");
  last.file = "a.php";
  last.line = 3;
  out.clear();
  wire::append_fatal(out, last);
  warm.hear(out.view());
  CHECK(warm.fatal() == "Oops: why (a.php:3)");
}

TEST_CASE("a length no frame has is no answer") {
  rehearsal warm{{"/"}};
  static_cast<void>(warm.next());
  warm.hear(std::string_view{"\xff\xff\xff\xff\x11\0\0\0\0\0\0\1", 12});
  warm.hear(answered(200).view());
  CHECK(warm.status() == 200);
}
