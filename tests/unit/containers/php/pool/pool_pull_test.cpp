// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Requests that workers take from the slab: the test is the workers, the honest ones and those
/// that write whatever they like wherever they can.
#include "slab_fixture.hpp"

#include <cstring>
#include <random>

using namespace std::chrono_literals;
using namespace kraken;
using namespace kraken::containers;
using namespace kraken::containers::test;
using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;

TEST_CASE("a request is taken from the slab and answered there", "[slab]") {
  slab_fixture f;
  auto worker = f.add_seated();
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1");
  f.submit(two, "/2");
  CHECK(f.on.eventually([&] { return f.counters->waiting.get() == 1; }));
  CHECK(f.counters->busy.get() == 1);
  const auto first = worker.claim();
  const auto second = worker.claim();
  REQUIRE(first);
  CHECK(worker.path_of(*first) == "/1");
  worker.answer(*first, "one");
  REQUIRE(f.ended(one));
  CHECK(body_of(one) == "one");
  REQUIRE(second);
  worker.answer(*second, "two", 404);
  REQUIRE(f.ended(two));
  CHECK(two.status == 404);
  CHECK(worker.it->owner.answered == 2);
  CHECK(worker.it->owner.memory == 7);
  CHECK(f.on.eventually([&] { return f.counters->busy.get() == 0; }));
  CHECK_FALSE(worker.claim());
}

TEST_CASE("a worker takes nothing from the slab before its pool knows it", "[slab]") {
  slab_fixture f;
  auto worker = f.add_seated(false);
  const auto& line = worker.memory->worker(worker.number);
  CHECK(line.retired == 1);
  const auto mail = worker.memory->mail(worker.number).load();
  f.say_ready(worker);
  CHECK(f.on.eventually([&] { return line.retired == 0; }));
  CHECK(worker.memory->mail(worker.number) == mail + 1); // it may be asleep already
  f.on.call([&] { f.pool->retire(*worker.it->channel); });
  CHECK(line.retired == 1);
}

TEST_CASE("requests that came before the first worker wait for it", "[slab]") {
  slab_fixture f;
  fake_exchange one;
  f.submit(one, "/1");
  auto worker = f.add_seated();
  const auto got = worker.claim();
  REQUIRE(got);
  CHECK(worker.path_of(*got) == "/1");
  worker.answer(*got, "x");
  CHECK(f.ended(one));
}

TEST_CASE("a large request is asked for, and may be answered by frames", "[slab]") {
  slab_fixture f;
  auto worker = f.add_seated();
  const auto path = "/" + std::string(slab::request_room, 'p');
  fake_exchange one;
  f.submit(one, path);
  const auto got = worker.claim();
  REQUIRE(got);
  CHECK(worker.memory->head(got->slot).request_bytes == 0);
  // Noticed before it asks, or not.
  if (GENERATE(false, true)) {
    REQUIRE(f.pass(60ms));
    CHECK(f.on.call([&] { return worker.it->channel->current != nullptr; }));
  }
  worker.report(*got, slab::stage::asks);
  CHECK(worker.it->end->request() == path);
  CHECK(worker.it->end->stream() == worker.memory->head(got->slot).stream);
  worker.it->end->answer(worker.it->end->stream(), "whole");
  REQUIRE(f.ended(one));
  CHECK(body_of(one) == "whole");
}

TEST_CASE("a body in a file is asked for, however small its request is", "[slab]") {
  auto settings = by_slab();
  settings.takes_files = true;
  slab_fixture f{settings};
  const bool waits_first = GENERATE(false, true);
  fake_exchange one;
  one.stored = body_in_file("beside the slab");
  if (waits_first) {
    f.submit(one, "/1");
  }
  auto worker = f.add_seated();
  if (!waits_first) {
    f.submit(one, "/1");
  }
  const auto got = worker.claim();
  REQUIRE(got);
  CHECK(worker.memory->head(got->slot).request_bytes == 0);
  worker.report(*got, slab::stage::asks);
  CHECK(worker.it->end->stored_body() == "beside the slab");
  worker.answer(*got, "whole");
  REQUIRE(f.ended(one));
  CHECK(body_of(one) == "whole");
}

