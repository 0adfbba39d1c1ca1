// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Looking solvers up.
#include "kraken/model/solvers.hpp"

#include <algorithm>

namespace kraken::model {

bool is_final(const solver_row& row) noexcept {
  return row.act == solver_act::escalate || row.act == solver_act::solve ||
         row.act == solver_act::destroy;
}

const solver_row* find_solver(std::string_view name) noexcept {
  const auto directive = std::ranges::find(directive_table, name, &solver_row::name);
  if (directive != directive_table.end()) {
    return &*directive;
  }
  const auto solver = std::ranges::find(solver_table, name, &solver_row::name);
  return solver == solver_table.end() ? nullptr : &*solver;
}

const solver_row& default_solver() noexcept {
  constexpr const auto& last = directive_table.back();
  static_assert(last.act == solver_act::escalate);
  return last;
}

std::string_view to_string(solver_layer value) noexcept {
  switch (value) {
  case solver_layer::any:
    return "any";
  case solver_layer::local:
    return "local";
  case solver_layer::remote:
    return "remote";
  }
  return "unknown";
}

} // namespace kraken::model
