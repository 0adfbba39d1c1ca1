// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One shard of a pool: order, limits, times, lost workers, clients that go.
#include "pool_fixture.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace kraken;
using namespace kraken::containers;
using namespace kraken::containers::test;

namespace {

pool_settings short_request(milliseconds time = 80ms) {
  pool_settings out;
  out.request_timeout = time;
  return out;
}

} // namespace

TEST_CASE("requests that wait are taken in order, the worker used last first") {
  pool_fixture f;
  auto& a = f.add_worker();
  auto& b = f.add_worker();
  fake_exchange one;
  fake_exchange two;
  fake_exchange three;
  fake_exchange four;
  f.submit(one, "/1");
  CHECK(b.end->request() == "/1");
  f.submit(two, "/2");
  CHECK(a.end->request() == "/2");
  f.submit(three, "/3");
  f.submit(four, "/4");
  CHECK(f.counters->waiting.get() == 2);
  CHECK(f.counters->busy.get() == 2);
  a.end->answer(a.end->stream(), "two");
  CHECK(a.end->request() == "/3");
  b.end->answer(b.end->stream(), "one");
  CHECK(b.end->request() == "/4");
  REQUIRE(f.ended(one));
  REQUIRE(f.ended(two));
  CHECK(one.text.ends_with("\r\n\r\none"));
  CHECK(two.text.ends_with("\r\n\r\ntwo"));
  a.end->answer(a.end->stream(), "three");
  b.end->answer(b.end->stream(), "four");
  REQUIRE(f.ended(three));
  REQUIRE(f.ended(four));
  CHECK(four.text.ends_with("four"));
  CHECK(f.counters->answered.get() == 4);
  CHECK(f.counters->busy.get() == 0);
}

TEST_CASE("a full queue answers 503 at once, and says that more workers are wanted") {
  pool_settings settings;
  settings.queue_max = 1;
  pool_fixture f{settings};
  int pressed = 0;
  f.on.call([&] { f.pool->on_pressure = [&] { ++pressed; }; });
  fake_exchange waits;
  fake_exchange refused;
  f.submit(waits, "/1");
  f.submit(refused, "/2");
  CHECK(refused.status == 503);
  CHECK(waits.ends == 0);
  CHECK(pressed == 2);
  auto& a = f.add_worker();
  CHECK(a.end->request() == "/1");
  a.end->answer(a.end->stream(), "");
  CHECK(f.ended(waits));
  CHECK(f.counters->queue_full.get() == 1);
}

TEST_CASE("patience in the queue ends in 503") {
  pool_settings settings;
  settings.queue_timeout = 50ms;
  pool_fixture f{settings};
  fake_exchange one;
  f.submit(one, "/1");
  REQUIRE(f.ended(one));
  CHECK(one.status == 503);
  CHECK(f.counters->queue_expired.get() == 1);
  CHECK(f.counters->waiting.get() == 0);
}

TEST_CASE("a worker that exceeds its time is reported, its client gets 504") {
  pool_fixture f{short_request()};
  auto& a = f.add_worker();
  fake_exchange one;
  fake_exchange next;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  REQUIRE(f.ended(one));
  CHECK(one.status == 504);
  CHECK(a.owner.overdue == 1);
  f.submit(next, "/2");
  // It answers before it is killed: nobody hears it, and it gets nothing more.
  a.end->answer(a.end->stream(), "late");
  REQUIRE(f.on.eventually([&] { return a.channel->current == nullptr; }));
  CHECK_FALSE(a.end->has_input());
  f.on.call([&] { f.pool->lost(*a.channel); });
  auto& b = f.add_worker();
  CHECK(b.end->request() == "/2");
  b.end->answer(b.end->stream(), "");
  REQUIRE(f.ended(next));
  CHECK(next.status == 200);
  CHECK(one.ends == 1);
  CHECK(f.counters->timed_out.get() == 1);
  CHECK(f.counters->answered.get() == 1);
  CHECK(f.counters->workers.get() == 1);
}

