// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Watches and links: exactly one notice, at once if already gone, none of the dead.
#include "tree_fixture.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::verb;

namespace {

/// How many notices are in a trace.
std::ptrdiff_t notices(const std::vector<std::string>& trace) {
  return std::count_if(trace.begin(), trace.end(), [](const std::string& line) {
    return line.rfind("notice", 0) == 0;
  });
}

} // namespace

TEST_CASE_METHOD(tree_fixture, "one notice when the watched one is gone for good") {
  auto watched = leaf("b");
  watched.on_give_up = model::give_up::park;
  start(supervisor("Main", {leaf("a"), watched}));
  host_of("Main/a").watch("b");
  host_of("Main/a").watch("Main/b"); // twice is as once
  run();
  crash("Main/b"); // restarted: no reason for a notice
  take_trace();
  SECTION("stopped, then destroyed") {
    ask(verb::stop, "b");
    ask(verb::destroy, "b");
    const auto trace = take_trace();
    CHECK(notices(trace) == 1);
    CHECK(std::count(trace.begin(), trace.end(), "notice Main/b=8 a#1") == 1);
  }
  SECTION("destroyed") {
    ask(verb::destroy, "b");
    CHECK(notices(take_trace()) == 1);
  }
  SECTION("gave up") {
    while (phase("Main/b") != phase::parked) {
      if (phase("Main/b") == phase::ready) {
        crash("Main/b");
      }
      advance(milliseconds{100});
    }
    const auto trace = take_trace();
    CHECK(std::count(trace.begin(), trace.end(), "notice Main/b=16 a#1") == 1);
  }
  SECTION("but none after unwatch") {
    host_of("Main/a").unwatch("b");
    host_of("Main/a").unwatch("b");
    run();
    ask(verb::destroy, "b");
    CHECK(notices(take_trace()) == 0);
  }
}

TEST_CASE_METHOD(tree_fixture, "a notice at once for who is gone already or never was") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  ask(verb::stop, "b");
  take_trace();
  host_of("Main/a").watch("b");
  host_of("Main/a").watch("nobody");
  CHECK(took().empty()); // never inside the call
  run();
  CHECK(took() == "notice nobody=2 a#1, notice Main/b=8 a#1");
  ask(verb::start, "b");
  host_of("Main/a").watch("b"); // again, for the next end
  run();
  take_trace();
  ask(verb::stop, "b");
  CHECK(notices(take_trace()) == 1);
}

TEST_CASE_METHOD(tree_fixture, "a watch ends with the incarnation that asked for it") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  host_of("Main/a").watch("b");
  run();
  crash("Main/a");
  take_trace();
  ask(verb::destroy, "b");
  CHECK(notices(take_trace()) == 0);
}

TEST_CASE_METHOD(tree_fixture, "a nested child: no notice while its parent is restarted") {
  auto inner = supervisor("in", {leaf("b")});
  inner.kind = "fake";
  start(supervisor("Main", {leaf("a"), inner}));
  host_of("Main/a").watch("in/b");
  run();
  crash("Main/in");
  REQUIRE(phase("Main/in/b") == phase::ready);
  CHECK(notices(take_trace()) == 0);
  ask(verb::destroy, "in");
  CHECK(notices(take_trace()) == 1);
}

TEST_CASE_METHOD(tree_fixture, "a sibling stopped for its group is not gone") {
  auto root = supervisor("Main", {leaf("a"), supervisor("group", {leaf("b"), leaf("c")})});
  root.children[1].supervise.how = model::strategy::one_for_all;
  start(root);
  host_of("Main/a").watch("b");
  run();
  crash("Main/group/c");
  REQUIRE(status("Main/group/b").generation == 2);
  CHECK(notices(take_trace()) == 0);
}

TEST_CASE_METHOD(tree_fixture, "linked containers share their failures, either way") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  REQUIRE(host_of("Main/a").link("b"));
  run();
  SECTION("one") {
    crash("Main/a");
  }
  SECTION("the other") {
    crash("Main/b");
  }
  CHECK(status("Main/a").generation == 2);
  CHECK(status("Main/b").generation == 2);
  crash("Main/a"); // the link ended with the incarnations
  CHECK(status("Main/b").generation == 2);
}

TEST_CASE_METHOD(tree_fixture, "an orderly end only ends the link") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  REQUIRE(host_of("Main/a").link("b"));
  run();
  ask(verb::stop, "b");
  CHECK(phase("Main/a") == phase::ready);
  CHECK(status("Main/a").generation == 1);
  CHECK_FALSE(host_of("Main/a").link("b"));
  CHECK_FALSE(host_of("Main/a").link("nobody"));
}

} // namespace kraken::actor_test
