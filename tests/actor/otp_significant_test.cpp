// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// OTP's supervisor suite, group *significant*: whose end shuts its supervisor down, and whose does
/// not.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::auto_shutdown;
using model::phase;
using model::restart_type;
using model::verb;

namespace {

model::child_spec job(std::string id, restart_type type, bool significant) {
  auto made = leaf(std::move(id));
  made.restart = type;
  made.significant = significant;
  return made;
}

/// `Main/s`, itself never restarted, beside `Main/z`.
void start_jobs(tree_fixture& f, auto_shutdown ends, std::vector<model::child_spec> children) {
  auto s = supervisor("s", std::move(children));
  s.restart = restart_type::transient;
  s.supervise.ends = ends;
  f.start(supervisor("Main", {s, leaf("z")}));
  f.take_trace();
}

void let_end(tree_fixture& f, const std::string& path, bool normal) {
  normal ? f.exit_normally(path) : f.crash(path);
}

} // namespace

TEST_CASE("otp significant: one child, its type and its end") {
  struct row {
    restart_type type;
    bool significant;
    bool normal;
    bool ends; ///< its supervisor
  };
  const auto at = GENERATE(row{restart_type::transient, true, true, true},
                           row{restart_type::transient, true, false, false}, // restarted
                           row{restart_type::transient, false, true, false},
                           row{restart_type::transient, false, false, false},
                           row{restart_type::temporary, true, true, true},
                           row{restart_type::temporary, true, false, true},
                           row{restart_type::temporary, false, true, false},
                           row{restart_type::temporary, false, false, false});
  const auto ends = GENERATE(auto_shutdown::any_significant, auto_shutdown::all_significant);
  CAPTURE(model::to_string(at.type), at.significant, at.normal, model::to_string(ends));
  tree_fixture f;
  start_jobs(f, ends, {leaf("a"), job("x", at.type, at.significant)});
  let_end(f, "Main/s/x", at.normal);
  CHECK(f.phase("Main/s") == (at.ends ? phase::ended : phase::ready));
  CHECK(f.phase("Main/s/a") == (at.ends ? phase::ended : phase::ready));
  CHECK(f.phase("Main/z") == phase::ready);
  CHECK(f.phase("Main") == phase::ready);
  CHECK_FALSE(f.exit_code);
}

TEST_CASE("otp significant: any ends with the first, all with the last") {
  const auto ends = GENERATE(auto_shutdown::any_significant, auto_shutdown::all_significant);
  const auto type = GENERATE(restart_type::transient, restart_type::temporary);
  tree_fixture f;
  start_jobs(f, ends, {job("x", type, true), leaf("a"), job("y", type, true)});
  f.exit_normally("Main/s/x");
  const bool any = ends == auto_shutdown::any_significant;
  CHECK(f.phase("Main/s") == (any ? phase::ended : phase::ready));
  if (!any) {
    f.exit_normally("Main/s/y");
    CHECK(f.phase("Main/s") == phase::ended);
  }
}

TEST_CASE("otp significant: all, with one that is stopped by command or never was started") {
  const bool stopped = GENERATE(true, false);
  tree_fixture f;
  auto y = job("y", restart_type::transient, true);
  y.autostart = stopped;
  start_jobs(f, auto_shutdown::all_significant, {job("x", restart_type::transient, true), y});
  if (stopped) {
    f.ask(verb::stop, "s/y");
    CHECK(f.phase("Main/s") == phase::ready); // a stop by command is not an end by itself
  }
  f.exit_normally("Main/s/x");
  CHECK(f.phase("Main/s") == phase::ended); // nothing significant runs any more
}

TEST_CASE_METHOD(tree_fixture,
                 "otp significant: terminate and delete by command shut nothing down") {
  start_jobs(*this,
             auto_shutdown::any_significant,
             {job("x", restart_type::transient, true), job("y", restart_type::temporary, true)});
  CHECK(ask(verb::stop, "x")->ok());
  CHECK(ask(verb::destroy, "y")->ok());
  CHECK(phase("Main/s") == model::phase::ready);
}

TEST_CASE_METHOD(tree_fixture,
                 "otp significant: a child made at run time counts like a declared one") {
  start_jobs(*this, auto_shutdown::any_significant, {leaf("a")});
  model::command create;
  create.what = verb::create;
  create.target = "s";
  create.spec = std::make_shared<const model::child_spec>(job("x", restart_type::temporary, true));
  REQUIRE(ask(create)->ok());
  crash("Main/s/x");
  CHECK(phase("Main/s") == model::phase::ended);
}

