// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The native worker at a slab: requests of the slab, frames for what does not fit, letters and
/// quotas between them. The test is the daemon.
#include "kraken/slab/steps.hpp"
#include "kraken/wire/slab_request.hpp"
#include "php/native/link/answer.hpp"
#include "unit/php/link/link_fixture.hpp"

#include <cstdlib>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>

namespace {

namespace slab = kraken::slab;
namespace wire = kraken::wire;
using kraken::unique_fd;
using kraken::php::linked;
using event = kraken::php::daemon_link::event;

constexpr std::uint32_t number = 3;

/// A slab with one worker, whose seat is taken as kraken-php takes it.
struct seated : linked {
  seated() {
    wire::byte_buffer out;
    wire::welcome_facts facts;
    facts.slab_worker = number;
    wire::append_welcome(out, facts);
    say(out);
    // Where the worker looks for the two: any pair of neighbours does.
    const int place = ::fcntl(bell.get(), F_DUPFD_CLOEXEC, 100);
    REQUIRE(place >= 0);
    REQUIRE(::fcntl(place + 1, F_GETFD) < 0);
    REQUIRE(::dup3(bell.get(), place + 1, O_CLOEXEC) == place + 1);
    const auto shared = memory->share();
    REQUIRE(::dup3(shared->get(), place, O_CLOEXEC) == place);
    ::setenv("KRAKEN_SLAB", std::to_string(place).c_str(), 1);
    REQUIRE(link.greet("test"));
    ::unsetenv("KRAKEN_SLAB");
    link.ready();
    const auto frames = heard();
    REQUIRE(frames.back().type == wire::frame_type::ready);
  }

  void offer(std::uint32_t place, std::string_view path, std::size_t body_bytes = 0) {
    wire::request_head head;
    head.method_name = "GET";
    head.target = path;
    wire::request_facts facts;
    facts.head = &head;
    facts.path = path;
    const std::string body(body_bytes, 'b');
    facts.body = body;
    std::size_t bytes = 0;
    if (wire::slab_request_room(facts) <= memory->request(place).size()) {
      bytes = wire::put_slab_request(memory->request(place).data(), facts, 0);
    }
    memory->head(place).stream = place + 40;
    memory->head(place).request_bytes = static_cast<std::uint32_t>(bytes);
    REQUIRE(slab::make_offer(*memory, tail, {1, place}));
  }

  slab::slot_word word(std::uint32_t place) {
    return slab::slot_word::of(memory->slot(place).load());
  }

  std::vector<std::uint32_t> reports() {
    std::vector<std::uint32_t> out;
    slab::take_reports(*memory, [&](std::uint32_t place) { out.push_back(place); });
    return out;
  }

