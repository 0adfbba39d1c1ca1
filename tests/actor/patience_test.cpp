// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Children that are never given up (the workers of a pool): who is restarted at once, who waits
/// and for how long. Restarts that end in giving up are in restart_test.cpp.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::verb;

namespace {

class patience_fixture : public tree_fixture {
public:
  patience_fixture() {
    auto w = leaf("w");
    w.on_give_up = model::give_up::retry;
    auto pool_of_one = pool("p", {w});
    pool_of_one.supervise.intensity = 2;
    start(supervisor("Main", {pool_of_one}));
    take_trace();
  }

  /// As crash(), after having been given work.
  void crash_at_work() {
    auto why = cause_of(model::cause_kind::signal, 11);
    why.worked = true;
    host_of("Main/p/w").ended(std::move(why));
    run();
  }

  [[nodiscard]] milliseconds delay() const {
    const auto now = status("Main/p/w");
    return now.at == phase::backing_off
               ? std::chrono::duration_cast<milliseconds>(now.next_at - now.since)
               : milliseconds{0};
  }
};

} // namespace

TEST_CASE_METHOD(patience_fixture, "patience: who crashed at work is back at once, then soon") {
  for (int i = 0; i < 2; ++i) { // within the budget
    crash_at_work();
    CHECK(phase("Main/p/w") == phase::ready);
  }
  for (int i = 0; i < 100; ++i) { // beyond it
    crash_at_work();
    REQUIRE(phase("Main/p/w") == phase::backing_off);
    REQUIRE(delay() == milliseconds{100});
    CHECK(status("Main/p/w").next_action == "restart");
    advance(milliseconds{100});
    REQUIRE(phase("Main/p/w") == phase::ready);
  }
  CHECK(phase("Main/p") == phase::ready);
  CHECK(status("Main/p/w").restarts == 102);
  CHECK(status("Main/p/w").restarts_in_window == 2); // the whole budget
  CHECK_FALSE(exit_code);
}

