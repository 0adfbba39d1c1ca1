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

namespace {

/// Brings `Main/x` into a state.
void bring(tree_fixture& f, model::state in) {
  auto x = leaf("x");
  x.autostart = in != model::state::created;
  x.on_give_up = model::give_up::park;
  auto root = supervisor("Main", {x});
  if (in == model::state::failed) {
    root.supervise.intensity = 0;
  }
  f.start(root);
  if (in == model::state::stopped) {
    f.ask(verb::stop, "x");
  } else if (in == model::state::failed) {
    f.crash("Main/x");
  } else if (in == model::state::destroyed) {
    f.ask(verb::destroy, "x");
  }
}

answer_ptr apply(tree_fixture& f, model::event on) {
  switch (on) {
  case model::event::create: {
    model::command made;
    made.what = verb::create;
    made.target = "Main";
    auto x = leaf("x");
    x.on_give_up = model::give_up::park;
    x.autostart =
        f.status("Main/x").in != model::state::created && f.tree->board.find("Main/x") != nullptr;
    made.spec = std::make_shared<const model::child_spec>(x);
    return f.ask(made);
  }
  case model::event::start:
    return f.ask(verb::start, "Main/x");
  case model::event::stop:
    return f.ask(verb::stop, "Main/x");
  case model::event::destroy:
    return f.ask(verb::destroy, "Main/x");
  case model::event::fail:
    if (f.on.live.contains("Main/x")) {
      f.crash("Main/x");
    }
    return nullptr;
  }
  return nullptr;
}

model::state now_in(const tree_fixture& f) {
  return f.tree->board.find("Main/x") == nullptr ? model::state::destroyed : f.status("Main/x").in;
}

} // namespace

TEST_CASE("every state meets every verb") {
  const auto in = GENERATE(model::state::created,
                           model::state::destroyed,
                           model::state::started,
                           model::state::stopped,
                           model::state::failed);
  const auto on = GENERATE(model::event::create,
                           model::event::start,
                           model::event::stop,
                           model::event::destroy,
                           model::event::fail);
  CAPTURE(model::to_string(in), model::to_string(on));
  tree_fixture f;
  bring(f, in);
  REQUIRE(now_in(f) == in);
  const auto got = apply(f, on);
  const auto next = model::next(in, on);
  if (in == model::state::started && on == model::event::destroy) {
    CHECK(now_in(f) == model::state::destroyed); // through stopped
    CHECK(got->ok());
  } else if (in == model::state::failed && on == model::event::destroy) {
    CHECK(now_in(f) == model::state::destroyed); // through stopped
    CHECK(got->ok());
  } else if (in == model::state::started && on == model::event::fail) {
    CHECK(now_in(f) == model::state::started); // and was restarted at once
    CHECK(f.status("Main/x").generation == 2);
  } else if (next) {
    CHECK(now_in(f) == *next);
    CHECK(got->ok());
    CHECK((*got->got)->changed);
  } else if (model::already_there(in, on)) {
    CHECK(now_in(f) == in);
    CHECK(got->ok());
    CHECK_FALSE((*got->got)->changed);
  } else {
    CHECK(now_in(f) == in);
    if (got) {
      CHECK(got->code() ==
            (in == model::state::destroyed ? errc::not_found : errc::invalid_transition));
    }
  }
  if (got) {
    CHECK(got->times == 1);
  }
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
