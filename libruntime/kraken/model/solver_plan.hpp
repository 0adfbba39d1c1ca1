// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The course of one plan: its solvers one after the other, each awaited, each tried again within
/// its limits; the first that fails for good ends it. Pure: carries nothing out and waits for
/// nothing, it says what comes next.
///
///   begin --> try_step --succeeded--> try_step (next) ... --> done
///                |  ^
///       rejected |  | waited
///                v  |
///               wait                 rejected for good --> escalate
#pragma once

#include "kraken/model/child_spec.hpp"
#include "kraken/model/solvers.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace kraken::model {

/// What a plan wants next.
struct plan_move {
  enum class act : std::uint8_t {
    try_step, ///< carry out `step`; without a result after `time` it is rejected
    wait,     ///< for `time`, then `waited()`
    done,     ///< every step succeeded
    escalate, ///< `step` was rejected for good: the parent's supervisor decides
  };

  act what = act::done;
  const solver_row* step = nullptr; ///< null: done
  std::uint32_t attempt = 0;        ///< of `step`: 1, 2 ... `retries_limit`
  milliseconds time{0};

  friend bool operator==(const plan_move&, const plan_move&) = default;
};

/// Whether trying a rejected step again can help.
enum class again : std::uint8_t { no, yes };

/// @thread not shared
class solver_plan {
public:
  /// @param steps rows that outlive the plan; not empty
  solver_plan(std::vector<const solver_row*> steps, solve_params how);

  [[nodiscard]] plan_move begin() const;
  /// The step under way came to its end well.
  [[nodiscard]] plan_move succeeded();
  /// The step under way was refused, or had no result in its time (`again::yes`).
  [[nodiscard]] plan_move rejected(again useful);
  /// The time of `wait` is over.
  [[nodiscard]] plan_move waited();

  [[nodiscard]] const solver_row& step() const noexcept { return *steps_[at_]; }
  [[nodiscard]] std::uint32_t attempt() const noexcept { return attempt_; }
  [[nodiscard]] const solve_params& params() const noexcept { return how_; }

private:
  [[nodiscard]] plan_move try_now() const;

  std::vector<const solver_row*> steps_;
  solve_params how_;
  std::size_t at_ = 0;
  std::uint32_t attempt_ = 1;
};

/// A note about a plan in the event log.
struct solver_event_row {
  std::string_view name;
  std::string_view text;
};

inline constexpr std::array solver_events{
    solver_event_row{"solver_started", "a solver of a local rule is tried"},
    solver_event_row{"solver_succeeded", "a solver had its effect; the next one follows"},
    solver_event_row{"solver_failed", "a solver was refused or had no result in its time"},
};

} // namespace kraken::model