  kraken::result<slab::segment> memory = slab::segment::make();
  unique_fd bell{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::uint32_t tail = 0;
};

} // namespace

TEST_CASE("requests of a slab are taken in order and answered in place", "[slab]") {
  seated it;
  it.offer(0, "/a");
  it.offer(1, "/b");
  REQUIRE(it.link.wait() == event::request);
  CHECK(it.link.request().path == "/a");
  CHECK(it.link.stream() == 40);
  CHECK(it.word(0) == slab::slot_word{1, number + 1, slab::stage::taken});
  CHECK(it.word(1).at == slab::stage::offered);
  kraken::php::answer answer{it.link};
  answer.begin();
  answer.head(201);
  answer.field("x-a", "b");
  answer.write("body");
  answer.finish(wire::worker_after::keep, 77);
  it.link.request_done();
  CHECK(it.word(0).at == slab::stage::answered);
  CHECK(it.reports() == std::vector<std::uint32_t>{0});
  wire::byte_buffer copy;
  const auto room = it.memory->answer(0);
  const auto read = wire::read_slab_answer({room.data(), room.size()}, copy);
  REQUIRE(read);
  CHECK(read->status == 201);
  CHECK(read->body == "body");
  CHECK(read->memory_bytes == 77);
  REQUIRE(it.link.wait() == event::request);
  CHECK(it.link.request().path == "/b");
  CHECK(it.heard().empty());
}

TEST_CASE("the daemon's bell is rung only while it sleeps", "[slab]") {
  seated it;
  const bool sleeps = GENERATE(false, true);
  if (sleeps) {
    REQUIRE(slab::arm(*it.memory));
  }
  it.offer(0, "/a");
  REQUIRE(it.link.wait() == event::request);
  kraken::php::answer answer{it.link};
  answer.begin();
  answer.head(200);
  answer.finish(wire::worker_after::keep, 0);
  it.link.request_done();
  pollfd ready{it.bell.get(), POLLIN, 0};
  CHECK(::poll(&ready, 1, 0) == (sleeps ? 1 : 0));
}

TEST_CASE("an answer that is long, streamed or hinted goes by frames", "[slab]") {
  seated it;
  it.offer(0, "/a");
  REQUIRE(it.link.wait() == event::request);
  kraken::php::answer answer{it.link};
  answer.begin();
  answer.head(200);
  const int how = GENERATE(0, 1, 2);
  if (how == 0) {
    answer.write(std::string(slab::answer_room, 'x'));
  } else if (how == 1) {
    answer.write("part");
    answer.flush();
  } else {
    answer.hints({});
  }
  answer.finish(wire::worker_after::keep, 0);
  it.link.request_done();
  CHECK(it.word(0).at == slab::stage::taken);
  CHECK(it.reports().empty());
  const auto frames = it.heard();
  REQUIRE_FALSE(frames.empty());
  CHECK(frames.front().type == wire::frame_type::response);
  CHECK(frames.front().stream == 40);
}

TEST_CASE("a request that does not fit is asked for and comes as a frame", "[slab]") {
  seated it;
  it.offer(5, "/large", slab::request_room);
  it.say_request(45, "POST", "/large", "all of it");
  REQUIRE(it.link.wait() == event::request);
  CHECK(it.word(5).at == slab::stage::asks);
  CHECK(it.reports() == std::vector<std::uint32_t>{5});
  CHECK(it.link.request().body == "all of it");
  CHECK(it.link.stream() == 45);
}

TEST_CASE("letters are read between requests, and a drain ends the wait", "[slab]") {
  seated it;
  wire::byte_buffer out;
  wire::append_ping(out, 9);
  wire::append_drain(out);
  it.say(out);
  slab::send_mail(*it.memory, number);
  it.offer(0, "/left to others");
  CHECK(it.link.wait() == event::drain);
  CHECK(it.heard().front().type == wire::frame_type::pong);
  CHECK(it.word(0).at == slab::stage::offered);
}

TEST_CASE("a worker that is retired, or has taken its quota, takes no more", "[slab]") {
  seated it;
  it.offer(0, "/a");
  it.offer(1, "/b");
  it.memory->worker(number).quota = 1;
  REQUIRE(it.link.wait() == event::request);
  it.link.request_done();
  std::thread daemon{[&] {
    wire::byte_buffer out;
    wire::append_drain(out);
    it.say(out);
    it.memory->worker(number).retired = 1;
    slab::send_mail(*it.memory, number);
  }};
  CHECK(it.link.wait() == event::drain);
  daemon.join();
  CHECK(it.word(1).at == slab::stage::offered);
}

TEST_CASE("a daemon that is gone is noticed within a second of sleep", "[slab]") {
  seated it;
  it.hang_up();
  CHECK(it.link.wait() == event::gone);
}

TEST_CASE("a request that was scribbled on ends the worker, not more", "[slab]") {
  seated it;
  it.offer(0, "/a");
  const std::uint32_t huge = 0xffff'fff0;
  std::memcpy(it.memory->request(0).data(), &huge, sizeof huge);
  CHECK(it.link.wait() == event::gone);
}
