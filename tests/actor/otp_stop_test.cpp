// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// OTP's supervisor suite, group *stop*: time-outs, kills and races of static and dynamic children.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::verb;
using shutdown_mode = model::shutdown_spec::mode;

namespace {

/// Three children, declared under a supervisor or made at run time under a pool.
void start_three(tree_fixture& f, bool dynamic, model::shutdown_spec how) {
  std::vector<model::child_spec> three;
  for (const auto* const id : {"a", "b", "c"}) {
    three.push_back(leaf(id));
    three.back().shutdown = how;
  }
  f.start(supervisor("Main", {dynamic ? pool("s", {}) : supervisor("s", three)}));
  for (const auto& one : three) {
    if (dynamic) {
      model::command create;
      create.what = verb::create;
      create.target = "s";
      create.spec = std::make_shared<const model::child_spec>(one);
      REQUIRE(f.ask(create)->ok());
    }
  }
  f.take_trace();
}

std::size_t count_of(const std::vector<std::string>& trace, std::string_view what) {
  return static_cast<std::size_t>(std::ranges::count_if(
      trace, [what](const std::string& one) { return one.starts_with(what); }));
}

} // namespace

TEST_CASE("otp stop: infinity waits for every child, static and dynamic") {
  const bool dynamic = GENERATE(false, true);
  CAPTURE(dynamic);
  tree_fixture f;
  for (const auto* const id : {"a", "b", "c"}) {
    f.on.always["Main/s/" + std::string(id)].stop = on_stop::hang;
  }
  start_three(f, dynamic, {.how = shutdown_mode::infinity});
  const auto stopped = f.ask(verb::stop, "s");
  f.advance(seconds{80});
  CHECK_FALSE(stopped->got);
  for (const auto* const id : {"c", "b", "a"}) {
    f.exit_normally("Main/s/" + std::string(id));
  }
  CHECK(stopped->ok());
  CHECK(count_of(f.take_trace(), "kill") == 0);
}

TEST_CASE("otp stop: a child that exceeds its time is killed, static and dynamic") {
  const bool dynamic = GENERATE(false, true);
  CAPTURE(dynamic);
  tree_fixture f;
  f.on.always["Main/s/b"].stop = on_stop::hang;
  start_three(f, dynamic, {.time = seconds{1}});
  const auto stopped = f.ask(verb::stop, "s");
  f.advance(milliseconds{990});
  CHECK_FALSE(stopped->got);
  f.advance(milliseconds{10});
  CHECK(stopped->ok());
  const auto trace = f.take_trace();
  CHECK(count_of(trace, "kill") == 1);
  CHECK(count_of(trace, "kill b#1") == 1);
}

TEST_CASE("otp stop: brutal_kill asks nobody, static and dynamic") {
  const bool dynamic = GENERATE(false, true);
  CAPTURE(dynamic);
  tree_fixture f;
  start_three(f, dynamic, {.how = shutdown_mode::brutal_kill});
  CHECK(f.ask(verb::stop, "s")->ok());
  const auto trace = f.take_trace();
  CHECK(count_of(trace, "kill") == 3);
  CHECK(count_of(trace, "stop") == (dynamic ? 1 : 0)); // the pool's own incarnation
}

TEST_CASE("otp stop: twelve children end by themselves while they are stopped") {
  const bool parallel = GENERATE(false, true);
  const auto code = GENERATE(0, 1);
  const auto from_right = GENERATE(false, true);
  CAPTURE(parallel, code, from_right);
  tree_fixture f;
  std::vector<model::child_spec> twelve;
  std::vector<std::string> paths;
  for (int i = 0; i < 12; ++i) {
    twelve.push_back(leaf("c" + std::to_string(i)));
    paths.push_back("Main/s/c" + std::to_string(i));
    f.on.always[paths.back()].stop = on_stop::hang;
  }
  if (from_right) {
    std::ranges::reverse(paths);
  }
  f.start(supervisor("Main", {parallel ? pool("s", twelve) : supervisor("s", twelve)}));
  const auto stopped = f.ask(verb::stop, "s");
  f.take_trace();
  model::cause why;
  why.kind = code == 0 ? model::cause_kind::exit_normal : model::cause_kind::exit_code;
  why.code = code;
  for (const auto& path : paths) {
    f.host_of(path).ended(why); // all reports are under way before any is taken
  }
  f.run();
  CHECK(stopped->ok());
  CHECK(stopped->times == 1);
  CHECK(count_of(f.take_trace(), "start") == 0);
  for (const auto& path : paths) {
    CHECK(f.phase(path) == phase::ended);
  }
  f.advance(seconds{60});
  CHECK(count_of(f.take_trace(), "start") == 0);
  CHECK(f.on.made == 0);
}

TEST_CASE("otp stop: the whole tree stops while everybody dies") {
  const bool parallel = GENERATE(false, true);
  tree_fixture f;
  std::vector<model::child_spec> twelve;
  for (int i = 0; i < 12; ++i) {
    twelve.push_back(leaf("c" + std::to_string(i)));
    f.on.always["Main/s/c" + std::to_string(i)].stop = on_stop::hang;
  }
  f.start(supervisor("Main", {parallel ? pool("s", twelve) : supervisor("s", twelve)}));
  model::cause why;
  why.kind = model::cause_kind::signal;
  why.code = 9;
  for (int i = 0; i < 12; ++i) {
    f.host_of("Main/s/c" + std::to_string(i)).ended(why);
  }
  f.stop_tree(seconds{30});
  f.advance(seconds{80});
  CHECK(f.exit_code == 0);
  CHECK(f.on.made == 0);
}

TEST_CASE_METHOD(tree_fixture, "otp stop: an exit that is no shutdown is still a stop") {
  on.always["Main/a"] = {.stop = on_stop::hang};
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  const auto stopped = ask(verb::stop, "a");
  crash("Main/a", 42);
  CHECK(stopped->ok());
  CHECK(status("Main/a").restarts == 0);
  CHECK(phase("Main/a") == model::phase::ended);
}

} // namespace kraken::actor_test
