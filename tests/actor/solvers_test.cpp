// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Plans of the local supervisor: every solver, order, awaiting, time-outs, tries, what is noted,
/// and what comes in between.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::verb;

namespace {

using solver_names = std::vector<std::string>;

model::child_spec with_rule(std::string match, solver_names solvers, std::string id = "a") {
  auto made = leaf(std::move(id));
  made.local = {{std::move(match), std::move(solvers)}};
  made.local_params = {seconds{1}, 3, milliseconds{500}};
  return made;
}

/// Notes of the plans of `path` since `seen`: `started ContainerStop 1/3, failed ...`.
std::string notes_of(const tree_fixture& f, std::uint64_t seen, std::string_view path = "Main/a") {
  std::string line;
  for (const auto& e : f.tree->board.events_since(seen)) {
    if (e.path != path || e.note.empty()) {
      continue;
    }
    line += (line.empty() ? "" : ", ") + e.note.substr(e.note.find('_') + 1);
    for (const auto& [key, text] : e.details) {
      if (!text.empty()) {
        line += key == "reason" ? " (" + text + ")" : " " + text;
      }
    }
  }
  return line;
}

} // namespace

TEST_CASE("each of the fifteen solvers does what it says to a container that lives") {
  struct row {
    std::string name;
    std::string trace;
    phase after;
    std::uint64_t generation;
  };
  const auto at = GENERATE(
      row{"CmdDoNothing", "resume a#1", phase::ready, 1},
      row{"CmdLog", "kill a#1, start a#2", phase::ready, 2}, // decides nothing: escalated
      row{"CmdEscalate", "kill a#1, start a#2", phase::ready, 2},
      row{"CmdSolve", "kill a#1, drain b#1, stop b#1, start a#2, start b#2", phase::ready, 2},
      row{"ContainerContinue", "resume a#1", phase::ready, 1},
      row{"ContainerStart", "kill a#1, start a#2", phase::ready, 2},
      row{"ContainerStop", "drain a#1, stop a#1", phase::ended, 1},
      row{"ContainerDestroy", "drain a#1, stop a#1", phase::gone, 0},
      row{"RuntimeContinue", "resume a#1", phase::ready, 1},
      row{"RuntimeStart", "kill a#1, start a#2", phase::ready, 2},
      row{"RuntimeStop", "drain a#1, stop a#1", phase::ended, 1},
      row{"RuntimeDestroy", "drain a#1, stop a#1", phase::gone, 0},
      row{"RuntimeDestroySoft", "drain a#1, stop a#1", phase::gone, 0},
      row{"RuntimeDestroyHard", "kill a#1", phase::gone, 0},
      row{"RuntimeRecreate", "kill a#1, start a#2", phase::ready, 2});
  CAPTURE(at.name);
  tree_fixture f;
  f.start(supervisor("Main", {supervisor("s", {with_rule("*", {at.name}), leaf("b")})}));
  f.take_trace();
  const auto seen = f.tree->board.last_seq();
  f.throws("Main/s/a", "DomainError");
  CHECK(f.took() == at.trace);
  CHECK(f.phase("Main/s/a") == at.after);
  CHECK(f.status("Main/s/a").generation == at.generation);
  CHECK(f.phase("Main/s/b") == phase::ready);
  CHECK(f.status("Main/s").generation == (at.name == "CmdSolve" ? 2 : 1));
  const std::string solver = at.name;
  auto noted = "started " + solver + " 1 of 3, succeeded " + solver + " 1 of 3";
  if (solver == "CmdLog") {
    noted += ", started escalate 1 of 3, succeeded escalate 1 of 3";
  }
  CHECK(notes_of(f, seen, "Main/s/a") == noted);
}

TEST_CASE("a rule may name how a process ended: dead ones are restarted, stopped or given away") {
  struct row {
    std::string match;
    std::string solver;
    std::string trace;
    phase after;
  };
  const auto at = GENERATE(row{"exit:255", "RuntimeStop", "", phase::ended},
                           row{"exit:*", "restart", "start a#2", phase::ready},
                           row{"exit:255", "ContainerDestroy", "", phase::gone},
                           row{"exit:3", "stop", "start a#2", phase::ready}, // another code
                           row{"*", "stop", "", phase::ended},
                           row{"*", "continue", "start a#2", phase::ready},         // refused
                           row{"*", "RuntimeContinue", "start a#2", phase::ready}); // refused
  CAPTURE(at.match, at.solver);
  tree_fixture f;
  f.start(supervisor("Main", {with_rule(at.match, {at.solver}), leaf("b")}));
  f.take_trace();
  f.crash("Main/a", 255);
  CHECK(f.took() == at.trace);
  CHECK(f.phase("Main/a") == at.after);
  CHECK_FALSE(f.exit_code);
}

