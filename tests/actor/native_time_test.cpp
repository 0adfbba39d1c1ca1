// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Keyed timers and receive timeouts of native containers, on virtual time.
#include "native_fixture.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

namespace kraken::actor_test {

using native::behaviour;
using native::context;
using native::timing;

namespace {

/// Containers that give the test their context.
struct timing_fixture : native_fixture {
  timing_fixture() {
    define("Timed", [this](context& mine) {
      self = &mine;
      behaviour first;
      first.on_message([](int) {}).on_request([](int what) { return what; });
      return first;
    });
    start_with({native("timed", "Timed")});
  }

  void every(std::string key, timing how, milliseconds interval) {
    auto then = [this, key] { log(key); };
    CHECK(self->start_timer(std::move(key), how, interval, then));
  }

  context* self = nullptr;
};

} // namespace

TEST_CASE_METHOD(timing_fixture, "a single timer runs once; the same key replaces it") {
  every("a", timing::single, milliseconds{100});
  every("b", timing::single, milliseconds{50});
  every("a", timing::single, milliseconds{200});
  CHECK(self->has_timer("a"));
  advance(milliseconds{150});
  CHECK(take_seen() == "b");
  CHECK_FALSE(self->has_timer("b"));
  advance(milliseconds{500});
  CHECK(take_seen() == "a");
  every("c", timing::single, milliseconds{10});
  self->cancel_timer("c");
  self->cancel_timer("c");
  advance(milliseconds{50});
  CHECK(take_seen().empty());
}

TEST_CASE_METHOD(timing_fixture, "fixed rate has no drift, fixed delay counts from the end") {
  std::vector<std::int64_t> at;
  const auto began = self->now();
  const auto note = [&] {
    at.push_back(std::chrono::duration_cast<milliseconds>(self->now() - began).count());
  };
  SECTION("rate") {
    CHECK(self->start_timer("r", timing::fixed_rate, milliseconds{100}, note));
    advance(milliseconds{450});
    CHECK(at == std::vector<std::int64_t>{100, 200, 300, 400});
  }
  SECTION("delay") {
    CHECK(self->start_timer("d", timing::fixed_delay, milliseconds{100}, note));
    advance(milliseconds{350});
    CHECK(at == std::vector<std::int64_t>{100, 200, 300});
  }
  SECTION("a timer that ends itself") {
    CHECK(self->start_timer("d", timing::fixed_delay, milliseconds{100}, [&] {
      note();
      self->cancel_timer("d");
    }));
    CHECK(self->start_timer("r", timing::fixed_rate, milliseconds{100}, [&] {
      note();
      self->cancel_timer("r");
    }));
    advance(milliseconds{500});
    CHECK(at == std::vector<std::int64_t>{100, 100});
  }
}

TEST_CASE_METHOD(timing_fixture, "a repeated timer goes on after `continue`") {
  auto one = native("kept", "Timed");
  one.local = {{"*", {"continue"}}};
  model::command create;
  create.what = model::verb::create;
  create.target = "Main";
  create.spec = std::make_shared<const model::child_spec>(one);
  REQUIRE(ask(create)->ok());
  const auto how = GENERATE(timing::fixed_rate, timing::fixed_delay);
  int runs = 0;
  CHECK(self->start_timer("t", how, milliseconds{100}, [&] {
    if (++runs == 2) {
      throw std::runtime_error("once");
    }
  }));
  advance(milliseconds{450});
  CHECK(runs == 4);
  CHECK(status("Main/kept").generation == 1);
}

TEST_CASE_METHOD(timing_fixture, "timers are gone with the incarnation, and bounded") {
  every("a", timing::fixed_rate, milliseconds{10});
  ask(model::verb::restart, "timed");
  advance(milliseconds{100});
  CHECK(take_seen().empty());
  for (std::size_t i = 0; i < limits::native_timers_max; ++i) {
    CHECK(self->start_timer(std::to_string(i), timing::single, seconds{1}, [] {}));
  }
  const auto more = self->start_timer("more", timing::single, seconds{1}, [] {});
  REQUIRE_FALSE(more);
  CHECK(more.error().code == errc::limit_exceeded);
  CHECK_FALSE(self->start_timer("0", timing::fixed_rate, milliseconds{0}, [] {}));
}

TEST_CASE_METHOD(timing_fixture, "a receive timeout counts letters only, and repeats") {
  self->receive_timeout(milliseconds{100}, [this] { log("silence"); });
  advance(milliseconds{90});
  static_cast<void>(send("timed", 1));
  advance(milliseconds{90});
  CHECK(ask_value("timed", "", 5).what == actor::answer::kind::value);
  advance(milliseconds{90});
  CHECK(take_seen().empty());
  advance(milliseconds{20});
  CHECK(take_seen() == "silence");
  advance(milliseconds{200});
  CHECK(take_seen() == "silence, silence");
  self->receive_timeout(milliseconds{0}, {});
  advance(milliseconds{500});
  CHECK(take_seen().empty());
}

} // namespace kraken::actor_test
