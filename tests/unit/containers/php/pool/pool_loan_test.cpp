// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Requests of one shard worked on by another, each on its own thread.
#include "pool_fixture.hpp"

#include <fcntl.h>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace kraken;
using namespace kraken::containers;
using namespace kraken::containers::test;

namespace {

/// A pool spread over several shards.
class spread_pool {
public:
  explicit spread_pool(std::uint32_t shards, const pool_settings& settings = {})
      : group(std::make_shared<pool_group>(shards)) {
    for (std::uint32_t i = 0; i < shards; ++i) {
      parts.push_back(std::make_unique<shard_fixture>(i, group, settings));
    }
  }

  ~spread_pool() {
    for (auto& each : parts) {
      each->tear_down();
    }
    settle(); // what one still tells the other finds its loop
  }

  /// Everything posted so far, and what that posts, has run on every loop.
  void settle() {
    for (int round = 0; round < 4; ++round) {
      for (auto& each : parts) {
        each->on.call([] {});
      }
    }
  }

  shard_fixture& operator[](std::size_t i) { return *parts[i]; }

  std::shared_ptr<pool_group> group;
  std::vector<std::unique_ptr<shard_fixture>> parts;
};

} // namespace

TEST_CASE("a request finds the idle worker of another shard") {
  spread_pool pool{2};
  auto& near = pool[0].add_worker();
  auto& far = pool[1].add_worker();
  fake_exchange one;
  fake_exchange two;
  pool[0].submit(one, "/1");
  CHECK(near.end->request() == "/1");
  pool[0].submit(two, "/2");
  CHECK(far.end->request() == "/2");
  far.end->answer(far.end->stream(), "two");
  near.end->answer(near.end->stream(), "one");
  REQUIRE(pool[0].ended(one));
  REQUIRE(pool[0].ended(two));
  CHECK(one.text.ends_with("one"));
  CHECK(two.text.ends_with("two"));
  CHECK(pool[0].counters->requests.get() == 2);
  CHECK(pool[0].counters->answered.get() == 1);
  CHECK(pool[1].counters->answered.get() == 1);
}

TEST_CASE("what has lent a body in a file keeps nothing of it for its next request") {
  pool_settings settings;
  settings.takes_files = true;
  settings.by_slab = true;
  spread_pool pool{2, settings};
  auto& near = pool[0].add_worker();
  auto& far = pool[1].add_worker();
  fake_exchange one;
  fake_exchange lent;
  lent.stored = body_in_file("for the other shard");
  pool[0].submit(one, "/1");
  CHECK(near.end->request() == "/1");
  pool[0].submit(lent, "/lent");
  CHECK(far.end->stored_body() == "for the other shard");
  near.end->answer(near.end->stream(), "one");
  REQUIRE(pool[0].ended(one));
  far.end->answer(far.end->stream(), "lent");
  REQUIRE(pool[0].ended(lent));
  fake_exchange next;
  pool[0].submit(next, "/next");
  const auto frame = near.end->read();
  REQUIRE(frame);
  const auto request = wire::decode_request(frame->payload);
  REQUIRE(request);
  CHECK(request->path == "/next");
  CHECK(request->stored_bytes == 0);
  near.end->answer(frame->stream, "next");
  CHECK(pool[0].ended(next));
}

TEST_CASE("a file comes home from another shard") {
  spread_pool pool{2};
  auto& far = pool[1].add_worker();
  fake_exchange one;
  pool[0].submit(one, "/1");
  CHECK(far.end->request() == "/1");
  const unique_fd file{::open("/proc/self/exe", O_RDONLY | O_CLOEXEC)};
  wire::byte_buffer out;
  wire::append_file_response(out,
                             far.end->stream(),
                             200,
                             {},
                             {5, 7},
                             std::nullopt,
                             wire::response_part::whole,
                             wire::worker_after::keep);
  far.end->pass(out.view(), file.get());
  REQUIRE(pool[0].ended(one));
  CHECK(one.text.find("Content-Length: 7\r\n") != std::string::npos);
  CHECK((one.file.fd && one.file.at == 5 && one.file.left == 7));
}

