// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The solvers: Kraken's fifteen names and the five short directives, and what each does. A table
/// of words; which of them a failure calls for is local_rules.hpp, in what order and how often they
/// are tried is solver_plan.hpp, and `actor` carries them out.
#pragma once

#include "kraken/model/command.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace kraken::model {

/// What a solver does to the failed container.
enum class solver_act : std::uint8_t {
  log,      ///< writes the cause with its detail; decides nothing
  proceed,  ///< the same incarnation goes on with its next message
  start,    ///< a new incarnation; spends the parent's restart budget
  stop,     ///< stopped until somebody starts it
  destroy,  ///< for good
  escalate, ///< the parent's strategy and budget decide
  solve,    ///< the parent makes the failure its own, whatever its budget
};

/// Who carries a solver out: the container, or its parent on it.
enum class solver_layer : std::uint8_t { any, local, remote };

struct solver_row {
  std::string_view name;
  solver_layer layer;
  solver_act act;
  force flags; ///< of destroy
  std::string_view summary;
};

/// The short words. `any`: carried out by the container itself.
// clang-format off
inline constexpr std::array directive_table{
  solver_row{"continue", solver_layer::any, solver_act::proceed, force::standard,
             "same incarnation, next message"},
  solver_row{"restart", solver_layer::any, solver_act::start, force::standard,
             "a new incarnation; spends the parent's restart budget"},
  solver_row{"stop", solver_layer::any, solver_act::stop, force::standard,
             "stops the container"},
  solver_row{"destroy", solver_layer::any, solver_act::destroy, force::standard,
             "destroys the container"},
  solver_row{"escalate", solver_layer::any, solver_act::escalate, force::standard,
             "the parent's supervisor decides"},
};

/// Kraken's fifteen. `Container*` and `CmdEscalate` are done by the failed container, `Runtime*`
/// and `CmdSolve` by its parent on it.
inline constexpr std::array solver_table{
  solver_row{"CmdDoNothing", solver_layer::any, solver_act::proceed, force::standard,
             "goes on as if nothing had happened"},
  solver_row{"CmdLog", solver_layer::any, solver_act::log, force::standard,
             "logs the cause with its detail; the next solver decides"},
  solver_row{"CmdEscalate", solver_layer::local, solver_act::escalate, force::standard,
             "the parent's supervisor decides"},
  solver_row{"CmdSolve", solver_layer::remote, solver_act::solve, force::standard,
             "the parent makes the failure its own"},
  solver_row{"ContainerContinue", solver_layer::local, solver_act::proceed, force::standard,
             "goes on with the next message"},
  solver_row{"ContainerStart", solver_layer::local, solver_act::start, force::standard,
             "starts a new incarnation"},
  solver_row{"ContainerStop", solver_layer::local, solver_act::stop, force::standard,
             "stops the container"},
  solver_row{"ContainerDestroy", solver_layer::local, solver_act::destroy, force::standard,
             "destroys the container"},
  solver_row{"RuntimeContinue", solver_layer::remote, solver_act::proceed, force::standard,
             "the child goes on with its next message"},
  solver_row{"RuntimeStart", solver_layer::remote, solver_act::start, force::standard,
             "the child gets a new incarnation"},
  solver_row{"RuntimeStop", solver_layer::remote, solver_act::stop, force::standard,
             "the child is stopped"},
  solver_row{"RuntimeDestroy", solver_layer::remote, solver_act::destroy, force::full,
             "the child is destroyed, by force if it does not obey"},
  solver_row{"RuntimeDestroySoft", solver_layer::remote, solver_act::destroy, force::soft,
             "the child is asked to destroy itself"},
  solver_row{"RuntimeDestroyHard", solver_layer::remote, solver_act::destroy, force::hard,
             "the child is killed and destroyed"},
  solver_row{"RuntimeRecreate", solver_layer::remote, solver_act::start, force::full,
             "the child is replaced by a new incarnation"},
};
// clang-format on

/// True when nothing can follow: the failure is out of the container's hands, or it is gone.
[[nodiscard]] bool is_final(const solver_row& row) noexcept;

/// The row of a solver or directive; null when there is none.
/// @return a row that lives for ever
[[nodiscard]] const solver_row* find_solver(std::string_view name) noexcept;

/// The directive that stands behind all rules.
[[nodiscard]] const solver_row& default_solver() noexcept;

[[nodiscard]] std::string_view to_string(solver_layer value) noexcept;

} // namespace kraken::model
