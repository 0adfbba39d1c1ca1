// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Failures that leave the incarnation alive, exceptions out of it, and planned replacement.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::verb;

namespace {

model::child_spec ruled(std::string match, std::string solver) {
  auto made = leaf("a");
  made.local = {{std::move(match), {std::move(solver)}}};
  return made;
}

} // namespace

TEST_CASE_METHOD(tree_fixture, "continue: the same incarnation goes on and nothing is counted") {
  start(supervisor("Main", {ruled("DomainError", "continue")}));
  const auto seen = tree->board.last_seq();
  take_trace();
  throws("Main/a", "DomainError");
  CHECK(took() == "resume a#1");
  CHECK(phase("Main/a") == phase::ready);
  CHECK(status("Main/a").restarts == 0);
  CHECK(status("Main/a").last_cause->type == "DomainError");
  const auto events = tree->board.events_since(seen);
  REQUIRE(events.size() == 4);
  CHECK(events[0].to == phase::held);
  CHECK(events[1].note == "solver_started");
  CHECK(events[2].to == phase::ready);
  CHECK(events[3].note == "solver_succeeded");
  CHECK(events[3].correlation == events[0].correlation);
}

TEST_CASE_METHOD(tree_fixture, "continue: an interruption of the service that clears the budget") {
  auto root = supervisor("Main", {ruled("DomainError", "continue")});
  root.supervise.period = seconds{10};
  start(root);
  crash("Main/a");
  advance(seconds{4});
  throws("Main/a", "DomainError");
  advance(seconds{7}); // 11 s of life, 7 s of service
  crash("Main/a");
  CHECK(phase("Main/a") == phase::backing_off);
  advance(seconds{11});
  crash("Main/a");
  CHECK(phase("Main/a") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "no rule matches: escalated, killed, restarted by the parent") {
  start(supervisor("Main", {ruled("DomainError", "continue")}));
  take_trace();
  throws("Main/a", "TypeError");
  CHECK(took() == "kill a#1, start a#2");
  CHECK(status("Main/a").restarts == 1);
}

TEST_CASE_METHOD(tree_fixture, "restart: only itself, whatever the parent's strategy") {
  auto root = supervisor("Main", {ruled("*", "restart"), leaf("b")});
  root.supervise.how = model::strategy::one_for_all;
  start(root);
  take_trace();
  throws("Main/a", "DomainError");
  CHECK(took() == "kill a#1, start a#2");
}

TEST_CASE_METHOD(tree_fixture, "restart by a local rule spends the parent's budget") {
  auto root = supervisor("Main", {ruled("*", "restart")});
  root.supervise.intensity = 0;
  start(root);
  throws("Main/a", "DomainError");
  CHECK(exit_code == actor::exit_code_gave_up);
}

TEST_CASE_METHOD(tree_fixture, "stop: it stays stopped until an operator starts it") {
  start(supervisor("Main", {ruled("*", "ContainerStop"), leaf("b")}));
  take_trace();
  throws("Main/a", "DomainError");
  CHECK(took() == "drain a#1, stop a#1");
  CHECK(phase("Main/a") == phase::ended);
  crash("Main/b");
  CHECK(phase("Main/a") == phase::ended);
  CHECK(ask(verb::start, "a")->ok());
}

TEST_CASE_METHOD(tree_fixture, "destroy, orderly and by force") {
  SECTION("orderly") {
    start(supervisor("Main", {ruled("*", "destroy")}));
    take_trace();
    throws("Main/a", "DomainError");
    CHECK(took() == "drain a#1, stop a#1");
  }
  SECTION("hard") {
    start(supervisor("Main", {ruled("*", "RuntimeDestroyHard")}));
    take_trace();
    throws("Main/a", "DomainError");
    CHECK(took() == "kill a#1");
  }
  CHECK(phase("Main/a") == phase::gone);
  CHECK(on.made == 0);
}

TEST_CASE_METHOD(tree_fixture, "a dead incarnation is past its local rules") {
  start(supervisor("Main", {ruled("*", "continue")}));
  take_trace();
  crash("Main/a");
  CHECK(took() == "start a#2");
}

TEST_CASE_METHOD(tree_fixture, "an incarnation that throws at its start is a failed start") {
  on.next["Main/a"] = {{.start = on_start::throws}};
  const auto done = start(supervisor("Main", {leaf("a")}));
  CHECK(took() == "start a#1, start a#2");
  CHECK(status("Main/a").last_cause->kind == model::cause_kind::start_error);
  CHECK(status("Main/a").last_cause->message == "start throws");
  CHECK(phase("Main/a") == phase::ready);
  CHECK(done->ok());
  CHECK(on.made == 1);
}

TEST_CASE_METHOD(tree_fixture, "a transient child that its rule restarts may come to its end") {
  auto a = leaf("a");
  a.restart = model::restart_type::transient;
  a.local = {{"*", {"restart"}}};
  on.next["Main/a"] = {{}, {.start = on_start::exit, .code = 0}};
  start(supervisor("Main", {a}));
  throws("Main/a", "DomainError");
  CHECK(phase("Main/a") == phase::ended);
  take_trace();
  advance(seconds{60});
  CHECK(took().empty()); // the rule does not try again what is done
  CHECK(status("Main/a").next_action.empty());
}

TEST_CASE_METHOD(tree_fixture, "a second failure while failed is recorded, not recursive") {
  auto a = leaf("a");
  on.always["Main/a"].kill = on_kill::hang;
  start(supervisor("Main", {a}));
  throws("Main/a", "First");
  CHECK(phase("Main/a") == phase::held);
  throws("Main/a", "Second");
  CHECK(status("Main/a").in == model::state::failed);
  advance(limits::kill_grace);
  CHECK(phase("Main/a") == phase::ready);
  CHECK(status("Main/a").restarts == 1);
}

TEST_CASE_METHOD(tree_fixture, "recycling is no failure after a second of service") {
  auto root = supervisor("Main", {leaf("a")});
  root.supervise.intensity = 0;
  start(root);
  for (int i = 0; i < 10; ++i) {
    advance(seconds{1});
    recycles("Main/a");
  }
  CHECK(phase("Main/a") == phase::ready);
  CHECK(status("Main/a").generation == 11);
  CHECK(status("Main/a").restarts == 0);
  CHECK(status("Main/a").recycles == 10);
  CHECK_FALSE(exit_code);
}

TEST_CASE_METHOD(tree_fixture, "recycling at once, without an answer, would be a loop: it counts") {
  start(supervisor("Main", {leaf("a")}));
  advance(milliseconds{990});
  recycles("Main/a");
  CHECK(status("Main/a").recycles == 0);
  CHECK(status("Main/a").restarts == 1);
  CHECK(status("Main/a").last_cause->kind == model::cause_kind::start_error);
}

TEST_CASE_METHOD(tree_fixture, "a worker that has served may be replaced at any age") {
  start(supervisor("Main", {leaf("a")}));
  model::cause why;
  why.kind = model::cause_kind::recycle;
  for (const bool ends : {false, true}) {
    const auto live = std::make_shared<model::gauges>();
    live->requests.add();
    host_of("Main/a").show_gauges(live);
    run();
    if (ends) {
      host_of("Main/a").ended(why);
      run();
    } else {
      recycles("Main/a");
    }
  }
  CHECK(status("Main/a").recycles == 2);
  CHECK(status("Main/a").restarts == 0);
}

TEST_CASE_METHOD(tree_fixture, "a worker that ends with cause recycle is replaced as planned") {
  start(supervisor("Main", {leaf("a")}));
  advance(seconds{1});
  take_trace();
  model::cause why;
  why.kind = model::cause_kind::recycle;
  host_of("Main/a").ended(why);
  run();
  CHECK(took() == "start a#2");
  CHECK(status("Main/a").recycles == 1);
  CHECK(status("Main/a").restarts == 0);
}

TEST_CASE_METHOD(tree_fixture, "an operator recycles at any uptime") {
  start(supervisor("Main", {leaf("a")}));
  take_trace();
  CHECK(ask(verb::recycle, "a")->ok());
  CHECK(took() == "drain a#1, stop a#1, start a#2");
  CHECK(status("Main/a").recycles == 1);
  ask(verb::stop, "a");
  CHECK(ask(verb::recycle, "a")->code() == errc::not_started);
}

TEST_CASE_METHOD(tree_fixture, "a rule ends a successor as its definition says") {
  auto one = overlapping("a");
  one.local = {{"*", {"continue"}}};
  start(supervisor("Main", {one}));
  advance(seconds{1});
  on.next["Main/a"] = {{.start = on_start::hang, .stop = on_stop::hang}};
  recycles("Main/a");
  take_trace();
  throws("Main/a#1", "Error");
  CHECK(took() == "stop a#2, resume a#1");
  CHECK(phase("Main/a") == phase::ready);
  CHECK(status("Main/a").beside == model::companion::predecessor);
  CHECK(status("Main/a").generation == 1);
  advance(one.shutdown.time - milliseconds{1});
  CHECK(took().empty());
  advance(milliseconds{1});
  CHECK(took() == "kill a#2, start a#3, hand over a#1, stop a#1"); // it is still to be replaced
  CHECK(status("Main/a").generation == 3);
}

TEST_CASE_METHOD(tree_fixture, "stop while draining for a recycle stops") {
  on.always["Main/a"].stop = on_stop::hang;
  start(supervisor("Main", {leaf("a")}));
  advance(seconds{1});
  recycles("Main/a");
  CHECK(phase("Main/a") == phase::draining);
  const auto stopped = ask(verb::stop, "a");
  take_trace();
  crash("Main/a");
  CHECK(took().empty());
  CHECK(phase("Main/a") == phase::ended);
  CHECK(stopped->ok());
}

} // namespace kraken::actor_test
