// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Messages and requests between containers on virtual time: the simple paths, and that each
/// request ends in exactly one answer whatever becomes of its target.
#include "heard.hpp"
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using actor::dead_reason;
using actor::delivery;
using actor::draft;
using actor::posted;
using model::phase;
using model::verb;

TEST_CASE_METHOD(tree_fixture, "a message goes from one container to another, by alias or path") {
  start(supervisor("Main", {leaf("a"), supervisor("in", {leaf("b")})}));
  take_trace();
  auto& a = host_of("Main/a");
  CHECK(*a.send({.to = "b", .body = text("1")}) == posted::sent);
  CHECK(*a.send({.to = "in/b", .body = text("2")}) == posted::sent);
  CHECK(*a.send({.to = "Main/in/b", .body = text("3")}) == posted::sent);
  CHECK(took().empty()); // never inside the call
  run();
  CHECK(took() == "receive 1 b#1, receive 2 b#1, receive 3 b#1");
  CHECK(status("Main/in/b").lane->admitted.get() == 3);
}

TEST_CASE_METHOD(tree_fixture, "a name means a child of the sender's own, then a sibling") {
  const auto with = [](std::string id, std::vector<model::child_spec> children) {
    auto made = leaf(std::move(id));
    made.children = std::move(children);
    return made;
  };
  start(supervisor("Main",
                   {leaf("a"),
                    with("x", {leaf("a"), with("y", {leaf("a")}), leaf("b")}),
                    with("z", {leaf("b"), leaf("only")})}));
  CHECK(host_of("Main/z/only").send({.to = "b", .body = text("1")}));
  CHECK(host_of("Main/x").send({.to = "a", .body = text("2")}));
  CHECK(host_of("Main/x/y").send({.to = "a", .body = text("3")}));
  CHECK(host_of("Main/x/b").send({.to = "a", .body = text("4")}));
  CHECK(host_of("Main/z").send({.to = "a", .body = text("5")}));
  CHECK(host_of("Main/x/y").send({.to = "only", .body = text("6")})); // the one in the tree
  run();
  CHECK(status("Main/z/b").lane->admitted.get() == 1);
  CHECK(status("Main/x/a").lane->admitted.get() == 2);
  CHECK(status("Main/x/y/a").lane->admitted.get() == 1);
  CHECK(status("Main/a").lane->admitted.get() == 1);
  CHECK(status("Main/z/only").lane->admitted.get() == 1);
  const auto how = host_of("Main/z/only").send({.to = "a", .body = text("7")});
  REQUIRE_FALSE(how); // neither a child nor a sibling: three of the name in the tree
  CHECK(how.error().code == errc::ambiguous);
}

TEST_CASE_METHOD(tree_fixture, "an unknown alias is refused at once, with the nearest name") {
  start(supervisor("Main", {leaf("alpha"), leaf("beta")}));
  const auto how = host_of("Main/alpha").send({.to = "betta", .body = text("1")});
  REQUIRE_FALSE(how);
  CHECK(how.error().code == errc::not_found);
  CHECK(how.error().context.find("'beta'") != std::string::npos);
  CHECK(tree->dead->total(dead_reason::no_such) == 1);
  heard got;
  static_cast<void>(
      host_of("Main/alpha").request({.to = "betta", .body = text("1")}, got.callback()));
  run();
  CHECK(got.failed_as(dead_reason::no_such));
}

TEST_CASE_METHOD(tree_fixture, "a request is answered, now or later") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  heard now;
  heard later;
  auto& a = host_of("Main/a");
  CHECK(a.request({.to = "b", .body = text("echo")}, now.callback()) != 0);
  static_cast<void>(a.request({.to = "b", .body = text("later")}, later.callback()));
  CHECK(now.answers == 0);
  run();
  CHECK(now.answers == 1);
  CHECK(*now.last.value == "echo");
  CHECK(later.answers == 0);
  REQUIRE(on.asked.size() == 1);
  CHECK(on.asked.front().sender() == "Main/a");
  on.asked.front().reply.value(text("done"));
  on.asked.front().reply.value(text("twice")); // the duty has ended
  run();
  CHECK(later.answers == 1);
  CHECK(*later.last.value == "done");
}

TEST_CASE_METHOD(tree_fixture, "a request without an answer times out; progress renews its time") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  heard got;
  static_cast<void>(host_of("Main/a").request({.to = "b", .body = text("x"), .timeout = seconds{1}},
                                              got.callback()));
  run();
  advance(milliseconds{900});
  on.asked.front().reply.progress();
  run();
  CHECK(got.signs == 1);
  advance(milliseconds{900});
  CHECK(got.answers == 0);
  advance(milliseconds{100});
  CHECK(got.answers == 1);
  CHECK(got.last.why.what() == errc::timeout);
  on.asked.front().reply.value(text("late"));
  run();
  CHECK(got.answers == 1);
}