TEST_CASE("the request of a lost worker is answered 502, what waits goes on waiting") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1");
  f.submit(two, "/2");
  CHECK(a.end->request() == "/1");
  a.end->close();
  REQUIRE(f.ended(one));
  CHECK(one.status == 502);
  CHECK(two.ends == 0);
  CHECK(a.owner.ended == std::vector<std::string>{""});
  auto& b = f.add_worker();
  CHECK(b.end->request() == "/2");
  b.end->answer(b.end->stream(), "");
  CHECK(f.ended(two));
  CHECK(f.counters->crashed.get() == 1);
  CHECK(f.counters->workers.get() == 1);
}

TEST_CASE("a request that was not even sent when its worker went is given to another one") {
  pool_fixture f;
  auto& gone = f.add_worker();
  fake_exchange request;
  f.on.call([&] {
    f.submit_here(request, "/a");
    gone.end->close();
    gone.channel->read_remaining(); // the end is seen before the batch's output is sent
  });
  CHECK(request.ends == 0);
  auto& second = f.add_worker();
  CHECK(second.end->request() == "/a");
  second.end->answer(second.end->stream(), "ok");
  REQUIRE(f.ended(request));
  CHECK(request.status == 200);
  CHECK(f.counters->crashed.get() == 0);
}

TEST_CASE("a request that may be retried is, once, before what waits") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1", net::retry_policy::idempotent);
  f.submit(two, "/2");
  CHECK(a.end->request() == "/1");
  a.end->close();
  auto& b = f.add_worker();
  CHECK(b.end->request() == "/1");
  CHECK(one.ends == 0);
  b.end->close();
  REQUIRE(f.ended(one));
  CHECK(one.status == 502);
  CHECK(f.counters->retried.get() == 1);
  CHECK(f.counters->crashed.get() == 1);
  auto& c = f.add_worker();
  CHECK(c.end->request() == "/2");
  c.end->answer(c.end->stream(), "");
  CHECK(f.ended(two));
}

TEST_CASE("a request that was not sent yet when its worker ended goes to another one") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  f.on.call([&] {
    f.submit_here(one, "/1");
    a.end->close();
    a.channel->read_remaining();
  });
  auto& b = f.add_worker();
  CHECK(b.end->request() == "/1");
  b.end->answer(b.end->stream(), "");
  REQUIRE(f.ended(one));
  CHECK(one.status == 200);
  CHECK(f.counters->crashed.get() == 0);
}

TEST_CASE("a stream goes part by part; a lost worker breaks it off") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1", net::retry_policy::idempotent);
  CHECK(a.end->request() == "/1");
  a.end->begin_stream(a.end->stream(), "first ");
  a.end->chunk(a.end->stream(), "second ");
  a.end->chunk(a.end->stream(), "last", wire::chunk_part::last);
  REQUIRE(f.ended(one));
  CHECK(one.text.ends_with("first second last"));
  CHECK_FALSE(one.broken);
  f.submit(two, "/2", net::retry_policy::idempotent);
  CHECK(a.end->request() == "/2");
  a.end->begin_stream(a.end->stream(), "first");
  a.end->close();
  REQUIRE(f.ended(two));
  CHECK(two.broken);
  CHECK(f.counters->answered.get() == 1);
  CHECK(f.counters->crashed.get() == 1);
  CHECK(f.counters->retried.get() == 0);
}

TEST_CASE("the last words of a worker whose client reads slowly are not lost with it") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  f.on.call([&] { one.is_congested = true; });
  a.end->begin_stream(a.end->stream());
  a.end->chunk(a.end->stream(), "some ");
  REQUIRE(f.on.eventually([&] { return !a.channel->reading(); }));
  a.end->chunk(a.end->stream(), "last", wire::chunk_part::last);
  a.end->close();
  REQUIRE(f.ended(one));
  CHECK_FALSE(one.broken);
  CHECK(one.text.ends_with("some last"));
}

TEST_CASE("a client that reads slowly costs no worker its life") {
  pool_fixture f{short_request()};
  auto& a = f.add_worker();
  fake_exchange one;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  f.on.call([&] { one.is_congested = true; });
  a.end->begin_stream(a.end->stream());
  a.end->chunk(a.end->stream(), "part");
  REQUIRE(f.on.eventually([&] { return !a.channel->reading(); }));
  REQUIRE(f.pass(200ms)); // the client's time is the front's business
  CHECK(a.owner.overdue == 0);
  f.on.call([&] {
    one.is_congested = false;
    f.pool->resume(one);
  });
  // Now it is the worker's turn again.
  REQUIRE(f.ended(one));
  CHECK(one.broken);
  CHECK(a.owner.overdue == 1);
}