TEST_CASE("an answer by frames right behind one in the slab is the second one", "[slab]") {
  slab_fixture f;
  auto worker = f.add_seated();
  fake_exchange one;
  fake_exchange two;
  f.on.call([&] {
    // In one batch: the loop sees the frame first.
    f.submit_here(one, "/1");
    f.submit_here(two, "/2");
    const auto first = worker.claim();
    worker.answer(*first, "one");
    const auto second = worker.claim();
    worker.it->end->answer(worker.memory->head(second->slot).stream, "two");
  });
  REQUIRE(f.ended(one));
  REQUIRE(f.ended(two));
  CHECK(body_of(one) == "one");
  CHECK(body_of(two) == "two");
  CHECK(worker.it->owner.ended.empty());
}

TEST_CASE("a request taken before the end of the last one was read waits for that", "[slab]") {
  slab_fixture f;
  auto worker = f.add_seated();
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1");
  const auto first = worker.memory->head(worker.claim()->slot).stream;
  worker.it->end->begin_stream(first, "on");
  REQUIRE(f.on.eventually([&] { return one.streaming_begun; }));
  SECTION("it is answered in the slab") {
    f.submit(two, "/2");
    worker.answer(*worker.claim(), "two");
    REQUIRE(f.pass(60ms));
    CHECK(two.status == 0);
    worker.it->end->chunk(first, "e", wire::chunk_part::last);
  }
  SECTION("it is asked for") {
    const auto path = "/" + std::string(slab::request_room, 'p');
    f.submit(two, path);
    worker.report(*worker.claim(), slab::stage::asks);
    CHECK(worker.it->end->request() == path);
    worker.it->end->chunk(first, "e", wire::chunk_part::last);
    worker.it->end->answer(worker.it->end->stream(), "two");
  }
  REQUIRE(f.ended(one));
  REQUIRE(f.ended(two));
  CHECK(body_of(two) == "two");
  CHECK(worker.it->owner.ended.empty());
  CHECK(worker.it->owner.answered == 2);
}

TEST_CASE("an answer by frames is that of the request it names, whoever was noticed", "[slab]") {
  slab_fixture f;
  auto worker = f.add_seated();
  fake_exchange one;
  fake_exchange two;
  fake_exchange three;
  f.submit(one, "/1");
  const auto first = worker.memory->head(worker.claim()->slot).stream;
  SECTION("the next one is asked for before that answer is read") {
    const auto path = "/" + std::string(slab::request_room, 'p');
    f.submit(two, path);
    f.submit(three, "/3");
    worker.report(*worker.claim(), slab::stage::asks);
    CHECK(worker.it->end->request() == path);
    worker.it->end->answer(first, "one");
    worker.it->end->answer(worker.it->end->stream(), "two");
    worker.answer(*worker.claim(), "three");
  }
  SECTION("the next one is answered in the slab, and the one after it is taken") {
    REQUIRE(f.pass(60ms)); // the first one is noticed
    f.submit(two, "/2");
    f.submit(three, "/3");
    worker.answer(*worker.claim(), "two");
    const auto third = worker.claim();
    REQUIRE(f.ended(two));
    if (GENERATE(false, true)) {
      REQUIRE(f.pass(60ms));
    }
    worker.it->end->answer(first, "one");
    REQUIRE(f.ended(one));
    worker.answer(*third, "three");
  }
  SECTION("the next two are answered in the slab while it streams") {
    worker.it->end->begin_stream(first, "o");
    REQUIRE(f.on.eventually([&] { return one.streaming_begun; }));
    f.submit(two, "/2");
    f.submit(three, "/3");
    worker.answer(*worker.claim(), "two");
    worker.answer(*worker.claim(), "three");
    REQUIRE(f.pass(60ms));
    worker.it->end->chunk(first, "ne", wire::chunk_part::last);
  }
  REQUIRE(f.ended(one));
  REQUIRE(f.ended(two));
  REQUIRE(f.ended(three));
  CHECK(body_of(two) == "two");
  CHECK(body_of(three) == "three");
  CHECK(worker.it->owner.ended.empty());
  CHECK(worker.it->owner.answered == 3);
}

