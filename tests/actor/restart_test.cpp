// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Who is restarted, when, how often, and what comes when that was too often.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::restart_type;
using model::verb;

TEST_CASE("restart types meet normal and abnormal ends") {
  struct row {
    restart_type type;
    int code;
    phase after;
    std::uint64_t generation;
  };
  const auto at = GENERATE(row{restart_type::permanent, 0, phase::ready, 2},
                           row{restart_type::permanent, 1, phase::ready, 2},
                           row{restart_type::transient, 0, phase::ended, 1},
                           row{restart_type::transient, 1, phase::ready, 2},
                           row{restart_type::temporary, 0, phase::gone, 0},
                           row{restart_type::temporary, 1, phase::gone, 0});
  CAPTURE(model::to_string(at.type), at.code);
  tree_fixture f;
  auto a = leaf("a");
  a.restart = at.type;
  f.start(supervisor("Main", {a, leaf("b")}));
  at.code == 0 ? f.exit_normally("Main/a") : f.crash("Main/a", at.code);
  CHECK(f.phase("Main/a") == at.after);
  CHECK(f.status("Main/a").generation == at.generation);
  CHECK(f.phase("Main/b") == phase::ready);
  CHECK(f.phase("Main") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "backoff: at once, then 100 ms doubled, then the budget is spent") {
  start(supervisor("Main", {leaf("a")}));
  on.always["Main/a"].start = on_start::exit;
  take_trace();
  crash("Main/a");
  CHECK(took() == "start a#2"); // at 0
  CHECK(phase("Main/a") == phase::backing_off);
  CHECK(status("Main/a").next_action == "restart");
  advance(milliseconds{90});
  CHECK(took().empty());
  advance(milliseconds{10});
  CHECK(took() == "start a#3"); // at 0.1 s
  advance(milliseconds{190});
  CHECK(took().empty());
  advance(milliseconds{10});
  CHECK(took() == "start a#4"); // at 0.3 s
  advance(milliseconds{400});
  CHECK(took() == "start a#5"); // at 0.7 s
  advance(milliseconds{800});
  CHECK(took() == "start a#6"); // at 1.5 s
  CHECK_FALSE(exit_code);
  advance(milliseconds{1'590});
  CHECK_FALSE(exit_code);
  advance(milliseconds{10}); // at 3.1 s the sixth restart would be one too many
  CHECK(took().empty());
  CHECK(exit_code == actor::exit_code_gave_up);
}

TEST_CASE_METHOD(tree_fixture, "jitter is seeded: the delay stays within 20 % of its base") {
  auto a = leaf("a");
  a.backoff.jitter_percent = 20;
  start(supervisor("Main", {a}));
  on.next["Main/a"] = {{.start = on_start::exit}};
  crash("Main/a");
  const auto now = status("Main/a");
  REQUIRE(now.at == phase::backing_off);
  const auto wait = now.next_at - now.since;
  CHECK(wait >= milliseconds{80});
  CHECK(wait <= milliseconds{120});
}

TEST_CASE_METHOD(tree_fixture, "restarts that were followed by long service do not count") {
  start(supervisor("Main", {leaf("a")}));
  for (int i = 0; i < 20; ++i) {
    crash("Main/a");
    CHECK(phase("Main/a") == phase::ready); // always at once: the backoff was reset, too
    advance(seconds{21});
  }
  CHECK(status("Main/a").restarts == 20);
  CHECK_FALSE(exit_code);
}

TEST_CASE_METHOD(tree_fixture,
                 "escalation: the parent fails, is restarted, and starts its children anew") {
  auto inner = supervisor("s", {leaf("a"), leaf("b")});
  inner.supervise.intensity = 1;
  start(supervisor("Main", {inner, leaf("c")}));
  take_trace();
  crash("Main/s/b");
  CHECK(took() == "start b#2");
  on.next["Main/s/b"] = {};
  crash("Main/s/b");
  CHECK(phase("Main/s/b") == phase::backing_off);
  advance(milliseconds{100});
  CHECK(took() == "drain a#1, stop a#1, start a#2, start b#3");
  CHECK(status("Main/s").generation == 2);
  CHECK(status("Main/s").last_cause->kind == model::cause_kind::child);
  CHECK(status("Main/s").last_cause->origin == "Main/s/b");
  CHECK(phase("Main/s") == phase::ready);
  CHECK(phase("Main/c") == phase::ready);
  CHECK(status("Main/c").generation == 1);
}

TEST_CASE_METHOD(tree_fixture, "the correlation of a failure stays the same up to the root") {
  auto inner = supervisor("s", {leaf("a")});
  inner.supervise.intensity = 0;
  auto root = supervisor("Main", {inner});
  root.supervise.intensity = 0;
  start(root);
  const auto seen = tree->board.last_seq();
  crash("Main/s/a");
  CHECK(exit_code == actor::exit_code_gave_up);
  std::uint64_t first = 0;
  int held = 0;
  for (const auto& e : tree->board.events_since(seen)) {
    if (e.to == phase::held) {
      first = first == 0 ? e.correlation : first;
      CHECK(e.correlation == first);
      ++held;
    }
  }
  CHECK(first != 0);
  CHECK(held == 3);
}

TEST_CASE_METHOD(tree_fixture, "park: the child waits for an operator, its siblings live on") {
  auto a = leaf("a");
  a.on_give_up = model::give_up::park;
  auto root = supervisor("Main", {a, leaf("b")});
  root.supervise.intensity = 1;
  start(root);
  crash("Main/a");
  crash("Main/a");
  advance(milliseconds{100});
  CHECK(phase("Main/a") == phase::parked);
  CHECK(status("Main/a").next_action == "operator");
  CHECK(phase("Main/b") == phase::ready);
  CHECK_FALSE(exit_code);
  crash("Main/b");
  CHECK(phase("Main/b") == phase::ready); // parking gave the budget back
  CHECK(ask(verb::start, "a")->ok());
  CHECK(phase("Main/a") == phase::ready);
  crash("Main/a");
  CHECK(phase("Main/a") == phase::ready); // the restart of b is no concern of its budget
}

TEST_CASE_METHOD(tree_fixture, "budget: who cannot end its supervisor spends one of its own") {
  auto a = leaf("a");
  a.on_give_up = GENERATE(model::give_up::park, model::give_up::retry);
  auto root = supervisor("Main", {a, leaf("b")});
  root.supervise.intensity = 2;
  start(root);
  on.always["Main/a"].start = on_start::exit;
  crash("Main/a");
  advance(milliseconds{100});
  CHECK(status("Main/a").restarts_in_window == 2); // all of it
  crash("Main/b");
  CHECK(phase("Main/b") == phase::ready);
  CHECK(status("Main/b").restarts_in_window == 1);
  advance(seconds{60});
  for (int i = 0; i < 2; ++i) {
    crash("Main/b");
    advance(milliseconds{100});
    CHECK(phase("Main/b") == phase::ready);
  }
  crash("Main/b"); // those that share one still do
  advance(milliseconds{200});
  CHECK(exit_code == actor::exit_code_gave_up);
}

TEST_CASE_METHOD(tree_fixture, "budget: a new give_up takes what was counted along") {
  auto a = leaf("a");
  auto b = leaf("b");
  auto root = supervisor("Main", {a, b});
  root.supervise.intensity = 2;
  start(root);
  const auto update = [&](const model::child_spec& to) {
    model::command what;
    what.what = verb::update;
    what.target = to.id;
    what.spec = std::make_shared<const model::child_spec>(to);
    CHECK(ask(std::move(what))->ok());
  };
  crash("Main/a");
  a.on_give_up = model::give_up::park;
  update(a);
  crash("Main/b");
  CHECK(status("Main/b").restarts_in_window == 1);
  crash("Main/b");
  advance(milliseconds{100});
  CHECK(phase("Main/b") == phase::ready);
  crash("Main/a");
  CHECK(phase("Main/a") == phase::backing_off); // its second
  advance(milliseconds{100});
  CHECK(status("Main/a").restarts_in_window == 2);
  a.on_give_up = model::give_up::escalate;
  update(a); // four of two are spent: the latest count
  CHECK_FALSE(exit_code);
  crash("Main/b");
  advance(seconds{1});
  CHECK(exit_code == actor::exit_code_gave_up);
}

TEST_CASE_METHOD(tree_fixture, "budget: a new one of the supervisor is one of each") {
  auto a = leaf("a");
  a.on_give_up = model::give_up::park;
  auto s = supervisor("s", {a});
  s.supervise.intensity = 1;
  start(supervisor("Main", {s}));
  crash("Main/s/a");
  s.supervise.intensity = 2;
  model::command what;
  what.what = verb::update;
  what.target = "s";
  what.spec = std::make_shared<const model::child_spec>(s);
  CHECK(ask(std::move(what))->ok());
  crash("Main/s/a");
  advance(milliseconds{100});
  CHECK(phase("Main/s/a") == phase::ready);
  CHECK(ask(verb::reset, "s")->ok());
  for (int i = 0; i < 2; ++i) {
    crash("Main/s/a");
    advance(milliseconds{100});
    CHECK(phase("Main/s/a") == phase::ready);
  }
  crash("Main/s/a");
  advance(milliseconds{200});
  CHECK(phase("Main/s/a") == phase::parked);
}

// Both reports of such a recycling, the end of one and of the next, reach the supervisor as one.
TEST_CASE_METHOD(tree_fixture, "a recycling whose start fails at once interrupts the service") {
  auto root = supervisor("Main", {leaf("a"), leaf("b")});
  root.supervise.intensity = 2;
  root.supervise.period = seconds{10};
  start(root);
  crash("Main/b");
  advance(seconds{7});
  on.next["Main/b"] = {{.start = on_start::exit}};
  recycles("Main/b");
  advance(milliseconds{100});
  CHECK(phase("Main/b") == phase::ready);
  advance(seconds{3});
  crash("Main/a"); // the crash of b is 10 s old, but b has not served that long since
  CHECK(exit_code == actor::exit_code_gave_up);
}

TEST_CASE_METHOD(tree_fixture, "a parked child does not hold up an ordered start") {
  auto a = leaf("a");
  a.on_give_up = model::give_up::park;
  on.always["Main/a"].start = on_start::exit;
  const auto done = start(supervisor("Main", {a, leaf("b")}));
  advance(seconds{2});
  CHECK(phase("Main/b") == phase::idle);
  CHECK(phase("Main") == phase::starting);
  advance(seconds{2});
  CHECK(phase("Main/a") == phase::parked);
  CHECK(phase("Main/b") == phase::ready);
  CHECK(phase("Main") == phase::ready);
  CHECK(done->ok());
}

TEST_CASE_METHOD(tree_fixture, "a child that can not start for good stops the ones before it") {
  on.always["Main/b"].start = on_start::exit;
  start(supervisor("Main", {leaf("a"), leaf("b"), leaf("c")}));
  advance(seconds{5});
  const auto trace = take_trace();
  CHECK(trace.front() == "start a#1");
  CHECK(trace.back() == "stop a#1");
  CHECK(std::count(trace.begin(), trace.end(), "start c#1") == 0);
  CHECK(exit_code == actor::exit_code_gave_up);
}

TEST_CASE_METHOD(tree_fixture, "a temporary child that never serves is a start failure") {
  auto b = leaf("b");
  b.restart = restart_type::temporary;
  on.always["Main/b"].start = on_start::exit;
  start(supervisor("Main", {leaf("a"), b}));
  CHECK(exit_code == actor::exit_code_gave_up);
}

TEST_CASE_METHOD(tree_fixture, "an operator's start forgets the failures") {
  auto a = leaf("a");
  a.on_give_up = model::give_up::park;
  auto root = supervisor("Main", {a});
  root.supervise.intensity = 2;
  start(root);
  crash("Main/a");
  crash("Main/a");
  CHECK(phase("Main/a") == phase::backing_off);
  CHECK(ask(verb::start, "a")->ok());
  CHECK(status("Main/a").restarts_in_window == 0);
  crash("Main/a");
  CHECK(phase("Main/a") == phase::ready); // immediate again
}

TEST_CASE_METHOD(tree_fixture, "reset forgets the failures of all children") {
  auto root = supervisor("Main", {leaf("a")});
  root.supervise.intensity = 1;
  start(root);
  for (int i = 0; i < 5; ++i) {
    crash("Main/a");
    CHECK(phase("Main/a") == phase::ready);
    CHECK(ask(verb::reset, "Main")->ok());
  }
  CHECK(status("Main/a").restarts == 5);
}

TEST_CASE_METHOD(tree_fixture, "a start timeout kills and counts as a failure") {
  auto a = leaf("a");
  a.ready.within = seconds{2};
  on.next["Main/a"] = {{.start = on_start::hang}};
  const auto done = start(supervisor("Main", {a}));
  advance(milliseconds{1'990});
  CHECK(took() == "start a#1");
  advance(milliseconds{10});
  CHECK(took() == "kill a#1, start a#2");
  CHECK(status("Main/a").last_cause->kind == model::cause_kind::start_timeout);
  CHECK(phase("Main/a") == phase::ready);
  CHECK(done->ok());
}

TEST_CASE_METHOD(tree_fixture, "a thousand recoveries hold no more than one") {
  start(supervisor("Main", {leaf("a")}));
  for (int i = 0; i < 1'000; ++i) {
    crash("Main/a");
    REQUIRE(phase("Main/a") == phase::ready);
    CHECK(on.made == 1);
    REQUIRE(ask(verb::reset, "Main")->ok());
  }
  CHECK(status("Main/a").restarts == 1'000);
  CHECK(status("Main/a").generation == 1'001);
  CHECK(tree->board.list().size() == 2);
}

TEST_CASE_METHOD(tree_fixture, "two children that fail at once are both restarted") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  model::cause why;
  why.kind = model::cause_kind::signal;
  why.code = 9;
  host_of("Main/a").ended(why);
  host_of("Main/b").ended(why);
  run();
  advance(milliseconds{100});
  CHECK(phase("Main/a") == phase::ready);
  CHECK(phase("Main/b") == phase::ready);
  CHECK(status("Main/a").generation == 2);
  CHECK(status("Main/b").generation == 2);
}

TEST_CASE_METHOD(tree_fixture, "a supervisor that was restarted has a new budget, as in OTP") {
  auto s = supervisor("s", {leaf("a")});
  s.supervise.intensity = 1;
  start(supervisor("Main", {s}));
  for (int round = 1; round <= 3; ++round) {
    crash("Main/s/a"); // granted
    CHECK(phase("Main/s/a") == phase::ready);
    CHECK(status("Main/s").restarts == static_cast<std::uint64_t>(round - 1));
    crash("Main/s/a"); // one too many
    advance(seconds{1});
    CHECK(status("Main/s").restarts == static_cast<std::uint64_t>(round));
  }
  CHECK_FALSE(exit_code);
}

} // namespace kraken::actor_test
