// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// OTP's supervisor suite, group *start* and *spec*: starting trees and children, what a bad
/// definition is told, and that nothing bad changes anything. See
/// docs/reference/supervision-tests.md.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::restart_type;
using model::verb;

namespace {

model::command new_child(std::string parent, model::child_spec spec) {
  model::command made;
  made.what = verb::create;
  made.target = std::move(parent);
  made.spec = std::make_shared<const model::child_spec>(std::move(spec));
  return made;
}

std::string said(const answer_ptr& got) {
  REQUIRE(got->got);
  return got->ok() ? (*got->got)->text : got->got->error().text();
}

model::child_spec typed(std::string id, restart_type restart) {
  auto made = leaf(std::move(id));
  made.restart = restart;
  return made;
}

} // namespace

TEST_CASE_METHOD(tree_fixture, "otp start: a tree starts, and says so once") {
  const auto done = start(supervisor("Main", {supervisor("s", {leaf("a")}), leaf("b")}));
  CHECK(said(done) == "Main started");
  CHECK(done->times == 1);
  for (const auto& one : tree->board.list()) {
    CAPTURE(one->path);
    CHECK(one->at == phase::ready);
    CHECK(one->generation == 1);
  }
}

TEST_CASE_METHOD(tree_fixture, "otp start: a supervisor without children is ready at once") {
  CHECK(start(supervisor("Main", {}))->ok());
  CHECK(phase("Main") == model::phase::ready);
}

TEST_CASE("otp start: a child that has nothing to do (ignore) is kept unless it is temporary") {
  // OTP's `ignore` is a child that ends normally at once and is not to run.
  struct row {
    restart_type type;
    phase after;
    std::string said;
  };
  const auto at = GENERATE(row{restart_type::transient, phase::ended, "Main/x ended normally"},
                           row{restart_type::temporary, phase::gone, "Main/x ended normally"},
                           row{restart_type::permanent,
                               phase::ready,
                               "start_failed: Main/x: ended normally; a restart is under way"});
  const bool dynamic = GENERATE(false, true);
  CAPTURE(model::to_string(at.type), dynamic);
  tree_fixture f;
  f.on.next["Main/x"] = {{.start = on_start::exit, .code = 0}};
  if (dynamic) {
    f.start(supervisor("Main", {leaf("b")}));
    CHECK(said(f.ask(new_child("Main", typed("x", at.type)))) == at.said);
  } else {
    CHECK(f.start(supervisor("Main", {typed("x", at.type), leaf("b")}))->ok());
  }
  CHECK(f.phase("Main/x") == at.after);
  CHECK(f.phase("Main/b") == phase::ready);
  CHECK(f.phase("Main") == phase::ready);
  if (at.after == phase::ended) {
    CHECK(f.ask(verb::start, "x")->ok()); // its definition was kept
  }
}

TEST_CASE_METHOD(tree_fixture, "otp start: a child that is not to start with its parent") {
  auto later = leaf("later");
  later.autostart = false;
  CHECK(start(supervisor("Main", {later, leaf("b")}))->ok());
  CHECK(phase("Main/later") == model::phase::idle);
  crash("Main/b");
  CHECK(phase("Main/later") == model::phase::idle); // a sibling's failure does not start it
  CHECK(ask(verb::start, "later")->ok());
}

TEST_CASE_METHOD(tree_fixture, "otp start: an initialization that raises names what it raised") {
  auto x = leaf("x");
  x.kind = "broken";
  x.on_give_up = model::give_up::park;
  start(supervisor("Main", {x, leaf("b")}));
  advance(seconds{10});
  CHECK(phase("Main/x") == model::phase::parked);
  CHECK(status("Main/x").last_cause->kind == model::cause_kind::start_error);
  CHECK(status("Main/x").last_cause->message == "make throws");
  CHECK(phase("Main/b") == model::phase::ready);
  CHECK(on.made == 1);
}

TEST_CASE_METHOD(tree_fixture,
                 "otp start: an error at the start of a child stops those before it") {
  on.always["Main/s/b"].start = on_start::exit;
  auto s = supervisor("s", {leaf("a"), leaf("b"), leaf("c")});
  s.on_give_up = model::give_up::park;
  s.supervise.intensity = 0;
  auto root = supervisor("Main", {s});
  root.supervise.intensity = 0;
  start(root);
  CHECK(took() == "start a#1, start b#1, drain a#1, stop a#1");
  CHECK(phase("Main/s") == model::phase::parked);
  CHECK(status("Main/s").last_cause->origin == "Main/s/b");
}