TEST_CASE_METHOD(patience_fixture, "patience: who ends without work waits longer each time") {
  on.always["Main/p/w"].start = on_start::exit;
  crash("Main/p/w");
  // It ended twice in vain: the first restart was immediate.
  for (const int ms : {100, 200, 400, 800, 1'600, 3'200, 6'400, 12'800, 25'600, 30'000, 30'000}) {
    CHECK(delay() == milliseconds{ms});
    advance(milliseconds{ms});
  }
  CHECK_FALSE(exit_code);
  on.always.clear();
  advance(seconds{30});
  CHECK(phase("Main/p/w") == phase::ready); // without an operator
}

TEST_CASE_METHOD(patience_fixture, "patience: ready alone is no work, a period of service is") {
  crash("Main/p/w");
  CHECK(delay() == milliseconds{0});
  crash("Main/p/w");
  CHECK(delay() == milliseconds{100});
  advance(milliseconds{100});
  crash("Main/p/w");
  CHECK(delay() == milliseconds{200});
  advance(milliseconds{200});
  advance(seconds{10});
  crash("Main/p/w"); // the budget has been given back, too
  CHECK(delay() == milliseconds{0});
  CHECK(phase("Main/p/w") == phase::ready);
}

TEST_CASE_METHOD(patience_fixture, "patience: work makes good for what was in vain before") {
  on.next["Main/p/w"] = {{.start = on_start::exit}, {.start = on_start::exit}};
  crash("Main/p/w");
  advance(milliseconds{100});
  CHECK(delay() == milliseconds{200});
  advance(milliseconds{200});
  crash_at_work();
  CHECK(delay() == milliseconds{100}); // not 400; and not at once, because the budget is spent
}

TEST_CASE_METHOD(patience_fixture, "patience: an operator's start and reset forget the delays") {
  on.always["Main/p/w"].start = on_start::exit;
  crash("Main/p/w");
  advance(milliseconds{100});
  CHECK(delay() == milliseconds{200});
  const auto word = GENERATE(verb::start, verb::reset);
  static_cast<void>(ask(word, word == verb::start ? "w" : "p"));
  if (word == verb::reset) {
    advance(milliseconds{200});
  }
  // The next one fails as well: it is the first in vain, and its restart the second.
  CHECK(delay() == milliseconds{100});
}

TEST_CASE_METHOD(patience_fixture, "patience: the workers a pool makes share what it has") {
  for (const auto* const id : {"x", "y"}) {
    model::command create;
    create.what = verb::create;
    create.target = "Main/p";
    auto worker = leaf(id);
    worker.on_give_up = model::give_up::retry;
    create.spec = std::make_shared<const model::child_spec>(std::move(worker));
    host_of("Main/p").manage(std::move(create), nullptr);
  }
  run();
  auto why = cause_of(model::cause_kind::signal, 11);
  why.worked = true;
  for (const auto* const path : {"Main/p/x", "Main/p/y", "Main/p/x"}) {
    host_of(path).ended(why);
    run();
  }
  CHECK(phase("Main/p/x") == phase::backing_off);
  CHECK(phase("Main/p/y") == phase::ready);
  crash_at_work(); // declared, so with one of its own
  CHECK(phase("Main/p/w") == phase::ready);
}

TEST_CASE_METHOD(patience_fixture, "patience: a stop wins, as always") {
  on.always["Main/p/w"].start = on_start::exit;
  crash("Main/p/w");
  CHECK(ask(verb::stop, "w")->ok());
  advance(seconds{60});
  CHECK(phase("Main/p/w") == phase::ended);
}

TEST_CASE_METHOD(tree_fixture, "patience: nobody waits for what is tried for ever below") {
  auto w = leaf("w");
  w.on_give_up = model::give_up::retry;
  const auto whole = supervisor("Main", {supervisor("s", {leaf("a"), supervisor("t", {w})})});
  on.always["Main/s/t/w"].start = on_start::exit;
  SECTION("but the daemon's own first start") {
    start(whole);
    advance(seconds{10});
    CHECK(phase("Main") == phase::starting);
    on.always["Main/s/t/w"].start = on_start::ready;
    advance(seconds{60});
    CHECK(phase("Main") == phase::ready);
    return;
  }
  on.always["Main/s/t/w"].start = on_start::ready;
  start(whole);
  on.always["Main/s/t/w"].start = on_start::exit;
  answer_ptr asked;
  SECTION("a start") {
    CHECK(ask(verb::stop, "Main/s")->ok());
    asked = ask(verb::start, "Main/s");
  }
  SECTION("a restart") {
    asked = ask(verb::restart, "Main/s");
  }
  SECTION("a recursive start") {
    CHECK(ask(verb::stop, "Main/s")->ok());
    asked = ask(verb::start_tree, "Main/s");
  }
  SECTION("a root that is made") {
    CHECK(ask(verb::destroy, "Main")->ok());
    model::command create;
    create.what = verb::create;
    create.spec = std::make_shared<const model::child_spec>(whole);
    asked = ask(create);
  }
  CHECK(asked->code() == errc::start_failed);
  CHECK(asked->got->error().context.starts_with("Main/s/t/w: exit code 1; "));
  CHECK(asked->times == 1);
  CHECK(phase("Main/s") == phase::starting);
  on.always["Main/s/t/w"].start = on_start::ready;
  advance(seconds{60});
  CHECK(phase("Main") == phase::ready); // it has gone on
  CHECK(phase("Main/s") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "patience: who asks to have it undone leaves nothing to be tried") {
  start(supervisor("Main", {}));
  auto w = leaf("w");
  w.on_give_up = model::give_up::retry;
  on.always["Main/s/w"].start = on_start::exit;
  model::command create;
  create.what = verb::create;
  create.target = "Main";
  create.spec = std::make_shared<const model::child_spec>(supervisor("s", {w}));
  create.undone_on_failure = create.try_once = true;
  const auto asked = ask(create);
  CHECK(asked->code() == errc::start_failed);
  CHECK(tree->board.list().size() == 1);
  advance(seconds{60});
  CHECK(tree->board.list().size() == 1);
}

TEST_CASE_METHOD(tree_fixture, "patience: who starts its children at once waits for none") {
  auto w = leaf("w");
  w.on_give_up = model::give_up::retry;
  auto s = supervisor("s", {w});
  s.supervise.start = model::start_order::parallel;
  start(supervisor("Main", {s}));
  CHECK(ask(verb::stop, "Main/s")->ok());
  on.always["Main/s/w"].start = on_start::exit;
  CHECK(ask(verb::start, "Main/s")->ok());
}

TEST_CASE_METHOD(tree_fixture,
                 "patience: who has served and crashes on holds up no ordered start") {
  auto c = leaf("c");
  c.on_give_up = model::give_up::retry;
  c.backoff.min = c.backoff.max = seconds{10};
  on.next["Main/b"] = {{.start = on_start::hang}};
  start(supervisor("Main", {c, leaf("b"), leaf("d")}));
  crash("Main/c");
  crash("Main/c");
  CHECK(phase("Main/c") == phase::backing_off);
  becomes_ready("Main/b");
  CHECK(phase("Main/d") == phase::ready);
  advance(seconds{20});
  CHECK(phase("Main/c") == phase::ready);
}

} // namespace kraken::actor_test
