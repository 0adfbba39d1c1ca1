// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// An answer as it leaves: whole when it is small, in parts when it is large or flushed.
#include "php/native/link/answer.hpp"
#include "unit/php/link/link_fixture.hpp"

namespace {

using kraken::php::answer;
using kraken::php::linked;
namespace wire = kraken::wire;

struct answering : linked {
  answering() {
    say_request(9);
    REQUIRE(link.wait() == kraken::php::daemon_link::event::request);
    made.begin();
  }

  answer made{link};
};

int status_of(const kraken::php::seen_frame& frame) {
  return wire::decode_response(frame.payload)->status;
}

} // namespace

TEST_CASE("a small answer is one frame") {
  answering it;
  it.made.head(201);
  CHECK(it.made.field("X-A", "1"));
  CHECK_FALSE(it.made.field("not a token", "1"));
  CHECK_FALSE(it.made.field("X-B", "a\r\nb"));
  CHECK(it.made.write("hello"));
  it.made.finish(wire::worker_after::recycle, 42);
  const auto frames = it.heard();
  REQUIRE(frames.size() == 1);
  CHECK((frames[0].recycle && !frames[0].more && frames[0].stream == 9));
  const auto response = wire::decode_response(frames[0].payload);
  REQUIRE(response);
  CHECK((response->status == 201 && response->body == "hello" && response->memory_bytes == 42));
  CHECK(response->headers.size() == 1);
  CHECK_FALSE(it.made.open());
  CHECK_FALSE(it.made.write("late"));
}

TEST_CASE("a flushed answer leaves in parts") {
  answering it;
  it.made.head(200);
  CHECK(it.made.write("a"));
  CHECK(it.made.flush());
  CHECK_FALSE(it.made.held());
  CHECK(it.made.flush()); // nothing new: nothing is sent
  CHECK(it.made.write("b"));
  it.made.finish(wire::worker_after::keep, 0);
  const auto frames = it.heard();
  REQUIRE(frames.size() == 2);
  CHECK((frames[0].type == wire::frame_type::response && frames[0].more));
  CHECK((frames[1].type == wire::frame_type::chunk && !frames[1].more));
  CHECK(*wire::decode_chunk(frames[1].payload) == "b");
}

TEST_CASE("a body is held up to its limit and leaves above it") {
  answering it;
  it.made.head(200);
  CHECK(it.made.write(std::string(answer::held_bytes_max, 'x')));
  CHECK(it.heard().empty());
  it.hang_up(); // nobody reads so much here: that it tries to send is seen by its failure
  CHECK_FALSE(it.made.write("y"));
}

TEST_CASE("nobody is written to who has gone") {
  answering it;
  it.made.head(200);
  CHECK(it.made.write("a"));
  it.hang_up();
  CHECK_FALSE(it.made.flush());
  CHECK_FALSE(it.made.write("b"));
  CHECK(it.made.open());
  it.made.finish(wire::worker_after::keep, 0);
  CHECK_FALSE(it.made.open());
}

TEST_CASE("an early end completes the answer, the last chunk the request") {
  answering it;
  it.made.head(200);
  CHECK(it.made.write("a"));
  SECTION("whole") {}
  SECTION("begun") {
    CHECK(it.made.flush());
  }
  it.made.finish_early(wire::worker_after::keep, 0);
  CHECK_FALSE(it.made.open());
  CHECK_FALSE(it.made.write("late"));
  const auto early = it.heard();
  CHECK((early.back().complete && early.back().more));
  it.made.finish_early(wire::worker_after::keep, 0); // once is enough
  CHECK(it.heard().empty());
  it.made.finish(wire::worker_after::keep, 0);
  const auto late = it.heard();
  REQUIRE(late.size() == 1);
  CHECK((late[0].type == wire::frame_type::chunk && !late[0].more));
  CHECK(wire::decode_chunk(late[0].payload)->empty());
}

TEST_CASE("a status above 599 is sent as it is") {
  answering it;
  it.made.head(999);
  it.made.finish(wire::worker_after::keep, 0);
  CHECK(status_of(it.heard().at(0)) == 999);
}

TEST_CASE("a status HTTP does not know is 500; so is an answer that was never begun") {
  answering it;
  SECTION("unknown") {
    it.made.head(1'000);
  }
  SECTION("interim") {
    it.made.head(103);
  }
  SECTION("restated") {
    it.made.head(200);
    it.made.restate(99);
  }
  SECTION("none") {}
  it.made.finish(wire::worker_after::keep, 0);
  CHECK(status_of(it.heard().at(0)) == 500);
}

TEST_CASE("hints go ahead of the answer and not behind it") {
  answering it;
  const wire::header_field link{"Link", "</a.css>"};
  CHECK(it.made.hints({&link, 1}));
  it.made.head(200);
  CHECK(it.made.flush());
  CHECK_FALSE(it.made.hints({&link, 1}));
  const auto frames = it.heard();
  CHECK((status_of(frames.at(0)) == 103 && frames.at(0).more));
  CHECK(status_of(frames.at(1)) == 200);
}
