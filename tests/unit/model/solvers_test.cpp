// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The table of solvers: all of Kraken's names, who carries each out and what it does.
#include "kraken/model/solvers.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

namespace model = kraken::model;
using model::solver_act;
using model::solver_layer;

TEST_CASE("solvers: all fifteen of Kraken and five short words, each found by its name") {
  CHECK(model::solver_table.size() == 15);
  CHECK(model::directive_table.size() == 5);
  std::set<std::string_view> names;
  for (const auto& row : model::solver_table) {
    CAPTURE(row.name);
    CHECK(model::find_solver(row.name) == &row);
    CHECK(names.insert(row.name).second);
    CHECK_FALSE(row.summary.empty());
  }
  for (const auto& row : model::directive_table) {
    CAPTURE(row.name);
    CHECK(model::find_solver(row.name) == &row);
    CHECK(names.insert(row.name).second);
    CHECK(row.layer == solver_layer::any);
  }
  CHECK(model::find_solver("CmdNothing") == nullptr);
  CHECK(model::default_solver().name == "escalate");
}

TEST_CASE("solvers: Container* are the container's own, Runtime* its parent's") {
  for (const auto& row : model::solver_table) {
    CAPTURE(row.name);
    if (row.name.starts_with("Container")) {
      CHECK(row.layer == solver_layer::local);
    } else if (row.name.starts_with("Runtime")) {
      CHECK(row.layer == solver_layer::remote);
    }
  }
  CHECK(model::find_solver("CmdEscalate")->layer == solver_layer::local);
  CHECK(model::find_solver("CmdSolve")->layer == solver_layer::remote);
  CHECK(model::find_solver("CmdLog")->layer == solver_layer::any);
  CHECK(model::find_solver("CmdDoNothing")->layer == solver_layer::any);
}

TEST_CASE("solvers: what each does") {
  auto [name, does, last] = GENERATE(table<std::string, solver_act, bool>({
      {"CmdDoNothing", solver_act::proceed, false},
      {"CmdLog", solver_act::log, false},
      {"CmdEscalate", solver_act::escalate, true},
      {"CmdSolve", solver_act::solve, true},
      {"ContainerContinue", solver_act::proceed, false},
      {"ContainerStart", solver_act::start, false},
      {"ContainerStop", solver_act::stop, false},
      {"ContainerDestroy", solver_act::destroy, true},
      {"RuntimeContinue", solver_act::proceed, false},
      {"RuntimeStart", solver_act::start, false},
      {"RuntimeStop", solver_act::stop, false},
      {"RuntimeDestroy", solver_act::destroy, true},
      {"RuntimeDestroySoft", solver_act::destroy, true},
      {"RuntimeDestroyHard", solver_act::destroy, true},
      {"RuntimeRecreate", solver_act::start, false},
      {"continue", solver_act::proceed, false},
      {"restart", solver_act::start, false},
      {"stop", solver_act::stop, false},
      {"destroy", solver_act::destroy, true},
      {"escalate", solver_act::escalate, true},
  }));
  CAPTURE(name);
  REQUIRE(model::find_solver(name) != nullptr);
  CHECK(model::find_solver(name)->act == does);
  CHECK(model::is_final(*model::find_solver(name)) == last);
}

TEST_CASE("solvers: names of layers") {
  CHECK(model::to_string(solver_layer::any) == "any");
  CHECK(model::to_string(solver_layer::local) == "local");
  CHECK(model::to_string(solver_layer::remote) == "remote");
  CHECK(model::to_string(static_cast<solver_layer>(99)) == "unknown");
}