TEST_CASE("a client that goes while it waits costs nothing") {
  pool_fixture f;
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1");
  f.submit(two, "/2");
  f.abandon(one);
  auto& a = f.add_worker();
  CHECK(a.end->request() == "/2");
  a.end->answer(a.end->stream(), "");
  CHECK(f.ended(two));
  CHECK(f.counters->abandoned.get() == 1);
}

TEST_CASE("a worker is told when its client goes, and takes the next after its answer") {
  pool_fixture f;
  auto& a = f.add_worker();
  const bool streaming = GENERATE(false, true);
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  const auto stream = a.end->stream();
  if (streaming) {
    a.end->begin_stream(stream, "x");
    REQUIRE(f.on.eventually([&] { return one.streaming_begun; }));
  }
  f.abandon(one);
  f.submit(two, "/2");
  const auto told = a.end->read();
  REQUIRE(told);
  CHECK(told->type == wire::frame_type::cancel);
  CHECK(told->stream == stream);
  if (streaming) {
    a.end->chunk(stream, "y");
    a.end->chunk(stream, "z", wire::chunk_part::last);
  } else {
    a.end->answer(stream, "unheard");
  }
  CHECK(a.end->request() == "/2");
  a.end->answer(a.end->stream(), "heard");
  REQUIRE(f.ended(two));
  CHECK(two.text.ends_with("heard"));
  CHECK(one.ends == 0);
  CHECK(one.late_calls == 0);
  CHECK(f.counters->abandoned.get() == 1);
  CHECK(f.counters->answered.get() == 1);
}

TEST_CASE("a stream nobody reads any more does not last for ever") {
  pool_fixture f{short_request()};
  auto& a = f.add_worker();
  fake_exchange one;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  a.end->begin_stream(a.end->stream(), "x");
  REQUIRE(f.on.eventually([&] { return one.streaming_begun; }));
  f.abandon(one);
  const auto until = std::chrono::steady_clock::now() + patience;
  while (f.on.call([&] { return a.owner.overdue; }) == 0) {
    a.end->chunk(a.end->stream(), "more");
    REQUIRE(f.pass(5ms));
    REQUIRE(std::chrono::steady_clock::now() < until);
  }
  CHECK(f.counters->abandoned.get() == 1);
  CHECK(f.counters->timed_out.get() == 0);
}

TEST_CASE("a slot in use again never answers for the one before") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1");
  CHECK(a.end->request() == "/1");
  a.end->answer(a.end->stream(), "one");
  REQUIRE(f.ended(one));
  f.submit(two, "/2"); // the same slot
  CHECK(two.slot == one.slot);
  f.on.call([&] {
    f.pool->abandon(one);
    f.pool->resume(one);
  });
  CHECK(a.end->request() == "/2");
  a.end->answer(a.end->stream(), "two");
  REQUIRE(f.ended(two));
  CHECK(two.text.ends_with("two"));
  CHECK(f.counters->abandoned.get() == 0);
}

TEST_CASE("a closed pool answers what waits, lets work end and refuses the rest") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange works;
  fake_exchange waits;
  fake_exchange late;
  f.submit(works, "/1", net::retry_policy::idempotent);
  f.submit(waits, "/2");
  CHECK(a.end->request() == "/1");
  f.on.call([&] { f.pool->close(); });
  CHECK(waits.status == 503);
  f.submit(late, "/3");
  CHECK(late.status == 503);
  a.end->answer(a.end->stream(), "done");
  REQUIRE(f.ended(works));
  CHECK(works.status == 200);
  CHECK(f.counters->refused.get() == 2);
}

