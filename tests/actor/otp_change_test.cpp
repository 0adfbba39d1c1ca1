// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// OTP's supervisor suite, group *live change*: definitions of supervisors and children replaced
/// while they run. Which commands a changed file becomes is unit/model/topology_diff_test.cpp.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::verb;

namespace {

model::command update_of(std::string target, model::child_spec spec) {
  model::command made;
  made.what = verb::update;
  made.target = std::move(target);
  made.spec = std::make_shared<const model::child_spec>(std::move(spec));
  return made;
}

} // namespace

TEST_CASE_METHOD(tree_fixture,
                 "otp change: strategy and intensity count at once, restarts so far stay") {
  auto s = supervisor("s", {leaf("a"), leaf("b")});
  start(supervisor("Main", {s}));
  crash("Main/s/a");
  crash("Main/s/a");
  advance(milliseconds{100});
  take_trace();
  s.supervise.how = model::strategy::one_for_all;
  CHECK(ask(update_of("s", s))->ok());
  CHECK(took().empty());
  crash("Main/s/b");
  CHECK(took() == "drain a#3, stop a#3, start a#4, start b#2");
  s.supervise.intensity = 3; // three have been counted
  CHECK(ask(update_of("s", s))->ok());
  crash("Main/s/b");
  advance(milliseconds{100});
  CHECK(status("Main/s").generation == 2);
}

TEST_CASE_METHOD(tree_fixture,
                 "otp change: specs that are new in a definition are not started by it") {
  auto s = supervisor("s", {leaf("a")});
  start(supervisor("Main", {s}));
  take_trace();
  s.children.push_back(leaf("b"));
  CHECK(ask(update_of("s", s))->ok());
  CHECK(took().empty());
  CHECK(tree->board.find("Main/s/b") == nullptr); // a command of its own creates it
}

TEST_CASE_METHOD(tree_fixture, "otp change: children that are gone from a definition are kept") {
  auto s = supervisor("s", {leaf("a"), leaf("b")});
  start(supervisor("Main", {s}));
  s.children.pop_back();
  CHECK(ask(update_of("s", s))->ok());
  CHECK(phase("Main/s/b") == model::phase::ready);
  crash("Main/s/b");
  CHECK(phase("Main/s/b") == model::phase::ready); // and still supervised
}

TEST_CASE_METHOD(tree_fixture, "otp change: an invalid definition is refused whole") {
  auto s = supervisor("s", {leaf("a"), leaf("b")});
  start(supervisor("Main", {s}));
  auto bad = s;
  bad.supervise.how = model::strategy::one_for_all;
  bad.children.back().backoff.factor = 0;
  const auto got = ask(update_of("s", bad));
  CHECK(got->code() == errc::invalid_argument);
  CHECK(got->got->error().context == "Main/s/b: backoff.factor: must be at least 1");
  take_trace();
  crash("Main/s/b");
  CHECK(took() == "start b#2"); // one_for_one as before
  bad = s;
  bad.children.front().restart = model::restart_type::transient;
  bad.children.front().significant = true;
  CHECK(ask(update_of("s", bad))->code() == errc::invalid_argument);
  CHECK(ask(update_of("s", leaf("other")))->code() == errc::invalid_argument);
}

TEST_CASE_METHOD(tree_fixture, "otp change: a child's restart type, while it runs") {
  auto a = leaf("a");
  start(supervisor("Main", {a}));
  a.restart = model::restart_type::transient;
  CHECK(ask(update_of("a", a))->ok());
  exit_normally("Main/a");
  CHECK(phase("Main/a") == model::phase::ended);
  CHECK(ask(verb::start, "a")->ok());
  a.restart = model::restart_type::temporary;
  CHECK(ask(update_of("a", a))->ok());
  crash("Main/a");
  CHECK(phase("Main/a") == model::phase::gone);
}

TEST_CASE_METHOD(tree_fixture,
                 "otp change: who waits for his turn starts in it, as he is by then") {
  auto a = leaf("a");
  auto b = leaf("b");
  on.always["Main/a"].start = GENERATE(on_start::hang, on_start::exit);
  auto root = supervisor("Main", {a, b});
  root.supervise.intensity = 100;
  start(root);
  advance(seconds{1});
  take_trace();
  b.start = {"other"};
  CHECK(ask(update_of("b", b))->ok());
  CHECK(took().empty());
  CHECK(phase("Main/b") == model::phase::idle);
  on.always.clear();
  a.start = {"other"};
  const auto repaired = ask(update_of("a", a));
  advance(seconds{10}); // what hangs is killed first
  CHECK(repaired->ok());
  CHECK(phase("Main/b") == model::phase::ready);
  CHECK(host_of("Main/b").spec().start == b.start);
  CHECK(status("Main/b").generation == 1);
}

TEST_CASE_METHOD(tree_fixture, "otp change: who is stopped with his group starts with it") {
  auto a = leaf("a");
  auto root = supervisor("Main", {a, leaf("b")});
  root.supervise.how = model::strategy::one_for_all;
  start(root);
  crash("Main/b");
  crash("Main/b"); // waits for its backoff now, and a with it
  REQUIRE(phase("Main/a") == model::phase::ended);
  take_trace();
  a.start = {"other"};
  CHECK(ask(update_of("a", a))->ok());
  CHECK(took().empty());
  advance(milliseconds{100});
  CHECK(took() == "start a#3, start b#3");
  CHECK(host_of("Main/a").spec().start == a.start);
}

TEST_CASE_METHOD(tree_fixture, "otp change: a child's rules, backoff and give_up, while it fails") {
  auto a = leaf("a");
  auto root = supervisor("Main", {a});
  root.supervise.intensity = 1;
  start(root);
  crash("Main/a");
  crash("Main/a");
  REQUIRE(phase("Main/a") == model::phase::backing_off);
  a.on_give_up = model::give_up::park;
  CHECK(ask(update_of("a", a))->ok());
  advance(milliseconds{100});
  CHECK(phase("Main/a") == model::phase::parked);
  a.local = {{"*", {"continue"}}};
  CHECK(ask(update_of("a", a))->ok());
  CHECK(ask(verb::start, "a")->ok());
  take_trace();
  throws("Main/a", "DomainError");
  CHECK(took() == "resume a#" + std::to_string(status("Main/a").generation));
}

TEST_CASE_METHOD(tree_fixture,
                 "otp change: the order of children in the middle of a stop and of a start") {
  on.next["Main/s/b"] = {{.stop = on_stop::hang}, {.start = on_start::hang}};
  auto s = supervisor("s", {leaf("a"), leaf("b"), leaf("c")});
  start(supervisor("Main", {s}));
  take_trace();
  const auto stopped = ask(verb::stop, "s");
  CHECK(took() == "drain c#1, stop c#1, drain b#1, stop b#1");
  s.children = {leaf("c"), leaf("b"), leaf("a")};
  CHECK(ask(update_of("s", s))->ok());
  exit_normally("Main/s/b");
  CHECK(stopped->ok());
  CHECK(took() == "drain a#1, stop a#1");
  const auto started = ask(verb::start, "s");
  CHECK(took() == "start c#2, start b#2");
  s.children = {leaf("a"), leaf("b"), leaf("c")};
  CHECK(ask(update_of("s", s))->ok());
  becomes_ready("Main/s/b");
  CHECK(started->ok());
  for (const auto* const id : {"a", "b", "c"}) {
    CHECK(phase("Main/s/" + std::string(id)) == model::phase::ready);
  }
}

} // namespace kraken::actor_test
