// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Timers, receive timeouts and stash of native containers where they meet: callbacks that change
/// what called them, failures in between, late arrivals.
#include "native_fixture.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

namespace kraken::actor_test {

using native::behaviour;
using native::context;
using native::message;
using native::timing;

namespace {

/// A container that gives the test its context; it stashes what is negative.
struct edge_fixture : native_fixture {
  edge_fixture() {
    define("Edge", [this](context& mine) {
      self = &mine;
      behaviour first;
      first.on_message([this](const message& what) {
        const auto number = *what.as<int>();
        number < 0 ? static_cast<void>(self->stash(what)) : log(std::to_string(number));
      });
      return first;
    });
    auto one = native("edge", "Edge");
    one.local = {{"std::range_error", {"continue"}}};
    start_with({one});
  }

  void timer(std::string key, timing how, milliseconds interval, std::function<void()> then) {
    CHECK(self->start_timer(std::move(key), how, interval, std::move(then)));
  }

  context* self = nullptr;
};

} // namespace

TEST_CASE_METHOD(edge_fixture, "a timer's run may replace it, and the new one counts") {
  const auto how = GENERATE(timing::single, timing::fixed_rate, timing::fixed_delay);
  timer("t", how, milliseconds{10}, [this] {
    log("old");
    timer("t", timing::single, milliseconds{30}, [this] { log("new"); });
  });
  advance(milliseconds{20});
  CHECK(take_seen() == "old");
  CHECK(self->has_timer("t"));
  advance(milliseconds{500});
  CHECK(take_seen() == "new");
  CHECK_FALSE(self->has_timer("t"));
}

TEST_CASE_METHOD(edge_fixture, "a timer of no time runs soon, never inside the call") {
  timer("t", timing::single, milliseconds{0}, [this] { log("ran"); });
  CHECK(take_seen().empty());
  run();
  advance(milliseconds{10});
  CHECK(take_seen() == "ran");
  CHECK_FALSE(self->start_timer("t", timing::single, milliseconds{-1}, [] {}));
}

TEST_CASE_METHOD(edge_fixture, "timers that are due together run in the order of their times") {
  timer("c", timing::single, milliseconds{30}, [this] {
    log("c");
    self->cancel_timer("d"); // due as well: does not run any more
  });
  timer("d", timing::single, milliseconds{30}, [this] { log("d"); });
  timer("a", timing::single, milliseconds{10}, [this] { log("a"); });
  advance(milliseconds{100});
  CHECK(take_seen() == "a, c");
}

TEST_CASE_METHOD(edge_fixture, "a single timer that throws is gone, and fails the container once") {
  timer("t", timing::single, milliseconds{10}, [] { throw std::range_error("once"); });
  advance(milliseconds{100});
  CHECK(status("Main/edge").generation == 1); // `continue`
  CHECK(status("Main/edge").last_cause->message == "once");
  CHECK_FALSE(self->has_timer("t"));
  timer("t", timing::single, milliseconds{10}, [] { throw std::domain_error("for good"); });
  advance(milliseconds{100});
  CHECK(status("Main/edge").generation == 2);
}

TEST_CASE_METHOD(edge_fixture, "a receive timeout may end or replace itself, or throw") {
  SECTION("end") {
    self->receive_timeout(milliseconds{50}, [this] {
      log("silence");
      self->receive_timeout(milliseconds{0}, {});
    });
    advance(milliseconds{500});
    CHECK(take_seen() == "silence");
  }
  SECTION("replace") {
    self->receive_timeout(milliseconds{50}, [this] {
      log("first");
      self->receive_timeout(milliseconds{200}, [this] { log("second"); });
    });
    advance(milliseconds{270});
    CHECK(take_seen() == "first, second");
  }
  SECTION("throw") {
    self->receive_timeout(milliseconds{50}, [this] {
      log("silence");
      throw std::range_error("too quiet");
    });
    advance(milliseconds{130});
    CHECK(take_seen() == "silence, silence"); // it goes on after `continue`
    CHECK(status("Main/edge").generation == 1);
  }
  SECTION("gone with the incarnation") {
    self->receive_timeout(milliseconds{50}, [this] { log("silence"); });
    ask(model::verb::restart, "edge");
    advance(milliseconds{500});
    CHECK(take_seen().empty());
  }
}

TEST_CASE_METHOD(edge_fixture, "a stashed letter counts as heard, timers do not") {
  self->receive_timeout(milliseconds{100}, [this] { log("silence"); });
  timer("t", timing::fixed_rate, milliseconds{30}, [] {});
  advance(milliseconds{90});
  static_cast<void>(send("edge", -1));
  advance(milliseconds{90});
  CHECK(take_seen().empty());
  advance(milliseconds{20});
  CHECK(take_seen() == "silence");
}

TEST_CASE_METHOD(edge_fixture,
                 "unstash without a stash does nothing; a stash may be put back again") {
  self->unstash_all();
  run();
  CHECK(take_seen().empty());
  static_cast<void>(send("edge", -1));
  static_cast<void>(send("edge", -2));
  self->unstash_all();
  run();
  CHECK(status("Main/edge").lane->depth.load() == 2); // the same behaviour has put them back
  static_cast<void>(send("edge", 3));
  CHECK(take_seen() == "3");
  CHECK(status("Main/edge").lane->depth.load() == 2);
}

TEST_CASE_METHOD(edge_fixture, "what is stashed waits through a stop, for the next incarnation") {
  static_cast<void>(send("edge", -1));
  ask(model::verb::stop, "edge");
  CHECK(status("Main/edge").lane->depth.load() == 1);
  ask(model::verb::start, "edge");
  CHECK(status("Main/edge").lane->depth.load() == 1); // read again, and stashed again
  CHECK(tree->dead->total() == 0);
}

} // namespace kraken::actor_test
