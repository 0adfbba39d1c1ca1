// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The local supervisor: ordered rules from a cause to the solvers it calls for. Pure: acts on
/// nothing; how the solvers are run is solver_plan.hpp.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/model/cause.hpp"
#include "kraken/model/child_spec.hpp"
#include "kraken/model/solvers.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::model {

/// What the rules say: solvers to run one after the other.
struct local_plan {
  std::vector<const solver_row*> steps; ///< never empty; the last decides, at least by escalating
  std::string matched = "*";            ///< `match` of the rule that won
  bool ruled = false;                   ///< by a rule, not by the default
};

/// True when `rule` is about `why`: `match` equals its exception class, one of its parents or
/// interfaces, its cause key (cause.hpp), where `exit:*` and `signal:*` stand for any number, or
/// the name of its kind, as `inspect` shows it; `*` matches everything. A leading `\` of a PHP
/// class name means nothing.
/// @thread any (pure)
[[nodiscard]] bool matches(std::string_view match, const cause& why);

/// The first rule that matches decides; behind the user's rules stands the default `*: escalate`.
/// A plan that would decide nothing (only `CmdLog`) escalates in the end.
/// @thread any (pure)
[[nodiscard]] local_plan plan_for(std::span<const local_rule> rules, const cause& why);

/// Whether `rules` can be understood: no unknown solver, none that is never reached, no `exit:x`,
/// no empty match, not more than `limits::solvers_max` solvers in one rule.
/// @error errc::invalid_argument naming rule and value, with the nearest solver name
[[nodiscard]] result<void> check(std::span<const local_rule> rules);

} // namespace kraken::model
