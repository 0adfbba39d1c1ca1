// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Who keeps a message while it can not be taken, mailboxes that block, and repeated requests.
#include "heard.hpp"
#include "tree_fixture.hpp"

#include "kraken/base/limits.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using actor::dead_reason;
using actor::delivery;
using actor::posted;
using model::phase;
using model::verb;

TEST_CASE_METHOD(tree_fixture, "STANDARD is refused at once unless the target is started") {
  auto later = leaf("b");
  later.autostart = false;
  start(supervisor("Main", {leaf("a"), later}));
  auto& a = host_of("Main/a");
  CHECK(a.send({.to = "b", .body = text("1")}).error().code == errc::not_started);
  CHECK(a.send({.to = "b", .body = text("2"), .mode = delivery::buffer_offline}).error().code ==
        errc::not_started);
  CHECK(*a.send({.to = "b", .body = text("3"), .mode = delivery::buffer_online}) ==
        posted::buffered);
  CHECK(*a.send({.to = "b", .body = text("4"), .mode = delivery::buffer}) == posted::buffered);
  run();
  take_trace();
  ask(verb::start, "b");
  CHECK(took() == "start b#1, receive 3 b#1, receive 4 b#1");
}

TEST_CASE_METHOD(tree_fixture, "BUFFER_OFFLINE waits at a sender that is not ready, in order") {
  start(supervisor("Main", {leaf("b"), leaf("a")}));
  becomes_unready("Main/a");
  auto& a = host_of("Main/a");
  take_trace();
  CHECK(*a.send({.to = "b", .body = text("1"), .mode = delivery::buffer_offline}) ==
        posted::buffered);
  // Sent at once were it alone, but it must not overtake.
  CHECK(*a.send({.to = "b", .body = text("2")}) == posted::buffered);
  run();
  CHECK(took().empty());
  becomes_ready("Main/a");
  CHECK(took() == "receive 1 b#1, receive 2 b#1");
}

TEST_CASE_METHOD(tree_fixture, "what waits at a sender is dead when the sender is destroyed") {
  start(supervisor("Main", {leaf("b"), leaf("a")}));
  becomes_unready("Main/a");
  static_cast<void>(
      host_of("Main/a").send({.to = "b", .body = text("1"), .mode = delivery::buffer_offline}));
  ask(verb::destroy, "a");
  CHECK(tree->dead->total(dead_reason::closed) == 1);
}

TEST_CASE_METHOD(tree_fixture, "a mailbox that blocks: what has no room waits at its sender") {
  auto narrow = leaf("b");
  narrow.mailbox = {2, model::overflow::block};
  auto sender = leaf("a");
  sender.mailbox.capacity = 3;
  start(supervisor("Main", {narrow, sender}));
  becomes_unready("Main/b");
  take_trace();
  auto& a = host_of("Main/a");
  for (int i = 1; i <= 5; ++i) {
    CHECK(a.send({.to = "b", .body = text(std::to_string(i))}));
  }
  CHECK(a.send({.to = "b", .body = text("6")}).error().code == errc::mailbox_full);
  run();
  CHECK(status("Main/b").lane->depth == 2);
  SECTION("until there is room") {
    becomes_ready("Main/b");
    CHECK(took() == "receive 1 b#1, receive 2 b#1, receive 3 b#1, receive 4 b#1, receive 5 b#1");
    CHECK(tree->dead->total() == 1);
  }
  SECTION("or until there never will be") {
    ask(verb::destroy, "b");
    CHECK(tree->dead->total() == 6);
  }
}

TEST_CASE_METHOD(tree_fixture, "a repeated request joins the running one, then gets its answer") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  auto& a = host_of("Main/a");
  heard first;
  heard second;
  heard third;
  static_cast<void>(a.request({.to = "b", .body = text("x"), .id = "7"}, first.callback()));
  static_cast<void>(a.request({.to = "b", .body = text("x"), .id = "7"}, second.callback()));
  run();
  REQUIRE(on.asked.size() == 1);
  on.asked.front().reply.progress();
  on.asked.front().reply.value(text("done"));
  run();
  static_cast<void>(a.request({.to = "b", .body = text("x"), .id = "7"}, third.callback()));
  run();
  CHECK(on.asked.size() == 1);
  for (const auto* one : {&first, &second, &third}) {
    CHECK(one->answers == 1);
    REQUIRE(one->last.value != nullptr);
    CHECK(*one->last.value == "done");
  }
  CHECK(second.signs == 1);
}

