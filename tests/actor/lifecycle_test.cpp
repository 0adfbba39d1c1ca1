// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Start, stop and destroy of a tree: orders, states, verbs, answers.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::verb;

TEST_CASE_METHOD(tree_fixture, "children start left to right and stop right to left") {
  const auto done = start(supervisor("Main", {leaf("a"), leaf("b"), leaf("c")}));
  CHECK(done->ok());
  CHECK(took() == "start a#1, start b#1, start c#1");
  CHECK(phase("Main") == phase::ready);
  CHECK(phase("Main/c") == phase::ready);
  stop_tree(seconds{10});
  CHECK(took() == "drain c#1, stop c#1, drain b#1, stop b#1, drain a#1, stop a#1");
  CHECK(exit_code == 0);
  CHECK(tree->board.list().empty());
  CHECK(on.made == 0);
}

TEST_CASE_METHOD(tree_fixture, "a child starts when the one before it is ready") {
  on.always["Main/a"].start = on_start::hang;
  const auto done = start(supervisor("Main", {leaf("a"), leaf("b")}));
  CHECK(took() == "start a#1");
  CHECK(phase("Main/b") == phase::idle);
  CHECK(phase("Main") == phase::starting);
  CHECK_FALSE(done->got);
  becomes_ready("Main/a");
  CHECK(took() == "start b#1");
  CHECK(phase("Main") == phase::ready);
  CHECK(done->ok());
}

TEST_CASE_METHOD(tree_fixture, "the children of a pool start and stop all at once") {
  for (const auto* const id : {"w1", "w2", "w3"}) {
    on.always["Main/web/" + std::string(id)] = {on_start::hang, on_stop::hang};
  }
  start(supervisor("Main", {pool("web", {leaf("w1"), leaf("w2"), leaf("w3")})}));
  CHECK(took() == "start web#1, start w1#1, start w2#1, start w3#1");
  CHECK(phase("Main/web") == phase::ready);
  ask(verb::stop, "web");
  CHECK(took() == "drain web#1, drain w1#1, stop w1#1, drain w2#1, stop w2#1, drain w3#1, "
                  "stop w3#1");
  advance(seconds{6});
  CHECK(took() == "kill w1#1, kill w2#1, kill w3#1, stop web#1");
  CHECK(phase("web") == phase::gone);
  CHECK(phase("Main/web") == phase::ended);
}