TEST_CASE("a worker that becomes idle asks the other shards") {
  spread_pool pool{3};
  auto& near = pool[0].add_worker();
  auto& far = pool[2].add_worker();
  fake_exchange one;
  fake_exchange two;
  fake_exchange waits;
  pool[0].submit(one, "/1");
  CHECK(near.end->request() == "/1");
  pool[2].submit(two, "/2");
  CHECK(far.end->request() == "/2");
  pool[0].submit(waits, "/3");
  CHECK(pool[0].counters->waiting.get() == 1);
  far.end->answer(far.end->stream(), "");
  CHECK(far.end->request() == "/3");
  far.end->answer(far.end->stream(), "three");
  REQUIRE(pool[0].ended(waits));
  CHECK(waits.text.ends_with("three"));
  near.end->answer(near.end->stream(), "");
  CHECK(pool[0].ended(one));
}

TEST_CASE("a shard without workers shares the queue of one that has some") {
  spread_pool pool{2};
  auto& only = pool[1].add_worker();
  fake_exchange first;
  fake_exchange guest;
  fake_exchange last;
  pool[1].submit(first, "/first");
  CHECK(only.end->request() == "/first");
  pool[0].submit(guest, "/guest");
  REQUIRE(pool[1].on.eventually([&] { return pool[1].counters->waiting.get() == 1; }));
  pool[1].submit(last, "/last");
  // Although there always is a request of its own shard.
  only.end->answer(only.end->stream(), "");
  CHECK(only.end->request() == "/guest");
  only.end->answer(only.end->stream(), "");
  CHECK(only.end->request() == "/last");
  CHECK(pool[0].ended(guest));
  CHECK(guest.status == 200);
  only.end->answer(only.end->stream(), "");
  CHECK(pool[1].ended(last));
}

TEST_CASE("lent requests are no way around a full queue") {
  pool_settings settings;
  settings.queue_max = 2;
  spread_pool pool{2, settings};
  auto& far = pool[1].add_worker();
  std::deque<fake_exchange> all(10);
  pool[0].on.call([&] {
    for (auto& each : all) { // all of them see the idle worker
      pool[0].submit_here(each, "/x");
    }
  });
  REQUIRE(pool[0].on.eventually([&] {
    return std::count_if(all.begin(), all.end(), [](const auto& e) { return e.ends == 1; }) == 7;
  }));
  CHECK(std::all_of(
      all.begin(), all.end(), [](const auto& e) { return e.ends == 0 || e.status == 503; }));
  for (int i = 0; i < 3; ++i) {
    CHECK(far.end->request() == "/x");
    far.end->answer(far.end->stream(), "");
  }
  for (auto& each : all) {
    CHECK(pool[0].ended(each));
  }
  CHECK(pool[1].counters->queue_full.get() == 7);
}

TEST_CASE("the queue is one for all shards of a pool") {
  pool_settings settings;
  settings.queue_max = 3;
  std::deque<fake_exchange> all(9); // some wait until the pool ends
  spread_pool pool{2, settings};
  std::vector<scripted_worker*> workers{&pool[0].add_worker(), &pool[1].add_worker()};
  std::size_t next = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    pool[i].submit(all[next++], "/work");
    CHECK(workers[i]->end->request() == "/work");
  }
  for (const std::size_t i : {0U, 0U, 1U}) {
    pool[i].submit(all[next++], "/waits");
  }
  CHECK(pool[0].counters->waiting.get() == 2);
  CHECK(pool[1].counters->waiting.get() == 1);
  for (const std::size_t i : {0U, 1U}) {
    pool[i].submit(all[next], "/one more");
    REQUIRE(pool[i].ended(all[next]));
    CHECK(all[next++].status == 503);
  }
  // Who goes leaves a place, wherever it was.
  pool[1].abandon(all[4]);
  pool[0].submit(all[next++], "/takes its place");
  CHECK(pool[0].counters->waiting.get() == 3);
  workers[1]->end->answer(workers[1]->end->stream(), "");
  CHECK(workers[1]->end->request() == "/waits");
  pool[1].submit(all[next], "/last");
  CHECK(pool[0].counters->waiting.get() + pool[1].counters->waiting.get() == 3);
  CHECK(pool[0].counters->queue_full.get() + pool[1].counters->queue_full.get() == 2);
}

TEST_CASE("no queue at all still means any idle worker") {
  pool_settings settings;
  settings.queue_max = 0;
  spread_pool pool{2, settings};
  auto& far = pool[1].add_worker();
  fake_exchange one;
  fake_exchange two;
  pool[0].submit(one, "/1");
  CHECK(far.end->request() == "/1");
  pool[0].submit(two, "/2");
  REQUIRE(pool[0].ended(two));
  CHECK(two.status == 503);
  far.end->answer(far.end->stream(), "");
  CHECK(pool[0].ended(one));
}