TEST_CASE("a pool of which no worker boots answers at once, until one does") {
  using outlook = pool_shard::outlook;
  pool_fixture f;
  fake_exchange waits;
  fake_exchange late;
  fake_exchange hopeful;
  f.submit(waits, "/1");
  CHECK(waits.ends == 0);
  f.on.call([&] { f.pool->expect(outlook::hopeless); });
  CHECK(waits.status == 503);
  f.submit(late, "/2");
  CHECK(late.status == 503);
  CHECK(f.counters->refused.get() == 2);
  CHECK(f.counters->waiting.get() == 0);
  f.on.call([&] { f.pool->expect(outlook::hopeful); });
  f.submit(hopeful, "/3");
  CHECK(hopeful.ends == 0);
  f.on.call([&] { f.pool->expect(outlook::hopeless); });
  CHECK(hopeful.status == 503);
  auto& a = f.add_worker();
  fake_exchange served;
  f.submit(served, "/4");
  CHECK(a.end->request() == "/4");
  a.end->answer(a.end->stream(), "");
  CHECK(f.ended(served));
  CHECK(served.status == 200);
}

TEST_CASE("a pool that is given up answers everybody, and is asked by nobody any more") {
  pool_fixture f;
  auto& a = f.add_worker();
  auto& b = f.add_worker();
  fake_exchange works;
  fake_exchange streams;
  fake_exchange waits;
  f.submit(works, "/1", net::retry_policy::idempotent);
  f.submit(streams, "/2");
  f.submit(waits, "/3");
  CHECK(b.end->request() == "/1");
  CHECK(a.end->request() == "/2");
  a.end->begin_stream(a.end->stream(), "part");
  REQUIRE(f.on.eventually([&] { return streams.text.ends_with("part"); }));
  f.on.call([&] { f.pool->give_up(); });
  CHECK(works.status == 503);
  CHECK(waits.status == 503);
  CHECK(streams.broken);
  CHECK(f.counters->refused.get() == 3);
  // Then they are killed.
  f.on.call([&] {
    f.pool->lost(*a.channel);
    f.pool->lost(*b.channel);
  });
  CHECK(f.counters->crashed.get() == 0);
  CHECK(f.counters->busy.get() == 0);
}

TEST_CASE("a pool is given up before the end of a worker it kills is seen") {
  const auto group = std::make_shared<pool_group>(1);
  shard_fixture f{0, group, {}};
  auto& a = f.add_worker();
  fake_exchange works;
  fake_exchange waits;
  f.submit(works, "/1", net::retry_policy::idempotent);
  f.submit(waits, "/2");
  CHECK(a.end->request() == "/1");
  group->give_up();
  f.on.call([&] { f.pool->lost(*a.channel); });
  CHECK(works.status == 503);
  CHECK(waits.status == 503);
  f.on.call([&] { f.pool->give_up(); });
  CHECK(f.counters->refused.get() == 2);
  CHECK(f.counters->crashed.get() == 0);
  f.tear_down();
}

TEST_CASE("a worker that is retired ends its work and gets no more") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1");
  f.submit(two, "/2");
  CHECK(a.end->request() == "/1");
  f.on.call([&] { f.pool->retire(*a.channel); });
  a.end->answer(a.end->stream(), "one");
  REQUIRE(f.ended(one));
  CHECK(f.counters->workers.get() == 0);
  CHECK(f.counters->waiting.get() == 1);
  CHECK_FALSE(a.end->has_input());
  f.abandon(two);
}

TEST_CASE("a worker whose owner wants no more of it gets no more") {
  pool_fixture f;
  auto& a = f.add_worker();
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1");
  f.submit(two, "/2");
  CHECK(a.end->request() == "/1");
  wire::byte_buffer out;
  wire::append_response(out,
                        a.end->stream(),
                        200,
                        {},
                        "",
                        12345,
                        wire::response_part::whole,
                        wire::worker_after::recycle);
  a.end->write(out);
  REQUIRE(f.ended(one));
  CHECK(a.owner.asked_to_recycle);
  CHECK(a.owner.memory == 12345);
  CHECK(f.counters->workers.get() == 0);
  CHECK(two.ends == 0);
  f.abandon(two);
}

TEST_CASE("a request too large for a frame is refused") {
  pool_fixture f;
  fake_exchange one;
  f.submit(one, std::string(limits::frame_bytes_max, 'x'));
  CHECK(one.status == 413);
  CHECK(f.counters->refused.get() == 1);
}