TEST_CASE_METHOD(tree_fixture, "answers are kept for a time, over a restart, and only if had") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  auto& a = host_of("Main/a");
  heard got;
  const auto asks = [&](std::string id) {
    got = {};
    static_cast<void>(a.request({.to = "b", .body = text("x"), .id = id}, got.callback()));
    run();
  };
  SECTION("one that the incarnation had fails again without being carried out") {
    asks("7");
    on.asked.clear();
    run();
    CHECK(got.failed_as(dead_reason::in_flight));
    crash("Main/b");
    asks("7");
    CHECK(got.failed_as(dead_reason::in_flight));
    CHECK(on.asked.empty());
  }
  SECTION("one that nobody had may come again") {
    ask(verb::stop, "b");
    asks("7");
    CHECK(got.failed_as(dead_reason::closed));
    ask(verb::start, "b");
    asks("7");
    CHECK(on.asked.size() == 1);
  }
  SECTION("after a time it is a new one") {
    asks("7");
    on.asked.front().reply.value(text("done"));
    run();
    advance(limits::answers_kept_for + seconds{1});
    asks("7");
    CHECK(on.asked.size() == 2);
  }
}

TEST_CASE_METHOD(tree_fixture, "taking back a joined request does not stop the other's") {
  start(supervisor("Main", {leaf("a"), leaf("c"), leaf("b")}));
  auto& a = host_of("Main/a");
  heard first;
  heard second;
  const auto call = a.request({.to = "b", .body = text("x"), .id = "7"}, first.callback());
  static_cast<void>(a.request({.to = "b", .body = text("x"), .id = "7"}, second.callback()));
  run();
  int stopped = 0;
  on.asked.front().reply.when_cancelled([&] { ++stopped; });
  a.cancel_request(call);
  run();
  CHECK(stopped == 0);
  on.asked.front().reply.value(text("done"));
  run();
  CHECK(first.last.what == actor::answer::kind::cancelled);
  CHECK(second.answers == 1);
  CHECK(second.last.value != nullptr);
}

TEST_CASE_METHOD(tree_fixture, "a try that took too long leaves its work to the next one") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  auto& a = host_of("Main/a");
  std::vector<heard> tries(10);
  std::vector<actor::call_id> calls;
  const auto asks = [&](std::string id) {
    auto& got = tries.at(calls.size());
    calls.push_back(
        a.request({.to = "b", .body = text("x"), .timeout = seconds{2}, .id = std::move(id)},
                  got.callback()));
    run();
    return &got;
  };
  int stopped = 0;
  const auto begins = [&](std::string id) {
    auto* const got = asks(std::move(id));
    on.asked.front().reply.when_cancelled([&] { ++stopped; });
    advance(seconds{2});
    CHECK(got->last.why.what() == errc::timeout);
  };
  SECTION("which gets what comes of it, however many there were") {
    begins("7");
    for (int i = 0; i < 8; ++i) {
      const auto* const got = asks("7");
      advance(seconds{2});
      CHECK(got->last.why.what() == errc::timeout);
    }
    CHECK(stopped == 0);
    const auto* const last = asks("7");
    REQUIRE(on.asked.size() == 1);
    on.asked.front().reply.value(text("done"));
    run();
    CHECK(last->answers == 1);
    REQUIRE(last->last.value != nullptr);
    CHECK(*last->last.value == "done");
    CHECK(tree->dead->total() == 0);
  }
  SECTION("or may come too late for it") {
    begins("7");
    on.asked.front().reply.value(text("done"));
    run();
    const auto* const last = asks("7");
    REQUIRE(last->last.value != nullptr);
    CHECK(*last->last.value == "done");
  }
  SECTION("until that is taken back") {
    begins("7");
    static_cast<void>(asks("7"));
    a.cancel_request(calls.back());
    run();
    CHECK(stopped == 1);
  }
  SECTION("one that comes alone takes its work along") {
    begins("");
    CHECK(stopped == 1);
  }
}

TEST_CASE_METHOD(tree_fixture, "an incarnation holds letters back and takes them later") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  host_of("Main/b").hold_letters();
  CHECK(*host_of("Main/a").send({.to = "b", .body = text("1")}) == posted::sent);
  take_trace();
  run();
  CHECK(took().empty());
  host_of("Main/b").release_letters();
  run();
  CHECK(took() == "receive 1 b#1");
}

} // namespace kraken::actor_test