TEST_CASE("an answer ahead of one that never ends is lost with its worker", "[slab]") {
  slab_fixture f;
  auto worker = f.add_seated();
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1");
  worker.it->end->begin_stream(worker.memory->head(worker.claim()->slot).stream);
  REQUIRE(f.on.eventually([&] { return one.streaming_begun; }));
  f.submit(two, "/2");
  worker.answer(*worker.claim(), "two");
  f.die(worker);
  CHECK(f.ended(one));
  REQUIRE(f.ended(two));
  CHECK(two.status == 502);
}

TEST_CASE("a client that leaves takes its offer back, or has it cancelled", "[slab]") {
  slab_fixture f;
  auto worker = f.add_seated();
  fake_exchange one;
  f.submit(one, "/1");
  SECTION("nobody has it") {
    f.abandon(one);
    CHECK_FALSE(worker.claim());
  }
  SECTION("a worker has it") {
    const auto got = worker.claim();
    f.abandon(one);
    const auto frame = worker.it->end->read();
    REQUIRE(frame);
    CHECK(frame->type == wire::frame_type::cancel);
    CHECK(frame->stream == worker.memory->head(got->slot).stream);
    worker.answer(*got, "late");
    CHECK(f.on.eventually([&] { return worker.it->owner.answered == 1; }));
    fake_exchange next;
    f.submit(next, "/next");
    const auto after = worker.claim();
    // Used again, the number would be what a late CANCEL names.
    CHECK(worker.memory->head(after->slot).stream != frame->stream);
    f.abandon(next);
  }
  CHECK(one.late_calls == 0);
}

TEST_CASE("a worker that dies costs the request that it has", "[slab]") {
  slab_fixture f;
  auto worker = f.add_seated();
  auto other = f.add_seated();
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1", net::retry_policy::idempotent);
  f.submit(two, "/2");
  REQUIRE(worker.claim());
  SECTION("and the request is tried once more where its route allows it") {
    f.die(worker);
    const auto second = other.claim();
    const auto again = other.claim();
    REQUIRE(again);
    CHECK(other.path_of(*again) == "/1");
    other.answer(*again, "x");
    CHECK(f.ended(one));
    other.answer(*second, "x");
    CHECK(f.ended(two));
  }
  SECTION("which may be two, if it is not honest") {
    REQUIRE(worker.claim());
    f.die(worker);
    CHECK(f.ended(two));
    CHECK(two.status == 502);
    REQUIRE(other.claim());
    f.die(other);
    CHECK(one.status == 502);
  }
}

TEST_CASE("an answer that its worker could finish before its end counts", "[slab]") {
  slab_fixture f;
  auto worker = f.add_seated();
  fake_exchange one;
  f.submit(one, "/1");
  f.on.call([&] {
    worker.answer(*worker.claim(), "x");
    f.pool->lost(*worker.it->channel);
    f.pool->bury(*worker.it->channel);
    worker.it->channel.reset();
  });
  REQUIRE(f.ended(one));
  CHECK(one.status == 200);
}

TEST_CASE("a request beyond its time is 504, one that nobody takes 503", "[slab]") {
  auto settings = by_slab();
  settings.request_timeout = 50ms;
  settings.queue_timeout = 50ms;
  slab_fixture f{settings};
  auto worker = f.add_seated();
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1");
  REQUIRE(worker.claim());
  f.submit(two, "/2");
  REQUIRE(f.ended(one));
  CHECK(one.status == 504);
  CHECK(worker.it->owner.overdue == 1);
  REQUIRE(f.ended(two));
  CHECK(two.status == 503);
  f.die(worker);
  CHECK(f.ends(*f.counters) == 2);
}

