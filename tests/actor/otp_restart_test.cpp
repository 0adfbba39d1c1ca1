// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// OTP's supervisor suite, groups *restart type* and *strategy*: each strategy with its intensity
/// and its escalation, and children that fail while others are restarted.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::restart_type;
using model::strategy;
using model::verb;

namespace {

/// `Main/s` with children a b c under `how`, or made at run time under a pool.
struct group_setup {
  strategy how = strategy::one_for_one;
  bool dynamic = false;
};

constexpr std::array group_setups{group_setup{strategy::one_for_one, false},
                                  group_setup{strategy::one_for_all, false},
                                  group_setup{strategy::rest_for_one, false},
                                  group_setup{strategy::one_for_one, true}};

void start_group(tree_fixture& f, const group_setup& setup, std::uint32_t intensity) {
  auto s = setup.dynamic ? pool("s", {}) : supervisor("s", {leaf("a"), leaf("b"), leaf("c")});
  s.supervise.how = setup.how;
  s.supervise.intensity = intensity;
  f.start(supervisor("Main", {s, leaf("z")}));
  for (const auto* const id : {"a", "b", "c"}) {
    if (setup.dynamic) {
      model::command create;
      create.what = verb::create;
      create.spec = std::make_shared<const model::child_spec>(leaf(id));
      f.host_of("Main/s").manage(create, nullptr);
      f.run();
    }
  }
  f.take_trace();
}

std::string generations(const tree_fixture& f) {
  std::string line;
  for (const auto* const id : {"a", "b", "c"}) {
    line += std::to_string(f.status("Main/s/" + std::string(id)).generation);
  }
  return line;
}

} // namespace

TEST_CASE("otp restart: type meets normal, planned and abnormal ends") {
  struct row {
    restart_type type;
    std::string_view end;
    phase after;
    std::uint64_t generation;
    std::uint64_t restarts;
  };
  // OTP's `shutdown` is an end somebody wanted: here a planned replacement.
  const auto at = GENERATE(row{restart_type::permanent, "normal", phase::ready, 2, 1},
                           row{restart_type::permanent, "planned", phase::ready, 2, 0},
                           row{restart_type::permanent, "abnormal", phase::ready, 2, 1},
                           row{restart_type::transient, "normal", phase::ended, 1, 0},
                           row{restart_type::transient, "planned", phase::ready, 2, 0},
                           row{restart_type::transient, "abnormal", phase::ready, 2, 1},
                           row{restart_type::temporary, "normal", phase::gone, 0, 0},
                           row{restart_type::temporary, "planned", phase::ready, 2, 0},
                           row{restart_type::temporary, "abnormal", phase::gone, 0, 0});
  CAPTURE(model::to_string(at.type), at.end);
  tree_fixture f;
  auto a = leaf("a");
  a.restart = at.type;
  f.start(supervisor("Main", {a}));
  f.advance(seconds{2});
  if (at.end == "normal") {
    f.exit_normally("Main/a");
  } else if (at.end == "planned") {
    f.recycles("Main/a");
  } else {
    f.crash("Main/a");
  }
  CHECK(f.phase("Main/a") == at.after);
  CHECK(f.status("Main/a").generation == at.generation);
  CHECK(f.status("Main/a").restarts == at.restarts);
}

TEST_CASE("otp restart: a temporary bystander goes, whichever way the group restarts") {
  const auto how = GENERATE(strategy::one_for_all, strategy::rest_for_one);
  tree_fixture f;
  auto t = leaf("t");
  t.restart = restart_type::temporary;
  auto root = supervisor("Main", {leaf("a"), t, leaf("b")});
  root.supervise.how = how;
  f.start(root);
  f.crash("Main/a");
  CHECK(f.phase("Main/t") == phase::gone);
  CHECK(f.phase("Main/b") == phase::ready);
  CHECK(f.status("Main/b").generation == 2);
}

TEST_CASE("otp strategy: who is restarted, by which strategy") {
  const auto setup = GENERATE(from_range(group_setups));
  CAPTURE(model::to_string(setup.how), setup.dynamic);
  tree_fixture f;
  start_group(f, setup, 5);
  f.crash("Main/s/b");
  CHECK(generations(f) == (setup.how == strategy::one_for_one   ? "121"
                           : setup.how == strategy::one_for_all ? "222"
                                                                : "122"));
  CHECK(f.status("Main/s").generation == 1);
  CHECK(f.status("Main/z").generation == 1);
}

TEST_CASE("otp strategy: intensity restarts are granted, one more is not") {
  const auto setup = GENERATE(from_range(group_setups));
  const auto intensity = GENERATE(0U, 1U, 3U);
  CAPTURE(model::to_string(setup.how), setup.dynamic, intensity);
  tree_fixture f;
  start_group(f, setup, intensity);
  for (std::uint32_t n = 0; n < intensity; ++n) {
    f.crash("Main/s/a");
    f.advance(seconds{1}); // its backoff; all within the period
    REQUIRE(f.phase("Main/s/a") == phase::ready);
  }
  CHECK(f.status("Main/s").generation == 1);
  f.crash("Main/s/a");
  f.advance(seconds{1});
  CHECK(f.status("Main/s").generation == 2); // escalated, and restarted by its own parent
  CHECK(f.status("Main/s").last_cause->kind == model::cause_kind::child);
  CHECK(f.status("Main/s").last_cause->origin == "Main/s/a");
  CHECK(f.phase("Main/s") == phase::ready);
  CHECK(f.status("Main/z").generation == 1);
  // OTP: dynamic children are lost when their supervisor is restarted, declared ones come back.
  CHECK(f.phase("Main/s/b") == (setup.dynamic ? phase::gone : phase::ready));
}

