// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a child's failure does to its siblings.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::strategy;
using model::verb;

namespace {

model::child_spec group(strategy how, std::vector<model::child_spec> children) {
  auto made = supervisor("Main", std::move(children));
  made.supervise.how = how;
  return made;
}

} // namespace

TEST_CASE_METHOD(tree_fixture, "one_for_one: siblings notice nothing") {
  start(group(strategy::one_for_one, {leaf("a"), leaf("b"), leaf("c")}));
  take_trace();
  crash("Main/b");
  CHECK(took() == "start b#2");
}

TEST_CASE_METHOD(tree_fixture,
                 "one_for_all: all are stopped right to left and started left to right") {
  start(group(strategy::one_for_all, {leaf("a"), leaf("b"), leaf("c")}));
  take_trace();
  crash("Main/b");
  CHECK(took() == "drain c#1, stop c#1, drain a#1, stop a#1, start a#2, start b#2, start c#2");
  CHECK(phase("Main/b") == phase::ready);
  CHECK(status("Main/b").restarts == 1);
  CHECK(status("Main/a").restarts == 0); // one failure is counted once
}

TEST_CASE_METHOD(tree_fixture, "rest_for_one: those after it only") {
  start(group(strategy::rest_for_one, {leaf("a"), leaf("b"), leaf("c"), leaf("d")}));
  take_trace();
  crash("Main/b");
  CHECK(took() == "drain d#1, stop d#1, drain c#1, stop c#1, start b#2, start c#2, start d#2");
  crash("Main/d");
  CHECK(took() == "start d#3");
}