TEST_CASE("a bad answer breaks its worker only", "[slab]") {
  slab_fixture f;
  auto worker = f.add_seated();
  auto other = f.add_seated();
  fake_exchange one;
  f.submit(one, "/1");
  const auto got = worker.claim();
  SECTION("no status") {
    worker.answer(*got, "x", 7);
  }
  SECTION("a field that would break the response apart") {
    worker.answer(*got, "", 200, "\1\0\0\0\7\0\0\0ab\r\nc: d"sv);
  }
  SECTION("a field that goes on behind all of them") {
    // There is nothing behind the lengths of the second.
    worker.answer(*got, "", 200, "\1\0\0\0\1\0\0\0ab\1\0\0\0\2\0\0\0"sv);
  }
  REQUIRE(f.accused(worker));
  f.die(worker);
  CHECK(one.status == 502);
  CHECK(other.it->owner.ended.empty());
  fake_exchange two;
  f.submit(two, "/2");
  other.answer(*other.claim(), "x");
  CHECK(f.ended(two));
}

TEST_CASE("what only a broken or hostile worker says costs that worker", "[slab]") {
  slab_fixture f;
  auto worker = f.add_seated();
  fake_exchange one;
  fake_exchange two;
  f.submit(one, "/1");
  const auto got = worker.claim();
  SECTION("asks for what it has") {
    worker.report(*got, slab::stage::asks);
  }
  SECTION("answers in the middle of a stream") {
    worker.it->end->begin_stream(worker.memory->head(got->slot).stream);
    REQUIRE(f.on.eventually([&] { return one.streaming_begun; }));
    worker.answer(*got, "again");
  }
  REQUIRE(f.accused(worker));
  f.die(worker);
  CHECK(f.ended(one));
}

TEST_CASE("a request held beside another one is given up in the end", "[slab]") {
  auto settings = by_slab();
  settings.queue_timeout = 50ms;
  settings.request_timeout = 300ms;
  slab_fixture f{settings};
  auto worker = f.add_seated();
  fake_exchange streams;
  fake_exchange held;
  f.submit(streams, "/1");
  f.submit(held, "/2");
  const auto first = worker.claim();
  REQUIRE(worker.claim());
  const auto id = worker.memory->head(first->slot).stream;
  worker.it->end->begin_stream(id);
  for (int turn = 0; turn < 40 && f.on.call([&] { return worker.it->owner.ended.empty(); });
       ++turn) {
    worker.it->end->chunk(id, "x");
    REQUIRE(f.pass(20ms));
  }
  REQUIRE(f.accused(worker));
  f.die(worker);
  CHECK(held.status == 502);
}

TEST_CASE("workers that take nothing of what is there are replaced", "[slab]") {
  auto settings = by_slab();
  settings.request_timeout = 500ms;
  slab_fixture f{settings};
  auto silent = f.add_seated();
  fake_exchange one;
  f.submit(one, "/1");
  SECTION("in the end") {
    REQUIRE(f.accused(silent));
    f.die(silent);
    auto next = f.add_seated();
    const auto got = next.claim();
    REQUIRE(got);
    next.answer(*got, "x");
    REQUIRE(f.ended(one));
    CHECK(one.status == 200);
  }
  SECTION("but not those that work") {
    const auto got = silent.claim();
    fake_exchange two;
    f.submit(two, "/2");
    REQUIRE(f.pass(100ms));
    silent.answer(*got, "x");
    REQUIRE(f.ended(one));
    REQUIRE(f.pass(100ms));
    CHECK(silent.it->owner.ended.empty());
    silent.answer(*silent.claim(), "x");
    REQUIRE(f.ended(two));
  }
}

TEST_CASE("a script that is served by its socket may not take requests besides", "[slab]") {
  slab_fixture f;
  auto worker = f.add_seated(false);
  auto other = f.add_seated();
  fake_exchange one;
  f.submit(one, "/1");
  wire::byte_buffer out;
  wire::append_ready(out, wire::worker_intake::socket);
  SECTION("before it says so") {
    REQUIRE(worker.claim());
    REQUIRE(f.pass(60ms));
    worker.it->end->write(out);
    REQUIRE(f.accused(worker));
  }
  SECTION("after") {
    worker.it->end->write(out);
    REQUIRE(f.on.eventually([&] { return worker.it->owner.ready == 1; }));
    worker.answer(*worker.claim(), "x");
    // The slab is damaged: who did it cannot be told.
    REQUIRE(f.accused(worker));
    REQUIRE(f.accused(other));
  }
  f.die(worker);
  f.die(other);
  CHECK(one.status == 502);
}

