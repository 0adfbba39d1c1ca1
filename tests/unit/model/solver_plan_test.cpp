// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The course of a plan: order, tries, their times, the end.
#include "kraken/model/solver_plan.hpp"

#include <catch2/catch.hpp>

namespace model = kraken::model;
using model::again;
using model::plan_move;
using next_act = model::plan_move::act;
using namespace std::chrono_literals;

namespace {

const model::solver_row* solver_named(std::string_view name) {
  return model::find_solver(name);
}

model::solver_plan plan_of(std::vector<const model::solver_row*> steps) {
  return {std::move(steps), {.timeout = 4s, .retries_limit = 3, .retries_interval = 2s}};
}

} // namespace

TEST_CASE("plan: steps run one after the other, each with its timeout") {
  auto two = plan_of({solver_named("RuntimeRecreate"), solver_named("ContainerContinue")});
  CHECK(two.begin() == plan_move{next_act::try_step, solver_named("RuntimeRecreate"), 1, 4s});
  CHECK(&two.step() == solver_named("RuntimeRecreate"));
  CHECK(two.succeeded() == plan_move{next_act::try_step, solver_named("ContainerContinue"), 1, 4s});
  CHECK(&two.step() == solver_named("ContainerContinue"));
  CHECK(two.succeeded() == plan_move{});
}

TEST_CASE("plan: a rejected step is tried again after its interval, until its limit") {
  auto one = plan_of({solver_named("RuntimeRecreate"), solver_named("ContainerContinue")});
  static_cast<void>(one.begin());
  CHECK(one.rejected(again::yes) ==
        plan_move{next_act::wait, solver_named("RuntimeRecreate"), 2, 2s});
  CHECK(one.waited() == plan_move{next_act::try_step, solver_named("RuntimeRecreate"), 2, 4s});
  CHECK(one.attempt() == 2);
  CHECK(one.rejected(again::yes) ==
        plan_move{next_act::wait, solver_named("RuntimeRecreate"), 3, 2s});
  CHECK(one.waited() == plan_move{next_act::try_step, solver_named("RuntimeRecreate"), 3, 4s});
  CHECK(one.rejected(again::yes) ==
        plan_move{next_act::escalate, solver_named("RuntimeRecreate"), 3, 0ms});
}

TEST_CASE("plan: a refusal that no repetition can change ends it at once") {
  auto one = plan_of({solver_named("ContainerContinue"), solver_named("ContainerStop")});
  static_cast<void>(one.begin());
  CHECK(one.rejected(again::no) ==
        plan_move{next_act::escalate, solver_named("ContainerContinue"), 1, 0ms});
}

TEST_CASE("plan: each step has all its tries") {
  auto two = plan_of({solver_named("RuntimeStop"), solver_named("RuntimeStart")});
  static_cast<void>(two.begin());
  static_cast<void>(two.rejected(again::yes));
  static_cast<void>(two.waited());
  CHECK(two.succeeded() == plan_move{next_act::try_step, solver_named("RuntimeStart"), 1, 4s});
  CHECK(two.attempt() == 1);
  CHECK(two.params().retries_limit == 3);
}

TEST_CASE("plan: the defaults are Kraken's") {
  const model::solve_params how;
  CHECK(how.timeout == 4s);
  CHECK(how.retries_limit == 10);
  CHECK(how.retries_interval == 2s);
}