TEST_CASE_METHOD(tree_fixture,
                 "stopping a container stops what is below, starting starts it again") {
  start(supervisor("Main", {supervisor("s", {leaf("a"), leaf("b")})}));
  ask(verb::stop, "b");
  take_trace();
  CHECK(ask(verb::stop, "s")->ok());
  CHECK(took() == "drain a#1, stop a#1");
  CHECK(phase("Main/s/a") == phase::ended);
  CHECK(ask(verb::start, "a")->code() == errc::not_started);
  CHECK(ask(verb::start, "s")->ok());
  CHECK(took() == "start a#2"); // b was stopped by an operator and stays so
  CHECK(phase("Main/s/b") == phase::ended);
  CHECK(ask(verb::start_tree, "s")->ok());
  CHECK(took() == "start b#2");
  CHECK(phase("Main/s/b") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "a recursive start is answered when all it has started is ready") {
  const auto how = GENERATE(model::start_order::ordered, model::start_order::parallel);
  auto t = supervisor("t", {leaf("a"), leaf("b")});
  t.supervise.start = how;
  auto s = supervisor("s", {t, leaf("c")});
  s.supervise.start = how;
  start(supervisor("Main", {s}));
  ask(verb::stop, "b");
  ask(verb::stop, "c");
  on.always["Main/s/t/b"].start = on_start::hang;
  on.always["Main/s/c"].start = on_start::hang;
  const auto done = ask(verb::start_tree, "Main");
  REQUIRE(phase("Main/s/t/b") == phase::starting);
  CHECK(phase("Main/s") == phase::ready);
  CHECK_FALSE(done->got);
  becomes_ready("Main/s/t/b");
  CHECK(phase("Main/s/c") == phase::starting);
  CHECK_FALSE(done->got);
  becomes_ready("Main/s/c");
  CHECK(done->ok());
}

TEST_CASE_METHOD(tree_fixture, "a recursive start waits for who is tried again, not for the lost") {
  auto b = leaf("b");
  b.on_give_up = model::give_up::park;
  auto s = supervisor("s", {leaf("a"), b});
  s.supervise.intensity = 1;
  start(supervisor("Main", {s}));
  ask(verb::stop, "b");
  const auto fails = GENERATE(1, 2);
  for (int i = 0; i < fails; ++i) {
    on.next["Main/s/b"].push_back({.start = on_start::exit});
  }
  const auto done = ask(verb::start_tree, "Main");
  advance(seconds{1});
  CHECK(done->ok() == (fails == 1));
  if (fails == 2) {
    CHECK(done->code() == errc::start_failed);
    CHECK(done->got->error().context.find("Main/s/b: exit code 1; given up") != std::string::npos);
  }
}

TEST_CASE_METHOD(tree_fixture, "who is stopped while a recursive start waits for it is named") {
  start(supervisor("Main", {supervisor("s", {leaf("a"), leaf("b")})}));
  ask(verb::stop, "b");
  on.always["Main/s/b"].start = on_start::hang;
  const auto done = ask(verb::start_tree, "Main");
  REQUIRE_FALSE(done->got);
  ask(verb::stop, "b");
  CHECK(done->code() == errc::canceled);
  CHECK(done->got->error().context.find("Main/s/b") != std::string::npos);
}

TEST_CASE_METHOD(tree_fixture, "a recursive start ends when what it waits in is stopped") {
  const auto what = GENERATE(verb::stop, verb::destroy);
  start(
      supervisor("Main", {supervisor("s", {leaf("a"), leaf("b"), supervisor("t", {leaf("c")})})}));
  ask(verb::stop, "b");
  ask(verb::stop, "c");
  on.always["Main/s/b"].start = on_start::hang; // t has to wait for it
  const auto done = ask(verb::start_tree, "Main");
  REQUIRE_FALSE(done->got);
  ask(what, "s");
  CHECK(done->code() ==
        (what == verb::stop ? errc::canceled : errc::container_destroyed)); // as for any waiter
  CHECK(done->got->error().context.find("Main/s") != std::string::npos);
}

TEST_CASE_METHOD(tree_fixture, "a recursive start that takes too long names what it waits for") {
  auto b = leaf("b");
  b.ready.within = seconds{600};
  start(supervisor("Main", {supervisor("s", {leaf("a"), b})}));
  ask(verb::stop, "b");
  on.always["Main/s/b"].start = on_start::hang;
  const auto done = ask(verb::start_tree, "s");
  advance(limits::command_deadline + seconds{1});
  CHECK(done->code() == errc::timeout);
  CHECK(done->got->error().context.find("not ready: Main/s/b (starting)") != std::string::npos);
}

TEST_CASE_METHOD(tree_fixture,
                 "an incarnation with children is started before and stopped after them") {
  auto parent = leaf("p");
  parent.children = {leaf("a"), leaf("b")};
  start(supervisor("Main", {parent}));
  CHECK(took() == "start p#1, start a#1, start b#1");
  ask(verb::destroy, "p");
  CHECK(took() == "drain p#1, drain b#1, stop b#1, drain a#1, stop a#1, stop p#1");
  CHECK(phase("Main/p") == phase::gone);
  CHECK(phase("Main/p/a") == phase::gone);
}

TEST_CASE_METHOD(tree_fixture, "unready pauses a container without being a failure") {
  start(supervisor("Main", {leaf("a")}));
  becomes_unready("Main/a");
  CHECK(phase("Main/a") == phase::starting);
  advance(seconds{120});
  CHECK(phase("Main/a") == phase::starting);
  becomes_ready("Main/a");
  CHECK(phase("Main/a") == phase::ready);
  CHECK(status("Main/a").generation == 1);
}

TEST_CASE_METHOD(tree_fixture,
                 "an operator's restart replaces the incarnation and counts nothing") {
  start(supervisor("Main", {leaf("a")}));
  take_trace();
  CHECK(ask(verb::restart, "a")->ok());
  CHECK(took() == "drain a#1, stop a#1, start a#2");
  CHECK(status("Main/a").restarts == 0);
}

TEST_CASE_METHOD(tree_fixture, "an incarnation that takes back its ready is waited for") {
  auto parent = leaf("p");
  parent.children = {leaf("a")};
  on.always["Main/p/a"].start = on_start::hang;
  start(supervisor("Main", {parent}));
  becomes_unready("Main/p");
  becomes_ready("Main/p/a");
  CHECK(phase("Main/p") == phase::starting);
  becomes_ready("Main/p");
  CHECK(phase("Main/p") == phase::ready);
  CHECK(took() == "start p#1, start a#1");
}

} // namespace kraken::actor_test
