// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Bodies in files on their way through a pool: to a worker's socket, beside a slab, to a second
/// worker, to another shard, and nowhere.
#include "kraken/slab/steps.hpp"
#include "pool_fixture.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace kraken;
using namespace kraken::containers;
using namespace kraken::containers::test;

namespace {

pool_settings with_files() {
  pool_settings out;
  out.takes_files = true;
  return out;
}

} // namespace

TEST_CASE("what a pool takes of a body depends on its workers") {
  pool_settings settings;
  SECTION("frames only") {
    pool_fixture f{settings};
    CHECK(f.pool->intake().most == limits::frame_bytes_max);
    CHECK_FALSE(f.pool->intake().as_file);
  }
  SECTION("smaller frames") {
    settings.speaks = dialect::narya;
    pool_fixture f{settings};
    CHECK(f.pool->intake().most == limits::narya_frame_bytes_max);
    CHECK_FALSE(f.pool->intake().as_file);
  }
  SECTION("files") {
    pool_fixture f{with_files()};
    CHECK(f.pool->intake().most > 64 * limits::frame_bytes_max);
    CHECK(f.pool->intake().as_file);
  }
}

TEST_CASE("a body in a file goes beside its frame, and each request has its own") {
  pool_fixture f{with_files()};
  auto& a = f.add_worker();
  fake_exchange one;
  fake_exchange two;
  fake_exchange three;
  one.stored = body_in_file("the first");
  three.stored = body_in_file("the third");
  f.submit(one, "/1");
  f.submit(two, "/2");
  f.submit(three, "/3");
  CHECK(a.end->stored_body() == "the first");
  a.end->answer(a.end->stream(), "1");
  CHECK(a.end->request() == "/2");
  CHECK(a.end->passed.empty());
  a.end->answer(a.end->stream(), "2");
  CHECK(a.end->stored_body() == "the third");
  a.end->answer(a.end->stream(), "3");
  REQUIRE(f.ended(three));
  CHECK(three.text.ends_with("3"));
}

TEST_CASE("the file is closed with the answer, and when its client goes") {
  pool_fixture f{with_files()};
  auto& a = f.add_worker();
  fake_exchange one;
  one.stored = body_in_file("gone soon");
  const std::weak_ptr<const unique_fd> file = one.stored.file;
  SECTION("answered") {
    f.submit(one, "/1");
    CHECK(a.end->stored_body() == "gone soon");
    CHECK_FALSE(file.expired());
    a.end->answer(a.end->stream(), "");
    REQUIRE(f.ended(one));
    CHECK(f.on.call([&] { return file.expired(); }));
  }
  SECTION("abandoned while it waits") {
    fake_exchange before;
    f.submit(before, "/0");
    f.submit(one, "/1");
    f.abandon(one);
    CHECK(f.on.call([&] { return file.expired(); }));
    f.abandon(before);
  }
  SECTION("the pool closes") {
    fake_exchange before;
    f.submit(before, "/0");
    f.submit(one, "/1");
    f.on.call([&] { f.pool->close(); });
    CHECK(one.status == 503);
    CHECK(f.on.call([&] { return file.expired(); }));
    f.abandon(before);
  }
}

TEST_CASE("a second worker reads the body from its beginning") {
  pool_fixture f{with_files()};
  auto& a = f.add_worker();
  auto& b = f.add_worker();
  fake_exchange one;
  one.stored = body_in_file("read twice");
  f.submit(one, "/1", net::retry_policy::idempotent);
  CHECK(b.end->stored_body() == "read twice");
  b.end->close();
  CHECK(a.end->stored_body() == "read twice");
  a.end->answer(a.end->stream(), "ok");
  REQUIRE(f.ended(one));
  CHECK(one.status == 200);
  CHECK(f.counters->retried.get() == 1);
}

TEST_CASE("a pool whose workers have changed meanwhile refuses a body in a file") {
  pool_fixture f;
  fake_exchange one;
  one.stored = body_in_file("for others");
  f.submit(one, "/1");
  CHECK(one.status == 413);
  CHECK(f.counters->refused.get() == 1);
}

TEST_CASE("a body that is missing is refused") {
  pool_fixture f{with_files()};
  fake_exchange one;
  one.stored.bytes = 9;
  f.submit(one, "/1");
  CHECK(one.status == 413);
}

TEST_CASE("a body in a file is lent with its request") {
  const auto group = std::make_shared<pool_group>(2);
  shard_fixture home{0, group, with_files()};
  shard_fixture lender{1, group, with_files()};
  auto& worker = lender.add_worker();
  fake_exchange one;
  one.stored = body_in_file("far away");
  home.submit(one, "/1");
  CHECK(worker.end->stored_body() == "far away");
  worker.end->answer(worker.end->stream(), "near");
  REQUIRE(home.ended(one));
  CHECK(one.text.ends_with("near"));
  home.tear_down();
  lender.tear_down();
}