TEST_CASE_METHOD(tree_fixture,
                 "a cause of each kind finds its rule, by class, parent, signal, oom") {
  struct row {
    std::string match;
    model::cause why;
  };
  model::cause thrown;
  thrown.kind = model::cause_kind::exception;
  thrown.type = "App\\DomainError";
  thrown.parents = {"RuntimeException", "Exception", "Throwable"};
  model::cause killed;
  killed.kind = model::cause_kind::signal;
  killed.code = 11;
  model::cause hungry;
  hungry.kind = model::cause_kind::out_of_memory;
  model::cause slow;
  slow.kind = model::cause_kind::timeout;
  model::cause silent;
  silent.kind = model::cause_kind::probe;
  const auto at = GENERATE_COPY(row{"\\App\\DomainError", thrown},
                                row{"RuntimeException", thrown},
                                row{"Throwable", thrown},
                                row{"signal:SIGSEGV", killed},
                                row{"signal:11", killed},
                                row{"oom", hungry},
                                row{"timeout", slow},
                                row{"probe", silent});
  CAPTURE(at.match);
  start(supervisor("Main", {with_rule(at.match, {"stop"}), leaf("b")}));
  const bool alive = GENERATE(true, false);
  alive ? host_of("Main/a").failed(at.why) : host_of("Main/a").ended(at.why);
  run();
  CHECK(phase("Main/a") == model::phase::ended);
}

TEST_CASE_METHOD(tree_fixture, "rules of the user come before the default, the first match wins") {
  auto a = with_rule("DomainError", {"continue"});
  a.local.push_back({"*", {"stop"}});
  start(supervisor("Main", {a}));
  throws("Main/a", "DomainError");
  CHECK(phase("Main/a") == phase::ready);
  throws("Main/a", "TypeError");
  CHECK(phase("Main/a") == phase::ended);
}

