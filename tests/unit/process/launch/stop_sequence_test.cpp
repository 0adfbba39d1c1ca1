// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The plan of an orderly end on virtual time.
#include "kraken/process/launch/stop_sequence.hpp"

#include <catch2/catch.hpp>

namespace kraken::process {

namespace {

using stage = stop_sequence::stage;

const time_point t0{std::chrono::hours{1}};

constexpr milliseconds ms(int n) {
  return milliseconds{n};
}

stop_times all_steps() {
  return {ms(100), ms(200), ms(300)};
}

} // namespace

TEST_CASE("drain, SIGTERM, SIGKILL, report: each once, each after its time") {
  stop_sequence stop{all_steps()};
  CHECK_FALSE(stop.begun());
  CHECK(stop.begin(t0) == stop_step{stop_action::drain, t0 + ms(100)});
  CHECK(stop.begun());
  CHECK(stop.begin(t0 + ms(1)) == stop_step{stop_action::none, t0 + ms(100)});
  CHECK(stop.advance(t0 + ms(99)) == stop_step{stop_action::none, t0 + ms(100)});
  CHECK(stop.advance(t0 + ms(100)) == stop_step{stop_action::terminate, t0 + ms(300)});
  CHECK(stop.advance(t0 + ms(299)) == stop_step{stop_action::none, t0 + ms(300)});
  // Late: the time of the next step counts from when it is really taken.
  CHECK(stop.advance(t0 + ms(400)) == stop_step{stop_action::kill, t0 + ms(700)});
  CHECK(stop.advance(t0 + ms(700)) == stop_step{stop_action::give_up, {}});
  CHECK(stop.where() == stage::stuck);
  CHECK(stop.advance(t0 + ms(9000)) == stop_step{});
}

TEST_CASE("steps without time are left out") {
  stop_sequence no_drain{{ms(0), ms(200), ms(300)}};
  CHECK(no_drain.begin(t0).action == stop_action::terminate);
  stop_sequence brutal{{ms(0), ms(0), ms(300)}};
  CHECK(brutal.begin(t0).action == stop_action::kill);
  stop_sequence drain_then_kill{{ms(10), ms(0), ms(300)}};
  CHECK(drain_then_kill.begin(t0).action == stop_action::drain);
  CHECK(drain_then_kill.advance(t0 + ms(10)).action == stop_action::kill);
}

TEST_CASE("an infinite shutdown waits for ever, but can be hurried") {
  stop_sequence stop{{ms(0), std::nullopt, ms(300)}};
  CHECK(stop.begin(t0) == stop_step{stop_action::terminate, {}});
  CHECK(stop.advance(t0 + std::chrono::hours{1000}) == stop_step{});
  CHECK(stop.hurry(t0).action == stop_action::kill);
}

TEST_CASE("a time longer than the clock can count is for ever") {
  stop_sequence stop{{milliseconds::max(), milliseconds::max(), milliseconds::max()}};
  CHECK(stop.begin(t0) == stop_step{stop_action::drain, {}});
  CHECK(stop.hurry(t0) == stop_step{stop_action::terminate, {}});
  CHECK(stop.hurry(t0) == stop_step{stop_action::kill, {}});
}

TEST_CASE("hurry skips the rest of the current step") {
  stop_sequence stop{all_steps()};
  CHECK(stop.hurry(t0).action == stop_action::drain);
  CHECK(stop.hurry(t0 + ms(1)) == stop_step{stop_action::terminate, t0 + ms(201)});
  CHECK(stop.hurry(t0 + ms(2)) == stop_step{stop_action::kill, t0 + ms(302)});
  CHECK(stop.hurry(t0 + ms(3)) == stop_step{stop_action::none, t0 + ms(302)});
}

TEST_CASE("kill works from anywhere, once") {
  const int steps = GENERATE(0, 1, 2);
  stop_sequence stop{all_steps()};
  for (int i = 0; i < steps; ++i) {
    static_cast<void>(stop.hurry(t0));
  }
  CHECK(stop.kill(t0) == stop_step{stop_action::kill, t0 + ms(300)});
  CHECK(stop.kill(t0) == stop_step{stop_action::none, t0 + ms(300)});
}

TEST_CASE("nothing is asked for after the end") {
  const int steps = GENERATE(0, 1, 2, 3);
  stop_sequence stop{all_steps()};
  for (int i = 0; i < steps; ++i) {
    static_cast<void>(stop.hurry(t0));
  }
  stop.ended();
  CHECK(stop.begin(t0) == stop_step{});
  CHECK(stop.advance(t0 + std::chrono::hours{1}) == stop_step{});
  CHECK(stop.hurry(t0) == stop_step{});
  CHECK(stop.kill(t0) == stop_step{});
  CHECK(stop.where() == stage::ended);
}

} // namespace kraken::process
