// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// OTP's supervisor suite, groups *robustness* and *scale*: children that do not play along, loops
/// that must stay stoppable, and costs that must grow no faster than the number of children.
/// Costs are counted in messages, not in time.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::strategy;
using model::verb;

namespace {

enum class looping : std::uint8_t { crashes, hangs, fails_alive };

script script_of(looping how) {
  switch (how) {
  case looping::crashes:
    return {.start = on_start::exit};
  case looping::hangs:
    return {.start = on_start::hang, .stop = on_stop::hang};
  case looping::fails_alive:
    return {.start = on_start::fail};
  }
  return {};
}

model::child_spec many(std::string id, std::size_t count, bool parallel) {
  std::vector<model::child_spec> children;
  children.reserve(count);
  for (std::size_t n = 0; n < count; ++n) {
    children.push_back(leaf("c" + std::to_string(n)));
  }
  return parallel ? pool(std::move(id), std::move(children))
                  : supervisor(std::move(id), std::move(children));
}

/// Messages it takes to start and to stop `count` children.
std::pair<std::size_t, std::size_t> cost_of(std::size_t count, bool parallel) {
  tree_fixture f;
  f.start(supervisor("Main", {many("s", count, parallel)}));
  const auto started = f.handled;
  CHECK(f.on.made == static_cast<int>(count) + (parallel ? 1 : 0));
  CHECK(f.ask(verb::stop, "s")->ok());
  CHECK(f.on.made == 0);
  return {started, f.handled - started};
}

} // namespace

TEST_CASE("otp robust: a loop of failing restarts can be stopped at any moment") {
  const auto loop = GENERATE(looping::crashes, looping::hangs, looping::fails_alive);
  const auto how = GENERATE(strategy::one_for_one, strategy::rest_for_one, strategy::one_for_all);
  const bool dynamic = GENERATE(false, true);
  const auto after = GENERATE(0, 1, 2, 5);
  const auto what = GENERATE(verb::stop, verb::destroy);
  CAPTURE(static_cast<int>(loop), model::to_string(how), dynamic, after, static_cast<int>(what));
  tree_fixture f;
  auto a = leaf("a");
  a.backoff.min = milliseconds{0};
  a.backoff.max = milliseconds{0};
  a.ready.within = milliseconds{10};
  a.shutdown.time = milliseconds{10};
  auto s = dynamic ? pool("s", {a, leaf("b")}) : supervisor("s", {a, leaf("b")});
  s.supervise.how = how;
  s.supervise.intensity = 50;
  f.start(supervisor("Main", {s}));
  for (int n = 0; n < 40; ++n) {
    f.on.next["Main/s/a"].push_back(script_of(loop));
  }
  f.host_of("Main/s/a").ended(cause_of(model::cause_kind::signal, 9));
  for (int n = 0; n < after; ++n) {
    f.advance(milliseconds{10});
  }
  const auto stopped = f.ask(what, "s");
  f.advance(seconds{5});
  CHECK(stopped->ok());
  CHECK(f.phase("Main/s") == (what == verb::stop ? phase::ended : phase::gone));
  CHECK(f.on.made == 0);
  f.take_trace();
  f.advance(seconds{60});
  CHECK(f.take_trace().empty());
  CHECK_FALSE(f.exit_code);
}

TEST_CASE_METHOD(tree_fixture, "otp robust: the looping child itself can be stopped, others live") {
  auto a = leaf("a");
  a.ready.within = milliseconds{50};
  auto root = supervisor("Main", {a, leaf("b")});
  root.supervise.how = strategy::rest_for_one;
  root.supervise.intensity = 1'000;
  start(root);
  on.always["Main/a"] = {.start = on_start::hang};
  crash("Main/a");
  advance(milliseconds{500});
  CHECK(phase("Main/b") != model::phase::ready); // b waits for a, which never comes
  CHECK(ask(verb::stop, "a")->ok());
  CHECK(phase("Main/a") == model::phase::ended);
  CHECK(phase("Main/b") == model::phase::ready);
}

TEST_CASE_METHOD(tree_fixture,
                 "otp robust: a child that ignores everything cannot hang its parent") {
  on.always["Main/a"] = {on_start::ready, on_stop::hang, on_kill::hang};
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  const auto stopped = ask(verb::stop, "Main");
  advance(seconds{5} + limits::kill_grace);
  CHECK(stopped->ok());
  CHECK(on.made == 0);
}

