// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A stop always wins and always ends: against restarts, against children that hang, against
/// incarnations that do not obey.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::verb;

TEST_CASE_METHOD(tree_fixture, "stop during backoff: no restart comes after it") {
  start(supervisor("Main", {leaf("a")}));
  crash("Main/a");
  crash("Main/a");
  REQUIRE(phase("Main/a") == phase::backing_off);
  take_trace();
  CHECK(ask(verb::stop, "a")->ok());
  CHECK(phase("Main/a") == phase::ended);
  advance(seconds{60});
  CHECK(took().empty());
  CHECK(phase("Main/a") == phase::ended);
}

TEST_CASE_METHOD(tree_fixture, "destroy during backoff: the alias is free") {
  start(supervisor("Main", {leaf("a")}));
  crash("Main/a");
  crash("Main/a");
  CHECK(ask(verb::destroy, "a")->ok());
  CHECK(phase("Main/a") == phase::gone);
  advance(seconds{60});
  CHECK(phase("Main/a") == phase::gone);
  CHECK(on.made == 0);
}

TEST_CASE_METHOD(tree_fixture, "destroy while starting") {
  on.always["Main/a"] = {on_start::hang, on_stop::hang};
  const auto done = start(supervisor("Main", {leaf("a"), leaf("b")}));
  const auto gone = ask(verb::destroy, "a");
  // Nobody wants it any more, so it holds up nobody.
  CHECK(took() == "start a#1, drain a#1, stop a#1, start b#1");
  CHECK_FALSE(gone->got);
  CHECK(phase("Main/a") == phase::stopping);
  advance(seconds{5});
  CHECK(took() == "kill a#1");
  CHECK(gone->ok());
  CHECK(done->ok());
}