TEST_CASE_METHOD(tree_fixture, "a request can be taken back, queued or running") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  heard running;
  heard queued;
  auto& a = host_of("Main/a");
  const auto first = a.request({.to = "b", .body = text("x")}, running.callback());
  run();
  int told = 0;
  on.asked.front().reply.when_cancelled([&] { ++told; });
  becomes_unready("Main/b");
  const auto second = a.request({.to = "b", .body = text("y")}, queued.callback());
  run();
  a.cancel_request(first);
  a.cancel_request(second);
  a.cancel_request(second);
  run();
  CHECK(running.answers == 1);
  CHECK(running.last.what == actor::answer::kind::cancelled);
  CHECK(queued.answers == 1);
  CHECK(told == 1);
  take_trace();
  becomes_ready("Main/b");
  CHECK(took().empty()); // what nobody waits for is not handed over
  CHECK(tree->dead->total() == 0);
}

TEST_CASE_METHOD(tree_fixture, "a request that is taken back leaves its place to another") {
  auto small = leaf("b");
  small.mailbox.capacity = 3;
  start(supervisor("Main", {leaf("a"), small}));
  becomes_unready("Main/b");
  auto& a = host_of("Main/a");
  heard first;
  heard last;
  static_cast<void>(a.request({.to = "b", .body = text("first")}, first.callback()));
  for (int i = 0; i < 5; ++i) {
    heard got;
    const auto asked = a.request({.to = "b", .body = text("x")}, got.callback());
    run();
    CHECK(got.answers == 0);
    a.cancel_request(asked);
    run();
    CHECK(got.last.what == actor::answer::kind::cancelled);
  }
  CHECK(status("Main/b").lane->depth.load() == 1);
  CHECK(*a.send({.to = "b", .body = text("message")}) == posted::sent);
  static_cast<void>(a.request({.to = "b", .body = text("last")}, last.callback()));
  run();
  take_trace();
  becomes_ready("Main/b");
  CHECK(took() == "receive first b#1, receive message b#1, receive last b#1");
  CHECK(tree->dead->total() == 0);
}

TEST_CASE_METHOD(tree_fixture, "whatever becomes of the target, the tree answers for it") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  heard got;
  const auto asks = [&](std::string what) {
    got = {};
    static_cast<void>(host_of("Main/a").request(
        {.to = "b", .body = text(std::move(what)), .mode = delivery::buffer_online},
        got.callback()));
    run();
  };
  SECTION("it crashes while it has the request") {
    asks("x");
    on.asked.clear(); // as an incarnation does that ends
    run();
    CHECK(got.failed_as(dead_reason::in_flight));
    CHECK(tree->dead->total(dead_reason::in_flight) == 1);
  }
  SECTION("it throws at the request") {
    asks("boom");
    CHECK(got.failed_as(dead_reason::in_flight));
    CHECK(got.last.why.message.find("boom") != std::string::npos);
    CHECK(tree->dead->total(dead_reason::in_flight) == 1);
  }
  SECTION("it does not know such requests") {
    asks("unknown");
    CHECK(got.failed_as(dead_reason::unhandled));
  }
  SECTION("it is stopped") {
    ask(verb::stop, "b");
    asks("x");
    CHECK(got.failed_as(dead_reason::closed));
  }
  SECTION("it is destroyed while the request waits") {
    becomes_unready("Main/b");
    asks("x");
    CHECK(got.answers == 0);
    ask(verb::destroy, "b");
    CHECK(got.failed_as(dead_reason::closed));
  }
}

TEST_CASE_METHOD(tree_fixture, "who asked and was replaced gets no late answer") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  heard got;
  static_cast<void>(host_of("Main/a").request({.to = "b", .body = text("x")}, got.callback()));
  run();
  int told = 0;
  on.asked.front().reply.when_cancelled([&] { ++told; });
  crash("Main/a");
  CHECK(told == 1);
  on.asked.front().reply.value(text("done"));
  run();
  CHECK(got.answers == 0);
}

TEST_CASE_METHOD(tree_fixture, "a new container with the alias of a destroyed one is another one") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  const auto old = tree->shells.at("Main/b");
  ask(verb::destroy, "b");
  model::command create;
  create.what = verb::create;
  create.target = "Main";
  create.spec = std::make_shared<const model::child_spec>(leaf("b"));
  CHECK(ask(create)->ok());
  actor::letter stale;
  stale.body = text("stale");
  CHECK_FALSE(actor::post(std::move(stale), old));
  take_trace();
  CHECK(*host_of("Main/a").send({.to = "b", .body = text("fresh")}) == posted::sent);
  run();
  CHECK(took() == "receive fresh b#1");
}

} // namespace kraken::actor_test