TEST_CASE_METHOD(tree_fixture, "otp start: a failing restart brings no progress report") {
  start(supervisor("Main", {leaf("a")}));
  on.next["Main/a"] = {{.start = on_start::exit}, {.start = on_start::exit}};
  const auto seen = tree->board.last_seq();
  crash("Main/a");
  advance(milliseconds{90});
  for (const auto& e : tree->board.events_since(seen)) {
    CHECK(e.to != model::phase::ready);
  }
  advance(milliseconds{210});
  CHECK(phase("Main/a") == model::phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "otp start: a new child that never serves is parked, alone") {
  // OTP's start_child answers an error and keeps nothing. A command may be mistyped: it is tried
  // as often as any other and then given up, but it never takes its siblings or the tree with it.
  auto root = supervisor("Main", {leaf("a")});
  root.supervise.how = model::strategy::one_for_all;
  start(root);
  on.always["Main/x"].start = on_start::exit;
  take_trace();
  CHECK(ask(new_child("Main", leaf("x")))->code() == errc::start_failed);
  advance(seconds{10});
  CHECK(phase("Main/x") == model::phase::parked);
  for (const auto& what : take_trace()) {
    CHECK(what.find("start x#") == 0);
  }
  CHECK(phase("Main/a") == model::phase::ready);
  CHECK_FALSE(exit_code);
  on.always.clear();
  CHECK(ask(verb::start, "x")->ok()); // from now on it is a child like any other
  take_trace();
  crash("Main/x");
  CHECK(took() == "drain a#1, stop a#1, start a#2, start x#8");
}

TEST_CASE_METHOD(tree_fixture, "otp start: a child that is there already") {
  start(supervisor("Main", {leaf("a")}));
  CHECK(said(ask(new_child("Main", leaf("a")))) == "Main/a exists already");
  auto other = leaf("a");
  other.restart = restart_type::temporary;
  CHECK(said(ask(new_child("Main", other))) ==
        "already_exists: Main/a exists with another definition");
  ask(verb::stop, "a");
  CHECK(said(ask(new_child("Main", leaf("a")))) == "Main/a exists already");
  CHECK(phase("Main/a") == model::phase::ended);
}

TEST_CASE_METHOD(tree_fixture, "otp start: an incarnation shows its pid and its numbers") {
  start(supervisor("Main", {leaf("a")}));
  auto live = std::make_shared<model::gauges>();
  host_of("Main/a").show_pid(4711);
  host_of("Main/a").show_gauges(live);
  run();
  CHECK(status("Main/a").pid == 4711);
  CHECK(status("Main/a").live == live);
  on.always["Main/a"].start = on_start::hang;
  crash("Main/a");
  CHECK(status("Main/a").pid == 0);
  CHECK(status("Main/a").live == nullptr);
}

TEST_CASE("otp spec: each fault is named, and nothing is made") {
  using change = std::function<void(model::child_spec&)>;
  const auto [spoil, fault] = GENERATE(table<change, std::string>({
      {[](auto& s) { s.id = ""; }, "Main/: id: alias '': is empty"},
      {[](auto& s) { s.kind = ""; }, "Main/x: type: is empty"},
      {[](auto& s) { s.kind = "nothing"; }, "Main/x: no kind 'nothing' is registered"},
      {[](auto& s) { s.shutdown.time = milliseconds{0}; },
       "Main/x: shutdown: must be more than 0 (brutal_kill ends at once)"},
      {[](auto& s) { s.significant = true; },
       "Main/x: significant: needs restart: transient or temporary"},
      {[](auto& s) { s.supervise.period = milliseconds{0}; },
       "Main/x: supervise.period: must be more than 0"},
      {[](auto& s) { s.backoff.factor = 0.5; }, "Main/x: backoff.factor: must be at least 1"},
      {[](auto& s) { s.ready.within = milliseconds{0}; },
       "Main/x: ready.within: must be more than 0"},
      {[](auto& s) { s.shard = 7; }, "Main/x: shard 7 of 1"},
      {[](auto& s) {
         s.local = {{"E", {"restrat"}}};
       },
       "Main/x: local: rule 'E': unknown directive 'restrat' (did you mean 'restart'?)"},
      {[](auto& s) {
         s.children = {leaf("a"), leaf("a")};
       },
       "Main/x: two children have the id 'a'"},
      {[](auto& s) {
         s.children = {typed("a", restart_type::transient)};
         s.children.front().significant = true;
       },
       "Main/x/a: significant: needs auto_shutdown in supervise of its parent"},
      {[](auto& s) { s.children = {supervisor("y", {leaf("bad id")})}; },
       "Main/x/y/bad id: id: alias 'bad id': "},
  }));
  CAPTURE(fault);
  tree_fixture f;
  f.start(supervisor("Main", {leaf("a")}));
  auto spec = leaf("x");
  spoil(spec);
  const auto got = f.ask(new_child("Main", spec));
  REQUIRE(got->code() == errc::invalid_argument);
  CHECK(got->got->error().context.find(fault) == 0);
  CHECK(f.tree->board.list().size() == 2);
  CHECK(f.on.made == 1);
}

TEST_CASE_METHOD(tree_fixture, "otp spec: significant under a parent that never shuts down") {
  start(supervisor("Main", {}));
  auto job = typed("job", restart_type::transient);
  job.significant = true;
  CHECK(said(ask(new_child("Main", job))) ==
        "invalid_argument: significant: needs auto_shutdown in supervise of its parent");
}

TEST_CASE_METHOD(tree_fixture, "otp spec: the deepest tree there may be, and one deeper") {
  auto spec = leaf("x");
  for (std::size_t depth = 2; depth < limits::tree_depth_max; ++depth) {
    spec = supervisor("s", {spec});
  }
  start(supervisor("Main", {}));
  CHECK(ask(new_child("Main", supervisor("t", {spec})))->code() == errc::invalid_argument);
  CHECK(ask(new_child("Main", spec))->ok());
}

} // namespace kraken::actor_test