TEST_CASE("the lender's worker is told when the client goes") {
  spread_pool pool{2};
  auto& far = pool[1].add_worker();
  fake_exchange one;
  fake_exchange two;
  pool[0].submit(one, "/1");
  CHECK(far.end->request() == "/1");
  pool[0].abandon(one);
  const auto told = far.end->read();
  REQUIRE(told);
  CHECK(told->type == wire::frame_type::cancel);
  far.end->answer(far.end->stream(), "unheard");
  pool[0].submit(two, "/2");
  CHECK(far.end->request() == "/2");
  far.end->answer(far.end->stream(), "two");
  REQUIRE(pool[0].ended(two));
  CHECK(two.text.ends_with("two"));
  CHECK(one.late_calls == 0);
  CHECK(pool[0].counters->abandoned.get() + pool[1].counters->abandoned.get() == 1);
  CHECK(pool[1].counters->answered.get() == 1);
}

TEST_CASE("the lender's worker is given up when it exceeds its time") {
  pool_settings settings;
  settings.request_timeout = 80ms;
  spread_pool pool{2, settings};
  auto& far = pool[1].add_worker();
  fake_exchange one;
  pool[0].submit(one, "/1");
  CHECK(far.end->request() == "/1");
  REQUIRE(pool[0].ended(one));
  CHECK(one.status == 504);
  CHECK(pool[1].on.call([&] { return far.owner.overdue; }) == 1);
  CHECK(pool[0].counters->timed_out.get() + pool[1].counters->timed_out.get() == 1);
}

TEST_CASE("a request lost with the lender's worker is 502, or tried once more") {
  spread_pool pool{2};
  const bool again = GENERATE(false, true);
  auto& far = pool[1].add_worker();
  fake_exchange one;
  pool[0].submit(one, "/1", again ? net::retry_policy::idempotent : net::retry_policy::none);
  CHECK(far.end->request() == "/1");
  far.end->close();
  if (again) {
    // Wherever the next worker comes up.
    auto& next = pool[GENERATE(0U, 1U)].add_worker();
    CHECK(next.end->request() == "/1");
    next.end->answer(next.end->stream(), "second");
    REQUIRE(pool[0].ended(one));
    CHECK(one.text.ends_with("second"));
    CHECK(pool[1].counters->retried.get() == 1);
  } else {
    REQUIRE(pool[0].ended(one));
    CHECK(one.status == 502);
    CHECK(pool[1].counters->crashed.get() == 1);
  }
}

TEST_CASE("a lent stream pauses its worker while its client reads slowly") {
  pool_settings settings;
  settings.request_timeout = 80ms;
  spread_pool pool{2, settings};
  auto& far = pool[1].add_worker();
  fake_exchange one;
  pool[0].submit(one, "/1");
  CHECK(far.end->request() == "/1");
  pool[0].on.call([&] { one.is_congested = true; });
  far.end->begin_stream(far.end->stream(), "a");
  far.end->chunk(far.end->stream(), "b");
  REQUIRE(pool[0].on.eventually([&] { return one.text == "b" || one.text == "ab"; }));
  pool.settle();
  far.end->chunk(far.end->stream(), "c");
  REQUIRE(pool[1].on.eventually([&] { return !far.channel->reading(); }));
  REQUIRE(pool[0].pass(200ms));
  CHECK(pool[1].on.call([&] { return far.owner.overdue; }) == 0);
  CHECK(one.ends == 0);
  pool[0].on.call([&] {
    one.is_congested = false;
    pool[0].pool->resume(one);
  });
  far.end->chunk(far.end->stream(), "d", wire::chunk_part::last);
  REQUIRE(pool[0].ended(one));
  CHECK_FALSE(one.broken);
  CHECK(one.text.ends_with("abcd"));
}

TEST_CASE("what is lent is answered when its own shard ends") {
  spread_pool pool{2};
  auto& far = pool[1].add_worker();
  fake_exchange one;
  fake_exchange two;
  pool[0].submit(one, "/1");
  CHECK(far.end->request() == "/1");
  pool[0].on.call([&] { pool[0].pool.reset(); });
  REQUIRE(pool[0].ended(one));
  CHECK(one.status == 503);
  CHECK(far.end->read()->type == wire::frame_type::cancel);
  far.end->answer(far.end->stream(), "unheard");
  pool[1].submit(two, "/2");
  CHECK(far.end->request() == "/2");
  CHECK(one.ends == 1);
  far.end->answer(far.end->stream(), "");
  CHECK(pool[1].ended(two));
}