TEST_CASE_METHOD(tree_fixture, "otp robust: an incarnation that says everything twice") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  auto& host = host_of("Main/a");
  const auto why = cause_of(model::cause_kind::exit_code, 1);
  host.ready();
  host.ready();
  host.ended(why);
  host.ended(why);
  host.failed(why);
  host.ready();
  run();
  CHECK(phase("Main/a") == model::phase::ready);
  CHECK(status("Main/a").generation == 2);
  CHECK(status("Main/a").restarts == 1);
}

TEST_CASE_METHOD(tree_fixture, "otp robust: a tree of trees restarts from the level that failed") {
  const auto inner = [](const std::string& id) {
    auto made = supervisor(id, {leaf("a"), leaf("b")});
    made.supervise.intensity = 1;
    return made;
  };
  auto s = supervisor("s", {inner("left"), inner("right")});
  s.supervise.how = strategy::one_for_all;
  start(supervisor("Main", {s}));
  model::command create;
  create.what = verb::create;
  create.target = "Main/s/left";
  create.spec = std::make_shared<const model::child_spec>(leaf("made"));
  REQUIRE(ask(create)->ok());
  crash("Main/s/left/a");
  CHECK(status("Main/s/left/a").generation == 2);
  CHECK(status("Main/s/left/b").generation == 1);
  crash("Main/s/left/b");
  advance(seconds{1}); // left gives up; one_for_all restarts right, too
  for (const auto* const path : {"left", "left/a", "left/b", "left/made", "right", "right/a"}) {
    CAPTURE(path);
    CHECK(phase("Main/s/" + std::string(path)) == model::phase::ready);
  }
  CHECK(status("Main/s/left").generation == 2);
  CHECK(status("Main/s/right").generation == 2);
  CHECK(status("Main/s").generation == 1);
}

TEST_CASE("otp scale: start and stop of 1,000 and 10,000 children, linear") {
  const bool parallel = GENERATE(false, true);
  CAPTURE(parallel);
  const auto [start_small, stop_small] = cost_of(1'000, parallel);
  const auto [start_large, stop_large] = cost_of(10'000, parallel);
  CHECK(start_large <= start_small * 10);
  CHECK(stop_large <= stop_small * 10);
  CHECK(start_small <= 1'000 * 10); // and few messages for each
  CHECK(stop_small <= 1'000 * 8);
}

TEST_CASE_METHOD(tree_fixture,
                 "otp scale: one failure among 10,000 costs what it costs among ten") {
  start(supervisor("Main", {many("few", 10, false), many("many", 10'000, false)}));
  const auto cost = [this](const std::string& path) {
    const auto before = handled;
    crash(path);
    CHECK(phase(path) == model::phase::ready);
    return handled - before;
  };
  CHECK(cost("Main/few/c5") == cost("Main/many/c5000"));
}

TEST_CASE_METHOD(tree_fixture, "otp scale: 10,000 restart as one group") {
  auto s = many("s", 10'000, false);
  s.supervise.how = strategy::one_for_all;
  start(supervisor("Main", {s}));
  const auto before = handled;
  crash("Main/s/c7");
  CHECK(handled - before <= 10'000 * 20);
  CHECK(on.made == 10'000);
  CHECK(status("Main/s/c9999").generation == 2);
}

TEST_CASE_METHOD(tree_fixture, "otp scale: temporary children leave nothing behind") {
  start(supervisor("Main", {pool("s", {})}));
  const auto present = tree->present.wait_until_empty(milliseconds{0}); // actors
  for (int n = 0; n < 1'000; ++n) {
    auto t = leaf("t" + std::to_string(n));
    t.restart = model::restart_type::temporary;
    model::command create;
    create.what = verb::create;
    create.spec = std::make_shared<const model::child_spec>(t);
    host_of("Main/s").manage(create, nullptr);
    run();
    crash("Main/s/t" + std::to_string(n));
  }
  CHECK(tree->board.list().size() == 2);
  CHECK(on.made == 1);
  CHECK(tree->present.wait_until_empty(milliseconds{0}) == present);
}

} // namespace kraken::actor_test
