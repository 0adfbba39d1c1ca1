// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The one time a shard is told of: never early, moved by the next, told no more after its end.
#include "kraken/actor/shard/shard_timer.hpp"
#include "support/loop_thread.hpp"

#include "catch2/catch.hpp"

#include <chrono>
#include <future>

using namespace kraken;
using test_support::loop_thread;
using test_support::patience;

namespace {

time_point clock_now() {
  return std::chrono::steady_clock::now();
}

} // namespace

TEST_CASE("a time that was set comes once and never early") {
  loop_thread on;
  auto timer = actor::shard_timer::make();
  REQUIRE(timer);
  std::promise<time_point> came;
  int times = 0;
  const auto due = clock_now() + milliseconds{20};
  on.call([&] {
    REQUIRE(timer->begin(on.loop(), [&] {
      if (++times == 1) {
        came.set_value(clock_now());
      }
    }));
    timer->set(due + seconds{3600});
    timer->set(due); // moved
  });
  auto at = came.get_future();
  REQUIRE(at.wait_for(patience) == std::future_status::ready);
  CHECK(at.get() >= due);
  on.call([&] {
    CHECK(times == 1);
    timer->end();
  });
}

TEST_CASE("a time that is over comes at once, also when it was set before the loop knew") {
  loop_thread on;
  auto timer = actor::shard_timer::make();
  REQUIRE(timer);
  std::promise<void> came;
  timer->set(time_point{});
  on.call([&] { REQUIRE(timer->begin(on.loop(), [&] { came.set_value(); })); });
  REQUIRE(came.get_future().wait_for(patience) == std::future_status::ready);
  on.call([&] { timer->end(); });
}

TEST_CASE("after its end a timer tells nothing") {
  loop_thread on;
  auto timer = actor::shard_timer::make();
  REQUIRE(timer);
  int times = 0;
  on.call([&] {
    REQUIRE(timer->begin(on.loop(), [&] { ++times; }));
    timer->set(time_point{});
    timer->end();
  });
  const auto looked = std::make_shared<std::promise<void>>();
  auto wait =
      on.call([&] { return on.loop().after(milliseconds{20}, [looked] { looked->set_value(); }); });
  REQUIRE(looked->get_future().wait_for(patience) == std::future_status::ready);
  on.call([&] {
    CHECK(times == 0);
    wait.reset();
  });
}
