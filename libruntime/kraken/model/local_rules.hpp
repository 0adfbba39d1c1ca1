// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The local supervisor: ordered rules from a cause to a directive, and Kraken's solver names.
/// Pure: acts on nothing. Only failures that leave the incarnation alive reach it.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/model/cause.hpp"
#include "kraken/model/child_spec.hpp"
#include "kraken/model/command.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace kraken::model {

/// What a failed container does next. Spelled `continue`, `restart`, `stop`, `destroy`,
/// `escalate` in configuration.
enum class directive : std::uint8_t {
  proceed, ///< `continue`: same incarnation, next message
  restart, ///< a new incarnation; spends the parent's budget
  stop,
  destroy,
  escalate, ///< the parent's supervisor decides
};

/// Whose supervisor may use a solver.
enum class solver_layer : std::uint8_t { any, local, remote };

/// One solver: Kraken's name, and what it means here.
struct solver_row {
  std::string_view name;
  solver_layer layer;
  std::optional<directive> what; ///< none: decides nothing, the next solver does
  force flags;                   ///< for destroy
  bool logs;                     ///< writes the cause with its detail at level error
  std::string_view summary;
};

/// Kraken's fifteen solvers. `Runtime*` and `CmdSolve` speak of a child, the others of the
/// container itself; as a rule belongs to the container it is about, both act on the same one.
// clang-format off
inline constexpr std::array solver_table{
  solver_row{"CmdDoNothing", solver_layer::any, directive::proceed, force::standard, false,
             "goes on as if nothing had happened"},
  solver_row{"CmdLog", solver_layer::any, std::nullopt, force::standard, true,
             "logs the cause; the next solver decides"},
  solver_row{"CmdEscalate", solver_layer::local, directive::escalate, force::standard, false,
             "the parent's supervisor decides"},
  solver_row{"CmdSolve", solver_layer::remote, directive::escalate, force::standard, false,
             "the parent makes the failure its own"},
  solver_row{"ContainerContinue", solver_layer::local, directive::proceed, force::standard, false,
             "goes on with the next message"},
  solver_row{"ContainerStart", solver_layer::local, directive::restart, force::standard, false,
             "starts a new incarnation"},
  solver_row{"ContainerStop", solver_layer::local, directive::stop, force::standard, false,
             "stops the container"},
  solver_row{"ContainerDestroy", solver_layer::local, directive::destroy, force::standard, false,
             "destroys the container"},
  solver_row{"RuntimeContinue", solver_layer::remote, directive::proceed, force::standard, false,
             "the child goes on with its next message"},
  solver_row{"RuntimeStart", solver_layer::remote, directive::restart, force::standard, false,
             "the child gets a new incarnation"},
  solver_row{"RuntimeStop", solver_layer::remote, directive::stop, force::standard, false,
             "the child is stopped"},
  solver_row{"RuntimeDestroy", solver_layer::remote, directive::destroy, force::full, false,
             "the child is destroyed, by force if it does not obey"},
  solver_row{"RuntimeDestroySoft", solver_layer::remote, directive::destroy, force::soft, false,
             "the child is asked to destroy itself"},
  solver_row{"RuntimeDestroyHard", solver_layer::remote, directive::destroy, force::hard, false,
             "the child is killed and destroyed"},
  solver_row{"RuntimeRecreate", solver_layer::remote, directive::restart, force::full, false,
             "the child is replaced by a new incarnation"},
};
// clang-format on

/// What the rules say.
struct local_decision {
  directive what = directive::escalate;
  force flags = force::standard; ///< for destroy
  bool logs = false;
  std::string_view matched = "*"; ///< `match` of the rule that won; lives as long as the rules

  friend bool operator==(const local_decision&, const local_decision&) = default;
};

/// True when `rule` is about `why`: `match` equals its exception class, one of its parents or
/// interfaces, or its cause key (cause.hpp), where `exit:*` and `signal:*` stand for any number;
/// `*` matches everything. A leading `\` of a PHP class name means nothing.
/// @thread any (pure)
[[nodiscard]] bool matches(std::string_view match, const cause& why);

/// The first rule that matches decides; after the user's rules comes the default `*: escalate`.
/// Of a rule's solvers the last one that decides wins; if none does, the cause is escalated.
/// @thread any (pure)
[[nodiscard]] local_decision decide(std::span<const local_rule> rules, const cause& why);

/// Whether `rules` can be understood: no unknown solver, no `exit:x`, no empty match.
/// @error errc::invalid_argument naming rule and value, with the nearest solver name
[[nodiscard]] result<void> check(std::span<const local_rule> rules);

/// The row of a solver or directive name; null when there is none.
[[nodiscard]] const solver_row* find_solver(std::string_view name) noexcept;

[[nodiscard]] std::string_view to_string(directive value) noexcept;
[[nodiscard]] std::string_view to_string(solver_layer value) noexcept;

} // namespace kraken::model