TEST_CASE_METHOD(tree_fixture, "a plan's steps follow each other, each awaited") {
  on.next["Main/a"] = {{.stop = on_stop::hang}, {.start = on_start::hang}};
  auto a = with_rule("*", {"CmdLog", "ContainerStop", "ContainerStart", "ContainerContinue"});
  a.local_params = {seconds{10}, 1, milliseconds{0}};
  start(supervisor("Main", {a}));
  take_trace();
  const auto seen = tree->board.last_seq();
  throws("Main/a", "DomainError");
  CHECK(phase("Main/a") == phase::stopping);
  advance(milliseconds{4'990});
  CHECK(took() == "drain a#1, stop a#1");
  advance(milliseconds{10}); // its shutdown time is over
  CHECK(took() == "kill a#1, start a#2");
  CHECK(notes_of(*this, seen) == "started CmdLog 1 of 1, succeeded CmdLog 1 of 1, "
                                 "started ContainerStop 1 of 1, succeeded ContainerStop 1 of 1, "
                                 "started ContainerStart 1 of 1");
  CHECK(status("Main/a").next_action == "ContainerStart");
  becomes_ready("Main/a");
  CHECK(notes_of(*this, seen)
            .ends_with("succeeded ContainerStart 1 of 1, "
                       "started ContainerContinue 1 of 1, "
                       "succeeded ContainerContinue 1 of 1"));
  CHECK(phase("Main/a") == phase::ready);
  CHECK(status("Main/a").restarts == 1); // a start by its own rule is a restart
  CHECK(status("Main/a").next_action.empty());
}

TEST_CASE_METHOD(tree_fixture, "a stop and start of its own spends the budget: no endless loop") {
  auto root = supervisor("Main", {with_rule("*", {"ContainerStop", "ContainerStart"})});
  root.supervise.intensity = 2;
  start(root);
  for (int i = 0; i < 3 && !exit_code; ++i) {
    throws("Main/a", "DomainError");
    advance(seconds{1});
  }
  CHECK(exit_code == actor::exit_code_gave_up);
}

TEST_CASE_METHOD(tree_fixture, "no result in time: tried again at its interval, then escalated") {
  on.next["Main/a"] = {{}, {.start = on_start::hang}};
  start(supervisor("Main", {with_rule("*", {"RuntimeRecreate", "CmdLog"})}));
  take_trace();
  const auto seen = tree->board.last_seq();
  throws("Main/a", "DomainError");
  CHECK(took() == "kill a#1, start a#2");
  advance(milliseconds{3'990}); // 1 s, 0.5 s, 1 s, 0.5 s, 1 s
  CHECK(took().empty());
  CHECK(phase("Main/a") == phase::starting);
  advance(milliseconds{10});
  CHECK(took() == "kill a#2");
  advance(milliseconds{100}); // the second restart of its window
  CHECK(took() == "start a#3");
  CHECK(phase("Main/a") == phase::ready);
  CHECK(notes_of(*this, seen) == "started RuntimeRecreate 1 of 3, "
                                 "failed RuntimeRecreate 1 of 3 (no result within 1s), "
                                 "started RuntimeRecreate 2 of 3, "
                                 "failed RuntimeRecreate 2 of 3 (no result within 1s), "
                                 "started RuntimeRecreate 3 of 3, "
                                 "failed RuntimeRecreate 3 of 3 (no result within 1s)");
}

TEST_CASE_METHOD(tree_fixture, "the time of a try begins with the launch, not with the backoff") {
  auto a = with_rule("*", {"ContainerStart"});
  a.backoff.min = seconds{20};
  start(supervisor("Main", {a}));
  throws("Main/a", "DomainError");
  const auto seen = tree->board.last_seq();
  throws("Main/a", "DomainError");
  REQUIRE(phase("Main/a") == phase::backing_off);
  advance(seconds{20});
  CHECK(phase("Main/a") == phase::ready);
  CHECK(notes_of(*this, seen) == "started ContainerStart 1 of 3, succeeded ContainerStart 1 of 3");
}

TEST_CASE_METHOD(tree_fixture, "the first rejection stops the chain and escalates") {
  auto root =
      supervisor("Main", {with_rule("*", {"ContainerContinue", "ContainerStop"}), leaf("b")});
  root.supervise.how = model::strategy::one_for_all;
  start(root);
  take_trace();
  const auto seen = tree->board.last_seq();
  crash("Main/a"); // nothing lives that could go on
  CHECK(took() == "drain b#1, stop b#1, start a#2, start b#2");
  CHECK(notes_of(*this, seen) == "started ContainerContinue 1 of 3, "
                                 "failed ContainerContinue 1 of 3 (not possible in phase held)");
}

TEST_CASE_METHOD(tree_fixture, "a stop that hangs is hurried when its tries are over") {
  auto a = with_rule("*", {"ContainerStop"});
  a.shutdown.how = model::shutdown_spec::mode::infinity;
  on.always["Main/a"].stop = on_stop::hang;
  start(supervisor("Main", {a}));
  throws("Main/a", "DomainError");
  advance(milliseconds{3'990});
  CHECK(took() == "start a#1, drain a#1, stop a#1");
  advance(milliseconds{10});
  CHECK(took() == "kill a#1");
  CHECK(phase("Main/a") == phase::ended);
  CHECK_FALSE(exit_code);
}

TEST_CASE_METHOD(tree_fixture, "an operator's verb overrules a plan") {
  on.next["Main/a"] = {{}, {.start = on_start::hang}};
  start(supervisor("Main", {with_rule("*", {"ContainerStart", "CmdLog"})}));
  const auto seen = tree->board.last_seq();
  throws("Main/a", "DomainError");
  REQUIRE(phase("Main/a") == phase::starting);
  SECTION("stop") {
    CHECK(ask(verb::stop, "a")->ok());
    CHECK(phase("Main/a") == phase::ended);
  }
  SECTION("destroy") {
    CHECK(ask(verb::destroy, "a")->ok());
    CHECK(phase("Main/a") == phase::gone);
  }
  CHECK(notes_of(*this, seen)
            .ends_with("failed ContainerStart 1 of 3 (overruled by its supervisor)"));
  take_trace();
  advance(seconds{60});
  CHECK(took().empty());
}

TEST_CASE_METHOD(tree_fixture, "failures that come while one is solved wait for their turn") {
  start(supervisor("Main", {with_rule("*", {"RuntimeContinue"})}));
  take_trace();
  model::cause why;
  why.kind = model::cause_kind::exception;
  for (const auto* const type : {"First", "Second", "Third"}) {
    why.type = type;
    host_of("Main/a").failed(why);
  }
  run();
  CHECK(took() == "resume a#1, resume a#1, resume a#1");
  CHECK(phase("Main/a") == phase::ready);
  CHECK(status("Main/a").last_cause->type == "Third");
}

TEST_CASE_METHOD(tree_fixture, "more failures than can wait are still in the history and counted") {
  start(supervisor("Main", {with_rule("*", {"RuntimeContinue"})}));
  take_trace();
  model::cause why;
  why.kind = model::cause_kind::exception;
  for (std::size_t n = 0; n < limits::failures_waiting + 10; ++n) {
    why.type = "E" + std::to_string(n);
    host_of("Main/a").failed(why);
  }
  run();
  CHECK(take_trace().size() == limits::failures_waiting + 1);
  CHECK(phase("Main/a") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "it dies while its plan waits: the plan goes on without it") {
  start(supervisor("Main", {with_rule("*", {"RuntimeContinue"})}));
  take_trace();
  model::cause why;
  why.kind = model::cause_kind::exception;
  why.type = "First";
  auto& host = host_of("Main/a");
  host.failed(why);
  why.kind = model::cause_kind::signal;
  why.code = 9;
  host.ended(why);
  run();
  CHECK(took() == "start a#2"); // it could not go on, so it was escalated
  CHECK(phase("Main/a") == phase::ready);
  CHECK(status("Main/a").last_cause->type == "First");
  REQUIRE(status("Main/a").failures->size() == 2);
}

TEST_CASE_METHOD(tree_fixture, "a parent in trouble still answers and still supervises") {
  auto p = with_rule("*", {"RuntimeContinue"}, "p");
  p.children = {leaf("a"), leaf("b")};
  start(supervisor("Main", {p}));
  take_trace();
  model::cause why;
  why.kind = model::cause_kind::exception;
  host_of("Main/p").failed(why);
  why.kind = model::cause_kind::exit_code;
  host_of("Main/p/a").ended(why);
  host_of("Main/p/b").ended(why);
  CHECK(phase("Main/p") == phase::ready); // nothing has run yet
  run();
  CHECK(phase("Main/p") == phase::ready);
  CHECK(phase("Main/p/a") == phase::ready);
  CHECK(phase("Main/p/b") == phase::ready);
  CHECK(status("Main/p").generation == 1);
  CHECK(status("Main/p/a").generation == 2);
  CHECK(status("Main/p/b").generation == 2);
}

TEST_CASE_METHOD(tree_fixture, "notes carry the correlation of their failure, up to the root") {
  auto s = supervisor("s", {with_rule("*", {"CmdLog", "CmdSolve"})});
  s.local = {{"child", {"CmdSolve"}}};
  auto root = supervisor("Main", {s});
  start(root);
  const auto seen = tree->board.last_seq();
  throws("Main/s/a", "DomainError");
  CHECK(exit_code == actor::exit_code_gave_up);
  std::uint64_t first = 0;
  std::string failing;
  for (const auto& e : tree->board.events_since(seen)) {
    if (e.to == phase::held) {
      first = first == 0 ? e.correlation : first;
      failing += e.note.empty() ? e.path + " " : "";
      CAPTURE(e.path, e.note);
      CHECK(e.correlation == first);
    }
  }
  CHECK(failing == "Main/s/a Main/s Main ");
  CHECK(first != 0);
}

TEST_CASE_METHOD(tree_fixture,
                 "continue while starting: the start goes on and still has its time") {
  auto a = with_rule("*", {"continue"});
  a.ready.within = seconds{5};
  on.next["Main/a"] = {{.start = on_start::hang}};
  start(supervisor("Main", {a}));
  advance(seconds{4});
  throws("Main/a", "DomainError");
  CHECK(phase("Main/a") == phase::starting);
  becomes_ready("Main/a");
  CHECK(phase("Main/a") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "a resume that throws is a refusal") {
  on.always["Main/a"].resume_throws = true;
  start(supervisor("Main", {with_rule("*", {"continue"})}));
  take_trace();
  throws("Main/a", "DomainError");
  CHECK(took() == "resume a#1, kill a#1, start a#2");
}

} // namespace kraken::actor_test