TEST_CASE_METHOD(tree_fixture, "a group waits for its backoff and for its slowest stop") {
  on.always["Main/c"].stop = on_stop::hang;
  start(group(strategy::one_for_all, {leaf("a"), leaf("b"), leaf("c")}));
  crash("Main/b");
  advance(milliseconds{4'990});
  CHECK(phase("Main/c") == phase::stopping);
  CHECK(phase("Main/a") == phase::ready); // its turn has not come
  take_trace();
  advance(milliseconds{10});
  CHECK(took() == "kill c#1, drain a#1, stop a#1, start a#2, start b#2, start c#2");
}

TEST_CASE_METHOD(tree_fixture, "siblings stopped by an operator are not resurrected by a group") {
  start(group(strategy::one_for_all, {leaf("a"), leaf("b"), leaf("c")}));
  ask(verb::stop, "c");
  take_trace();
  crash("Main/b");
  CHECK(took() == "drain a#1, stop a#1, start a#2, start b#2");
  CHECK(phase("Main/c") == phase::ended);
}

TEST_CASE_METHOD(tree_fixture, "a temporary bystander goes for good") {
  auto c = leaf("c");
  c.restart = model::restart_type::temporary;
  start(group(strategy::one_for_all, {leaf("a"), leaf("b"), c}));
  take_trace();
  crash("Main/a");
  CHECK(took() == "drain c#1, stop c#1, drain b#1, stop b#1, start a#2, start b#2");
  CHECK(phase("Main/c") == phase::gone);
}

TEST_CASE_METHOD(tree_fixture, "another child fails while the group restarts") {
  start(group(strategy::one_for_all, {leaf("a"), leaf("b"), leaf("c")}));
  on.next["Main/b"] = {{.start = on_start::exit}};
  take_trace();
  crash("Main/c");
  // b fails at its start: a, which was up again, stops once more.
  CHECK(took() == "drain b#1, stop b#1, drain a#1, stop a#1, start a#2, start b#2, drain a#2, "
                  "stop a#2, start a#3, start b#3, start c#2");
  CHECK(phase("Main") == phase::ready);
  CHECK(phase("Main/c") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "rest_for_one: an earlier child fails while later ones restart") {
  start(group(strategy::rest_for_one, {leaf("a"), leaf("b"), leaf("c")}));
  on.next["Main/b"] = {{.start = on_start::hang}};
  take_trace();
  crash("Main/b");
  CHECK(took() == "drain c#1, stop c#1, start b#2");
  crash("Main/a");
  CHECK(took() == "drain b#2, stop b#2, start a#2, start b#3, start c#2");
}

TEST_CASE_METHOD(tree_fixture, "two failures of one group at the same time count once") {
  auto root = group(strategy::one_for_all, {leaf("a"), leaf("b")});
  root.supervise.intensity = 1;
  start(root);
  model::cause why;
  why.kind = model::cause_kind::exit_code;
  why.code = 1;
  host_of("Main/a").ended(why);
  host_of("Main/b").ended(why);
  run();
  advance(seconds{1});
  CHECK(phase("Main/a") == phase::ready);
  CHECK(phase("Main/b") == phase::ready);
  CHECK_FALSE(exit_code);
}

TEST_CASE_METHOD(tree_fixture, "park under a group strategy parks the group, not the others") {
  auto b = leaf("b");
  auto c = leaf("c");
  b.on_give_up = model::give_up::park;
  auto root = group(strategy::rest_for_one, {leaf("a"), b, c});
  root.supervise.intensity = 0;
  start(root);
  crash("Main/b");
  CHECK(phase("Main/a") == phase::ready);
  CHECK(phase("Main/b") == phase::parked);
  CHECK(phase("Main/c") == phase::ended);
  CHECK(status("Main/c").next_action == "operator");
  CHECK(phase("Main") == phase::ready);
  CHECK(ask(verb::start, "b")->ok());
  CHECK(phase("Main/c") == phase::ready);
  CHECK(status("Main/c").next_action.empty());
  CHECK(ask(verb::start, "c")->ok());
}

TEST_CASE_METHOD(tree_fixture,
                 "who was given up with a group comes back with the one that failed") {
  const auto verb = GENERATE(model::verb::start, model::verb::restart);
  auto a = leaf("a");
  a.on_give_up = model::give_up::park;
  auto root = group(strategy::rest_for_one, {a, leaf("b"), leaf("c"), leaf("d")});
  root.supervise.intensity = 0;
  start(root);
  ask(model::verb::stop, "c");
  on.next["Main/a"] = {{.start = on_start::exit}, {.start = on_start::exit}};
  crash("Main/a");
  CHECK(phase("Main/a") == phase::parked);
  CHECK(phase("Main/b") == phase::ended);
  CHECK(status("Main/b").next_action == "operator");
  CHECK_FALSE(ask(verb, "a")->ok()); // fails again, is given up again
  CHECK(phase("Main/a") == phase::parked);
  CHECK(phase("Main/b") == phase::ended);
  on.next["Main/a"].clear();
  take_trace();
  CHECK(ask(verb, "a")->ok());
  CHECK(phase("Main/b") == phase::ready);
  CHECK(phase("Main/c") == phase::ended); // an operator stopped it
  CHECK(phase("Main/d") == phase::ready);
  CHECK(status("Main/b").next_action.empty());
}

TEST_CASE_METHOD(tree_fixture, "a group that never started comes back in order, too") {
  auto a = leaf("a");
  a.on_give_up = model::give_up::park;
  auto root = group(strategy::rest_for_one, {a, leaf("b"), leaf("c")});
  root.supervise.intensity = 0;
  on.next["Main/a"] = {{.start = on_start::exit}};
  start(root);
  CHECK(phase("Main/a") == phase::parked);
  CHECK(phase("Main/b") == phase::idle);
  CHECK(status("Main/b").next_action == "operator");
  take_trace();
  CHECK(ask(model::verb::start, "a")->ok());
  CHECK(took() == "start a#2, start b#1, start c#1");
}

TEST_CASE_METHOD(tree_fixture,
                 "auto_shutdown: the end of a significant child ends its supervisor") {
  auto job = leaf("job");
  job.restart = model::restart_type::transient;
  job.significant = true;
  auto s = supervisor("s", {leaf("a"), job});
  s.restart = model::restart_type::transient;
  s.supervise.ends = model::auto_shutdown::any_significant;
  start(supervisor("Main", {s, leaf("c")}));
  take_trace();
  exit_normally("Main/s/job");
  CHECK(took() == "drain a#1, stop a#1");
  CHECK(phase("Main/s") == phase::ended);
  CHECK(phase("Main/c") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "auto_shutdown of the root ends the tree with 0") {
  auto job = leaf("job");
  job.restart = model::restart_type::temporary;
  job.significant = true;
  auto root = supervisor("Main", {leaf("a"), job});
  root.supervise.ends = model::auto_shutdown::all_significant;
  start(root);
  exit_normally("Main/job");
  CHECK(exit_code == 0);
  CHECK(on.made == 0);
}

TEST_CASE_METHOD(tree_fixture, "a stop by command never triggers auto_shutdown") {
  auto job = leaf("job");
  job.restart = model::restart_type::transient;
  job.significant = true;
  auto root = supervisor("Main", {leaf("a"), job});
  root.supervise.ends = model::auto_shutdown::any_significant;
  start(root);
  CHECK(ask(verb::stop, "job")->ok());
  CHECK_FALSE(exit_code);
  CHECK(phase("Main/a") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture,
                 "a group whose failed child was started by hand leaves nothing behind") {
  start(supervisor("Main", {[] {
                     auto s = supervisor("s", {leaf("a"), leaf("b")});
                     s.supervise.how = strategy::one_for_all;
                     return s;
                   }()}));
  crash("Main/s/a");
  crash("Main/s/a");
  REQUIRE(phase("Main/s/a") == phase::backing_off);
  CHECK(ask(verb::start, "a")->ok());
  CHECK(phase("Main/s/b") == phase::ready);
  CHECK(ask(verb::stop, "s")->ok());
  CHECK(ask(verb::start, "s")->ok());
  CHECK(phase("Main/s/a") == phase::ready);
  CHECK(phase("Main/s/b") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture,
                 "a recursive start reaches what is stopped below something that runs") {
  start(
      supervisor("Main", {supervisor("s", {supervisor("t", {leaf("a"), leaf("b")}), leaf("c")})}));
  ask(verb::stop, "b");
  ask(verb::stop, "c");
  CHECK(ask(verb::start_tree, "s")->ok());
  CHECK(phase("Main/s/t/b") == phase::ready);
  CHECK(phase("Main/s/c") == phase::ready);
  CHECK(status("Main/s/t/a").generation == 1);
  CHECK(status("Main/s/t").intensity == model::supervise_spec{}.intensity);
}

TEST_CASE_METHOD(tree_fixture, "a group that is given up stops right to left, each in its turn") {
  auto a = leaf("a");
  a.on_give_up = model::give_up::park;
  auto root = group(strategy::one_for_all, {a, leaf("b"), leaf("c")});
  root.supervise.intensity = 0;
  on.always["Main/c"].stop = on_stop::hang;
  start(root);
  take_trace();
  crash("Main/a");
  CHECK(took() == "drain c#1, stop c#1");
  CHECK(phase("Main/a") == phase::parked);
  CHECK(phase("Main/b") == phase::ready);
  advance(seconds{5});
  CHECK(took() == "kill c#1, drain b#1, stop b#1");
  CHECK(phase("Main/c") == phase::ended);
  CHECK(status("Main/c").next_action == "operator");
  advance(seconds{60});
  CHECK(took().empty()); // nobody starts them but an operator
  CHECK(ask(verb::start, "c")->ok());
}

TEST_CASE_METHOD(tree_fixture, "a group is given up before all of it has been started") {
  auto a = leaf("a");
  a.on_give_up = model::give_up::park;
  auto root = group(strategy::one_for_all, {a, leaf("b")});
  root.supervise.intensity = 0;
  on.next["Main/a"] = {{.start = on_start::exit}};
  start(root);
  CHECK(phase("Main/a") == phase::parked);
  CHECK(phase("Main/b") == phase::idle);
  CHECK(phase("Main") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture,
                 "a group given up after its backoff: what had stopped for now stays") {
  auto a = leaf("a");
  a.on_give_up = model::give_up::park;
  auto s = group(strategy::one_for_all, {a, leaf("b")});
  s.id = "s";
  s.supervise.intensity = 1;
  start(supervisor("Main", {leaf("w"), s}));
  host_of("Main/w").watch("Main/s/b");
  run();
  crash("Main/s/a");
  crash("Main/s/a");
  REQUIRE(phase("Main/s/a") == phase::backing_off);
  take_trace();
  advance(milliseconds{100});
  CHECK(phase("Main/s/a") == phase::parked);
  CHECK(took() == "notice Main/s/b=8 w#1");
}

TEST_CASE("an operator's start or restart of what stops for its group waits for the group") {
  const auto what = GENERATE(verb::start, verb::restart);
  tree_fixture f;
  f.on.next["Main/c"] = {{.stop = on_stop::hang}};
  f.start(group(strategy::one_for_all, {leaf("a"), leaf("b"), leaf("c")}));
  f.crash("Main/b");
  REQUIRE(f.phase("Main/c") == phase::stopping);
  f.take_trace();
  const auto asked = f.ask(what, "c");
  CHECK_FALSE(asked->got);
  f.advance(seconds{5});
  CHECK(f.took() == "kill c#1, drain a#1, stop a#1, start a#2, start b#2, start c#2");
  CHECK(asked->ok());
  CHECK(asked->times == 1);
}

TEST_CASE_METHOD(tree_fixture, "who restarts alone does not wait for its siblings' group") {
  auto a = leaf("a");
  a.local = {{"*", {"restart"}}};
  start(group(strategy::rest_for_one, {a, leaf("b"), leaf("c")}));
  crash("Main/b");
  crash("Main/b");
  REQUIRE(phase("Main/b") == phase::backing_off);
  take_trace();
  crash("Main/a");
  CHECK(took() == "start a#2");
  CHECK(status("Main/a").restarts == 1);
  advance(milliseconds{100});
  CHECK(took() == "start b#3, start c#3");
}

TEST_CASE_METHOD(tree_fixture, "who is given up alone takes no siblings' group along") {
  auto x = leaf("x");
  x.local = {{"*", {"restart"}}}; // alone
  x.backoff.min = milliseconds{10};
  auto y = leaf("y");
  y.backoff.min = milliseconds{200};
  auto z = leaf("z");
  for (auto* const each : {&x, &y, &z}) {
    each->on_give_up = model::give_up::park;
  }
  auto root = group(strategy::rest_for_one, {x, y, z});
  root.supervise.intensity = 2;
  start(root);
  crash("Main/x");
  crash("Main/x");
  advance(milliseconds{10});
  REQUIRE(phase("Main/x") == phase::ready);
  crash("Main/y");
  crash("Main/y"); // waits for its backoff, and z with it
  crash("Main/x");
  advance(milliseconds{20});
  CHECK(phase("Main/x") == phase::parked);
  CHECK(phase("Main/y") == phase::backing_off);
  advance(milliseconds{200});
  CHECK(phase("Main/x") == phase::parked);
  CHECK(phase("Main/y") == phase::ready);
  CHECK(status("Main/y").restarts == 2);
  CHECK(phase("Main/z") == phase::ready);
}

TEST_CASE("an ordered start waits for an earlier child that an operator starts meanwhile") {
  const auto what = GENERATE(verb::start, verb::restart);
  tree_fixture f;
  auto later = leaf("a");
  later.autostart = what == verb::restart;
  f.on.next["Main/b"] = {{.start = on_start::hang}};
  f.start(supervisor("Main", {later, leaf("b"), leaf("c")}));
  REQUIRE(f.phase("Main") == phase::starting);
  f.on.next["Main/a"] = {{.start = on_start::hang}};
  const auto asked = f.ask(what, "a");
  f.becomes_ready("Main/b");
  CHECK(f.phase("Main/c") == phase::idle);
  f.becomes_ready("Main/a");
  CHECK(asked->ok());
  CHECK(f.phase("Main/c") == phase::ready);
  CHECK(f.phase("Main") == phase::ready);
}

TEST_CASE("who is started by hand while its group waits has left the group") {
  const auto what = GENERATE(verb::start, verb::restart);
  tree_fixture f;
  auto a = leaf("a");
  a.on_give_up = model::give_up::park;
  auto root = group(strategy::one_for_all, {a, leaf("b")});
  root.supervise.intensity = 1;
  f.start(root);
  f.crash("Main/a");
  f.crash("Main/a");
  REQUIRE(f.phase("Main/b") == phase::ended);
  CHECK(f.ask(what, "b")->ok());
  f.advance(milliseconds{100});
  CHECK(f.phase("Main/a") == phase::parked);
  CHECK(f.phase("Main/b") == phase::ready);
}

TEST_CASE("a recursive start counts once: what is stopped later stays so") {
  const auto runs_before = GENERATE(true, false);
  tree_fixture f;
  f.start(supervisor("Main", {supervisor("s", {leaf("a"), leaf("b")})}));
  if (!runs_before) {
    f.ask(verb::stop, "s");
  }
  CHECK(f.ask(verb::start_tree, "s")->ok());
  f.ask(verb::stop, "b");
  CHECK(f.ask(verb::restart, "s")->ok());
  CHECK(f.phase("Main/s/a") == phase::ready);
  CHECK(f.phase("Main/s/b") == phase::ended);
}

TEST_CASE("a group's restart under way to a recursive start leaves alone who was stopped since") {
  tree_fixture f;
  auto s = group(strategy::one_for_all, {supervisor("g", {leaf("x")}), leaf("b")});
  s.id = "s";
  f.start(supervisor("Main", {s}));
  f.ask(verb::stop, "s");
  f.on.next["Main/s/b"] = {{.start = on_start::exit}, {.start = on_start::exit}};
  const auto started = f.ask(verb::start_tree, "s");
  REQUIRE(f.phase("Main/s/b") == phase::backing_off);
  CHECK(f.ask(verb::stop, "x")->ok());
  f.advance(seconds{1});
  CHECK(started->ok());
  CHECK(f.phase("Main/s/b") == phase::ready);
  CHECK(f.phase("Main/s/g") == phase::ready);
  CHECK(f.phase("Main/s/g/x") == phase::ended);
}

} // namespace kraken::actor_test