TEST_CASE("a damaged slab goes out of use with its workers, and comes anew", "[slab]") {
  slab_fixture f;
  auto worker = f.add_seated();
  auto other = f.add_seated();
  fake_exchange one;
  f.submit(one, "/1");
  const auto got = worker.claim();
  worker.set_word(got->slot, {got->generation, 200, slab::stage::answered});
  worker.memory->answered(0) = ~std::uint64_t{0};
  worker.ring();
  REQUIRE(f.accused(worker));
  REQUIRE(f.accused(other));
  auto meanwhile = f.add_seated();
  CHECK(meanwhile.number == pool_slab::no_worker);
  f.die(worker);
  CHECK(one.ends == 0);
  f.die(other);
  CHECK(one.status == 502);
  auto anew = f.add_seated();
  CHECK(anew.number != pool_slab::no_worker);
  fake_exchange two;
  f.submit(two, "/2");
  anew.answer(*anew.claim(), "x");
  CHECK(f.ended(two));
}

TEST_CASE("a word scribbled where workers look for the next request stalls nobody", "[slab]") {
  slab_fixture f;
  auto worker = f.add_seated();
  auto other = f.add_seated();
  fake_exchange one;
  int status = 200;
  SECTION("claims beyond the offers") {
    worker.memory->claims() = worker.memory->tail() + 1;
    f.submit(one, "/1");
  }
  SECTION("an offer of no slot") {
    f.on.call([&] {
      f.submit_here(one, "/1");
      worker.memory->ring(0) = slab::offer{1, slab::slot_count}.packed();
    });
    CHECK_FALSE(worker.claim());
    status = 502; // held by nobody, or by somebody
  }
  for (auto* const each : {&worker, &other}) {
    REQUIRE(f.accused(*each));
    CHECK(each->it->owner.ended.front().find("damaged") != std::string::npos);
  }
  f.die(worker);
  f.die(other);
  auto anew = f.add_seated();
  if (const auto got = anew.claim()) {
    anew.answer(*got, "x");
  }
  REQUIRE(f.ended(one));
  CHECK(one.status == status);
  fake_exchange two;
  f.submit(two, "/2");
  anew.answer(*anew.claim(), "x");
  CHECK(f.ended(two));
}

TEST_CASE("whatever is written over a slab, every request ends once", "[slab]") {
  const auto seed = GENERATE(range(1U, 25U));
  INFO("seed " << seed);
  std::mt19937_64 random{seed};
  slab_fixture f;
  auto worker = f.add_seated();
  auto other = f.add_seated();
  std::deque<fake_exchange> clients;
  const auto any_word = [&] {
    return slab::slot_word{static_cast<std::uint32_t>(random() % 4),
                           static_cast<std::uint16_t>(random() % 4),
                           static_cast<slab::stage>(random() % 6)};
  };
  for (int turn = 0; turn < 60; ++turn) {
    f.submit(clients.emplace_back(), "/");
    const auto place = static_cast<std::uint32_t>(random() % 70);
    switch (random() % 8) {
    case 0:
      worker.set_word(place, any_word());
      break;
    case 1:
      worker.memory->ring(place) = random();
      break;
    case 2:
      worker.memory->claims() = static_cast<std::uint32_t>(random());
      break;
    case 3:
      worker.memory->tail() = static_cast<std::uint32_t>(random() % 100);
      break;
    case 4:
      worker.memory->sleeping(place % 4) = random();
      break;
    case 5:
      std::memset(worker.memory->request(place).data(), static_cast<int>(random() % 256), 64);
      break;
    default:
      if (const auto got = other.claim()) {
        other.answer(*got, "x");
      }
    }
    worker.memory->answered(place / 64) = random();
    worker.ring();
    if (random() % 4 == 0) {
      f.abandon(clients[random() % clients.size()]);
    }
  }
  REQUIRE(f.pass(50ms));
  f.on.call([&] { f.pool->give_up(); });
  f.die(worker);
  f.die(other);
  for (const auto& each : clients) {
    CHECK(each.late_calls == 0);
    CHECK((each.gone || each.ends == 1));
  }
}