TEST_CASE_METHOD(tree_fixture,
                 "shutdown timeout kills; an incarnation that survives that is dropped") {
  auto a = leaf("a");
  a.shutdown.time = seconds{2};
  on.always["Main/a"] = {on_start::ready, on_stop::hang, on_kill::hang};
  start(supervisor("Main", {a}));
  const auto stopped = ask(verb::stop, "a");
  advance(milliseconds{1'990});
  CHECK(took() == "start a#1, drain a#1, stop a#1");
  advance(milliseconds{10});
  CHECK(took() == "kill a#1");
  CHECK(on.made == 1);
  CHECK_FALSE(stopped->got);
  advance(limits::kill_grace);
  CHECK(on.made == 0);
  CHECK(stopped->ok());
  CHECK(phase("Main/a") == phase::ended);
}

TEST_CASE_METHOD(tree_fixture, "shutdown infinity waits") {
  auto a = leaf("a");
  a.shutdown.how = model::shutdown_spec::mode::infinity;
  on.always["Main/a"] = {on_start::ready, on_stop::hang};
  start(supervisor("Main", {a}));
  const auto stopped = ask(verb::stop, "a");
  advance(seconds{60});
  CHECK(phase("Main/a") == phase::stopping);
  CHECK_FALSE(stopped->got);
  exit_normally("Main/a");
  CHECK(stopped->ok());
}

TEST_CASE_METHOD(tree_fixture, "brutal_kill does not ask") {
  auto a = leaf("a");
  a.shutdown.how = model::shutdown_spec::mode::brutal_kill;
  start(supervisor("Main", {a}));
  take_trace();
  CHECK(ask(verb::stop, "a")->ok());
  CHECK(took() == "drain a#1, kill a#1");
}

TEST_CASE_METHOD(tree_fixture,
                 "a stop that is not answered by the command's deadline says so once") {
  auto a = leaf("a");
  a.shutdown.how = model::shutdown_spec::mode::infinity;
  on.always["Main/a"] = {on_start::ready, on_stop::hang};
  start(supervisor("Main", {a}));
  const auto stopped = ask(verb::stop, "a");
  advance(limits::command_deadline);
  CHECK(stopped->code() == errc::timeout);
  CHECK(stopped->got->error().context ==
        "the command is still being carried out; not ended: Main/a (stopping)");
  exit_normally("Main/a");
  CHECK(stopped->times == 1);
}

TEST_CASE_METHOD(tree_fixture, "start while stopping follows the stop") {
  on.next["Main/a"] = {{on_start::ready, on_stop::hang}};
  start(supervisor("Main", {leaf("a")}));
  const auto stopped = ask(verb::stop, "a");
  const auto started = ask(verb::start, "a");
  CHECK(phase("Main/a") == phase::stopping);
  take_trace();
  exit_normally("Main/a");
  CHECK(took() == "start a#2");
  CHECK(started->ok());
  // Not left to its deadline.
  CHECK(stopped->code() == errc::canceled);
  advance(limits::command_deadline);
  CHECK(stopped->times == 1);
}

TEST_CASE_METHOD(tree_fixture, "a restart loop can be stopped at any moment") {
  auto a = leaf("a");
  a.backoff.min = milliseconds{0};
  a.backoff.max = milliseconds{0};
  auto root = supervisor("Main", {a, leaf("b")});
  root.supervise.intensity = 1'000'000;
  on.always["Main/a"].start = on_start::hang;
  start(root);
  a.ready.within = seconds{1};
  for (int i = 0; i < 50; ++i) {
    crash("Main/a");
  }
  CHECK(status("Main/a").generation == 51);
  CHECK(ask(verb::stop, "a")->ok());
  CHECK(phase("Main/a") == phase::ended);
  CHECK(phase("Main/b") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "stopping the tree while a child hangs in its start") {
  on.always["Main/a"] = {on_start::hang, on_stop::hang};
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  stop_tree(seconds{60});
  CHECK_FALSE(exit_code);
  advance(seconds{5});
  CHECK(exit_code == 0);
}

TEST_CASE_METHOD(tree_fixture, "the deadline of the tree's stop kills what is left") {
  auto a = leaf("a");
  a.shutdown.how = model::shutdown_spec::mode::infinity;
  on.always["Main/a"] = {on_start::ready, on_stop::hang};
  start(supervisor("Main", {a, leaf("b")}));
  take_trace();
  stop_tree(seconds{3});
  advance(milliseconds{2'990});
  CHECK(took() == "drain b#1, stop b#1, drain a#1, stop a#1");
  advance(milliseconds{10});
  CHECK(took() == "kill a#1");
  CHECK(exit_code == 0);
}

TEST_CASE_METHOD(tree_fixture, "a second, shorter stop hurries the first") {
  auto a = leaf("a");
  a.shutdown.how = model::shutdown_spec::mode::infinity;
  on.always["Main/a"] = {on_start::ready, on_stop::hang};
  start(supervisor("Main", {a}));
  stop_tree(seconds{80});
  CHECK_FALSE(exit_code);
  stop_tree(milliseconds{0});
  CHECK(exit_code == 0);
}

TEST_CASE_METHOD(tree_fixture, "children that end by themselves during a stop are no failures") {
  for (const auto* const id : {"a", "b", "c"}) {
    on.always["Main/" + std::string(id)].stop = on_stop::hang;
  }
  start(supervisor("Main", {leaf("a"), leaf("b"), leaf("c")}));
  stop_tree(seconds{60});
  crash("Main/a"); // before its turn
  crash("Main/c", 3);
  take_trace();
  crash("Main/b");
  CHECK(took().empty());
  CHECK(exit_code == 0);
}

TEST_CASE_METHOD(tree_fixture, "a stop that throws is followed by kill") {
  on.always["Main/a"].stop = on_stop::throws;
  start(supervisor("Main", {leaf("a")}));
  CHECK(ask(verb::stop, "a")->ok());
  CHECK(took() == "start a#1, drain a#1, stop a#1, kill a#1");
}

TEST_CASE_METHOD(tree_fixture, "reports of a replaced incarnation are ignored") {
  on.always["Main/a"].stop = on_stop::hang;
  on.always["Main/a"].kill = on_kill::hang;
  start(supervisor("Main", {leaf("a")}));
  auto& old = host_of("Main/a");
  ask(verb::stop, "a");
  model::cause why;
  why.kind = model::cause_kind::exit_code;
  old.ended(why);
  old.ready();
  old.failed(why);
  run();
  CHECK(phase("Main/a") == phase::ended);
  CHECK(ask(verb::start, "a")->ok());
  CHECK(status("Main/a").generation == 2);
  CHECK(status("Main/a").restarts == 0);
}

TEST_CASE_METHOD(tree_fixture, "a root that gives up ends in its time, whatever its children do") {
  auto b = leaf("b");
  b.shutdown.how = model::shutdown_spec::mode::infinity;
  on.always["Main/b"].stop = on_stop::hang;
  auto root = supervisor("Main", {leaf("a"), b});
  root.supervise.intensity = 0;
  SECTION("at once") {}
  SECTION("after its own rules had nothing to say") {
    root.local = {{"*", {"log", "escalate"}}};
  }
  tree->give_up_within = seconds{4};
  start(root);
  crash("Main/a");
  CHECK(phase("Main") == phase::held);
  advance(milliseconds{3'990});
  CHECK_FALSE(exit_code);
  take_trace();
  advance(milliseconds{10});
  CHECK(took() == "kill b#1");
  CHECK(exit_code == actor::exit_code_gave_up);
}

namespace {

/// A root whose work is done with `job`, beside one that takes all the time it wants.
model::child_spec done_with_job(tree_fixture& f) {
  auto job = leaf("job");
  job.restart = model::restart_type::temporary;
  job.significant = true;
  auto b = leaf("b");
  b.shutdown.how = model::shutdown_spec::mode::infinity;
  f.on.always["Main/b"].stop = on_stop::hang;
  auto root = supervisor("Main", {job, b});
  root.supervise.ends = model::auto_shutdown::any_significant;
  f.tree->give_up_within = seconds{4};
  return root;
}

} // namespace

TEST_CASE_METHOD(tree_fixture, "a root that is done ends in its time, whatever its children do") {
  start(done_with_job(*this));
  exit_normally("Main/job");
  CHECK(phase("Main") == phase::stopping);
  advance(milliseconds{3'990});
  CHECK_FALSE(exit_code);
  take_trace();
  advance(milliseconds{10});
  CHECK(took() == "kill b#1");
  CHECK(exit_code == 0);
}

TEST_CASE_METHOD(tree_fixture, "a root that is done and started again has no end to hurry") {
  start(done_with_job(*this));
  exit_normally("Main/job");
  const auto again = ask(verb::start, "Main");
  advance(seconds{60});
  CHECK_FALSE(exit_code);
  crash("Main/b");
  CHECK(again->ok());
  CHECK(phase("Main") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "a root that is stopped by command has all the time it wants") {
  start(done_with_job(*this));
  const auto stopped = ask(verb::stop, "Main");
  advance(seconds{60});
  CHECK_FALSE(exit_code);
  crash("Main/b");
  CHECK(stopped->ok());
}

} // namespace kraken::actor_test
