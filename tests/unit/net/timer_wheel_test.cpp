// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Deadlines on virtual time: never early, at most a tick late, safe against change while firing.
#include "kraken/net/timer_wheel.hpp"

#include <functional>
#include <memory>
#include <vector>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using kraken::time_point;
using kraken::net::deadline;
using kraken::net::timer_wheel;

namespace {

struct probe final : deadline {
  std::function<void(time_point)> then;
  int fired = 0;

  void expired(time_point now) override {
    ++fired;
    if (then) {
      then(now);
    }
  }
};

const time_point start{1h};

} // namespace

TEST_CASE("a deadline fires at its time, never early and at most one tick late") {
  const auto after =
      GENERATE(1ms, 15ms, 16ms, 17ms, 999ms, 16'384ms, 16'385ms, 60'000ms, 3'600'000ms);
  CAPTURE(after.count());
  timer_wheel wheel{start};
  probe one;
  wheel.set(one, start + after);
  auto now = start;
  while (one.fired == 0) {
    const auto next = wheel.next();
    REQUIRE(next);
    REQUIRE(*next > now);
    now = *next;
    REQUIRE(now <= start + after + timer_wheel::tick);
    wheel.advance(now);
    if (one.fired == 0) {
      REQUIRE(now < start + after + timer_wheel::tick);
    }
  }
  CHECK(now >= start + after);
  CHECK(wheel.size() == 0);
  CHECK_FALSE(wheel.next());
}

TEST_CASE("a cleared deadline does not fire and a moved one fires once") {
  timer_wheel wheel{start};
  probe cleared;
  probe moved;
  wheel.set(cleared, start + 20ms);
  wheel.set(moved, start + 20ms);
  cleared.clear();
  wheel.set(moved, start + 500ms);
  wheel.advance(start + 100ms);
  CHECK(moved.fired == 0);
  wheel.advance(start + 600ms);
  CHECK(cleared.fired == 0);
  CHECK(moved.fired == 1);
}

TEST_CASE("deadlines may clear, set and destroy each other while they fire") {
  timer_wheel wheel{start};
  probe first;
  auto victim = std::make_unique<probe>();
  probe again;
  first.then = [&](time_point) { victim.reset(); };
  again.then = [&](time_point now) {
    if (again.fired < 3) {
      wheel.set(again, now); // due already: must wait for the next tick, not loop here
    }
  };
  wheel.set(*victim, start + 40ms);
  wheel.set(first, start + 40ms); // set last, fires first
  wheel.set(again, start + 40ms);
  wheel.advance(start + 64ms);
  CHECK(first.fired == 1);
  CHECK(victim == nullptr);
  wheel.advance(start + 200ms);
  CHECK(again.fired == 3);
  CHECK(wheel.size() == 0);
}

TEST_CASE("after a pause of many turns everything due fires at once") {
  timer_wheel wheel{start};
  std::vector<std::unique_ptr<probe>> all;
  for (int i = 1; i <= 500; ++i) {
    wheel.set(*all.emplace_back(std::make_unique<probe>()), start + i * 77ms);
  }
  wheel.advance(start + 1h);
  for (const auto& each : all) {
    CHECK(each->fired == 1);
  }
}

TEST_CASE("a wheel that goes first leaves its deadlines clear") {
  probe one;
  {
    timer_wheel wheel{start};
    wheel.set(one, start + 1s);
  }
  CHECK_FALSE(one.is_set());
}