TEST_CASE_METHOD(tree_fixture, "otp significant: a temporary bystander of a group restart") {
  auto s = supervisor("s", {leaf("a"), job("x", restart_type::temporary, true)});
  s.restart = restart_type::transient;
  s.supervise.how = model::strategy::one_for_all;
  s.supervise.ends = auto_shutdown::any_significant;
  start(supervisor("Main", {s}));
  crash("Main/s/a");
  // Its supervisor stopped it for the group: no end of its own, no shutdown.
  CHECK(phase("Main/s/x") == model::phase::gone);
  CHECK(phase("Main/s") == model::phase::ready);
  CHECK(phase("Main/s/a") == model::phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "otp significant: a shutdown is no failure for the levels above") {
  // OTP: the supervisor ends with `shutdown`, so a transient one is not restarted, a permanent is.
  auto s = supervisor("s", {job("x", restart_type::transient, true)});
  s.supervise.ends = auto_shutdown::any_significant;
  auto top = supervisor("t", {s, leaf("b")});
  start(supervisor("Main", {top}));
  exit_normally("Main/t/s/x");
  CHECK(status("Main/t/s").generation == 2); // permanent: restarted
  CHECK(status("Main/t/s").restarts == 1);
  CHECK(phase("Main/t/s/x") == model::phase::ready);
  CHECK(status("Main/t").generation == 1);
}

TEST_CASE_METHOD(tree_fixture, "otp significant: shutdown climbs through significant supervisors") {
  auto s = supervisor("s", {job("x", restart_type::transient, true), leaf("a")});
  s.restart = restart_type::transient;
  s.significant = true;
  s.supervise.ends = auto_shutdown::any_significant;
  auto t = supervisor("t", {leaf("b"), s});
  t.restart = restart_type::transient;
  t.supervise.ends = auto_shutdown::any_significant;
  start(supervisor("Main", {t, leaf("z")}));
  take_trace();
  exit_normally("Main/t/s/x");
  CHECK(took() == "drain a#1, stop a#1, drain b#1, stop b#1");
  CHECK(phase("Main/t/s") == model::phase::ended);
  CHECK(phase("Main/t") == model::phase::ended);
  CHECK(phase("Main/z") == model::phase::ready);
}

TEST_CASE("otp significant: the flag of the supervisor is changed while it runs") {
  struct row {
    auto_shutdown before;
    auto_shutdown now;
    bool ends_with_first;
    bool ends_with_last;
  };
  using enum auto_shutdown;
  const auto at = GENERATE(row{never, any_significant, true, true},
                           row{never, all_significant, false, true},
                           row{any_significant, all_significant, false, true},
                           row{all_significant, any_significant, true, true},
                           row{any_significant, never, false, false},
                           row{all_significant, never, false, false});
  CAPTURE(model::to_string(at.before), model::to_string(at.now));
  tree_fixture f;
  const auto with = [&](auto_shutdown ends) {
    const bool counts = ends != never;
    auto s = supervisor("s",
                        {job("x", restart_type::transient, counts),
                         job("y", restart_type::transient, counts),
                         leaf("a")});
    s.restart = restart_type::transient;
    s.supervise.ends = ends;
    return s;
  };
  f.start(supervisor("Main", {with(at.before)}));
  const auto update = [&f](std::string target, const model::child_spec& spec) {
    model::command made;
    made.what = verb::update;
    made.target = std::move(target);
    made.spec = std::make_shared<const model::child_spec>(spec);
    CHECK(f.ask(made)->ok());
  };
  const auto now = with(at.now);
  update("Main/s", now);
  update("Main/s/x", now.children[0]);
  update("Main/s/y", now.children[1]);
  CHECK(f.status("Main/s/x").generation == 1); // nothing is restarted for it
  f.exit_normally("Main/s/x");
  CHECK((f.phase("Main/s") == phase::ended) == at.ends_with_first);
  if (!at.ends_with_first) {
    f.exit_normally("Main/s/y");
    CHECK((f.phase("Main/s") == phase::ended) == at.ends_with_last);
  }
}

} // namespace kraken::actor_test