TEST_CASE("otp strategy: many restarts are fine while each is within the budget") {
  const auto setup = GENERATE(from_range(group_setups));
  CAPTURE(model::to_string(setup.how), setup.dynamic);
  tree_fixture f;
  start_group(f, setup, 2);
  for (int n = 0; n < 20; ++n) {
    f.crash(n % 2 == 0 ? "Main/s/a" : "Main/s/c");
    f.advance(seconds{21});
  }
  CHECK(f.status("Main/s").generation == 1);
  CHECK(f.phase("Main/s/a") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "otp strategy: escalation climbs as far as it must, no further") {
  auto deep = supervisor("s3", {leaf("a")});
  deep.supervise.intensity = 0;
  auto middle = supervisor("s2", {deep, leaf("b")});
  middle.supervise.intensity = 1;
  auto top = supervisor("s1", {middle, leaf("c")});
  top.supervise.intensity = 1;
  start(supervisor("Main", {top}));
  crash("Main/s1/s2/s3/a"); // s3 gives up, s2 restarts it
  CHECK(status("Main/s1/s2/s3").generation == 2);
  CHECK(status("Main/s1/s2").generation == 1);
  crash("Main/s1/s2/s3/a"); // s2 gives up as well, after the backoff of s3
  advance(milliseconds{100});
  CHECK(status("Main/s1/s2").generation == 2);
  CHECK(status("Main/s1").generation == 1);
  CHECK(status("Main/s1/c").generation == 1);
  CHECK(status("Main/s1/s2/b").generation == 2);
  CHECK_FALSE(exit_code);
}

TEST_CASE_METHOD(tree_fixture, "otp strategy: all, another child fails while the group restarts") {
  auto root = supervisor("Main", {leaf("a"), leaf("b"), leaf("c")});
  root.supervise.how = strategy::one_for_all;
  start(root);
  on.next["Main/c"] = {{.start = on_start::exit}};
  take_trace();
  crash("Main/a");
  // c fails when a and b are up again: both are stopped and all three start anew.
  CHECK(took() == "drain c#1, stop c#1, drain b#1, stop b#1, start a#2, start b#2, start c#2, "
                  "drain b#2, stop b#2, drain a#2, stop a#2, start a#3, start b#3, start c#3");
  CHECK(phase("Main") == model::phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "otp strategy: rest, an earlier one stays when a later one fails") {
  auto root = supervisor("Main", {leaf("a"), leaf("b"), leaf("c")});
  root.supervise.how = strategy::rest_for_one;
  start(root);
  on.next["Main/c"] = {{.start = on_start::exit}};
  take_trace();
  crash("Main/b");
  CHECK(took() == "drain c#1, stop c#1, start b#2, start c#2, start c#3");
  CHECK(status("Main/a").generation == 1);
  CHECK(status("Main/b").generation == 2);
}

TEST_CASE_METHOD(tree_fixture,
                 "otp strategy: a dynamic child that has no more to do at a restart") {
  start(supervisor("Main", {pool("s", {leaf("w1"), leaf("w2")})}));
  auto job = leaf("job");
  job.restart = restart_type::transient;
  model::command create;
  create.what = verb::create;
  create.spec = std::make_shared<const model::child_spec>(job);
  host_of("Main/s").manage(create, nullptr);
  run();
  on.next["Main/s/job"] = {{.start = on_start::exit, .code = 0}};
  crash("Main/s/job");
  CHECK(phase("Main/s/job") == model::phase::ended);
  CHECK(phase("Main/s/w1") == model::phase::ready);
  CHECK(status("Main/s").generation == 1);
}

TEST_CASE_METHOD(tree_fixture,
                 "otp strategy: a refused dynamic child leaves the others as they are") {
  start(supervisor("Main", {pool("s", {leaf("w1")})}));
  auto bad = leaf("bad");
  bad.kind = "nothing";
  model::command create;
  create.what = verb::create;
  create.spec = std::make_shared<const model::child_spec>(bad);
  answer got;
  host_of("Main/s").manage(create, [&](result<model::reply> reply) {
    ++got.times;
    got.got = std::move(reply);
  });
  run();
  CHECK(got.code() == errc::invalid_argument);
  crash("Main/s/w1");
  CHECK(phase("Main/s/w1") == model::phase::ready);
  CHECK(status("Main/s/w1").generation == 2);
  CHECK(tree->board.find("Main/s/bad") == nullptr);
}

} // namespace kraken::actor_test
