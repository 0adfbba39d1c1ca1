// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The container lifecycle: five states, four verbs and one failure event, nine edges. This
/// table decides every transition in the product; docs and names are generated from it.
///
///                create              start                stop
///   destroyed ---------> created ------------> started <---------> stopped
///       ^                  |                   |    ^     start      | ^
///       |      destroy     |              fail |    | start          | |
///       +<-----------------+                   v    |      stop      | |
///       |                                     failed ----------------|-+
///       +<-----------------------------------------------------------+
///                                  destroy
///
/// Does not know why something happens (cause.hpp) nor what to do about it (supervision).
#pragma once

#include "kraken/base/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kraken::model {

/// Public state of a container. The values are the Kraken framework's own numbers.
enum class state : std::uint8_t {
  created = 1,
  destroyed = 2,
  started = 4,
  stopped = 8,
  failed = 16,
};

inline constexpr std::array all_states{
    state::created, state::destroyed, state::started, state::stopped, state::failed};

/// What may happen to a container.
enum class event : std::uint8_t { create, start, stop, destroy, fail };

inline constexpr std::array all_events{
    event::create, event::start, event::stop, event::destroy, event::fail};

/// One edge of the lifecycle.
struct transition {
  state from;
  event on;
  state to;
};

/// The nine edges. Nothing else changes a state.
inline constexpr std::array<transition, 9> transitions{{
    {.from = state::destroyed, .on = event::create, .to = state::created},
    {.from = state::created, .on = event::start, .to = state::started},
    {.from = state::created, .on = event::destroy, .to = state::destroyed},
    {.from = state::started, .on = event::stop, .to = state::stopped},
    {.from = state::started, .on = event::fail, .to = state::failed},
    {.from = state::stopped, .on = event::start, .to = state::started},
    {.from = state::stopped, .on = event::destroy, .to = state::destroyed},
    {.from = state::failed, .on = event::start, .to = state::started},
    {.from = state::failed, .on = event::stop, .to = state::stopped},
}};

/// The state after `on`, or nothing where there is no edge.
/// @thread any (pure)
[[nodiscard]] constexpr std::optional<state> next(state from, event on) noexcept {
  for (const auto& edge : transitions) {
    if (edge.from == from && edge.on == on) {
      return edge.to;
    }
  }
  return std::nullopt;
}

/// True when `on` asks for the state the container is in already: success without effect.
[[nodiscard]] constexpr bool already_there(state in, event on) noexcept {
  return (on == event::create && in != state::destroyed) ||
         (on == event::start && in == state::started) ||
         (on == event::stop && in == state::stopped) ||
         (on == event::destroy && in == state::destroyed);
}

/// Fine detail of a state, for people and for the shell; never decides a transition.
enum class phase : std::uint8_t {
  idle,        ///< created, nothing launched yet
  starting,    ///< incarnation launched, not ready
  ready,       ///< serving
  draining,    ///< finishing what it has, taking nothing new
  stopping,    ///< incarnation is being ended
  held,        ///< failed, the incarnation lives and waits for a directive
  backing_off, ///< failed, a restart is due
  parked,      ///< failed, gave up; an operator must act
  ended,       ///< stopped, no incarnation
  gone,        ///< destroyed
};

/// Each phase belongs to exactly one state.
struct phase_row {
  phase value;
  state of;
  std::string_view name;
  std::string_view text;
};

inline constexpr std::array phase_table{
    phase_row{phase::idle, state::created, "idle", "created, nothing launched yet"},
    phase_row{phase::starting, state::started, "starting", "launched, not ready yet"},
    phase_row{phase::ready, state::started, "ready", "serving"},
    phase_row{
        phase::draining, state::started, "draining", "finishing its work, taking nothing new"},
    phase_row{phase::stopping, state::stopped, "stopping", "its incarnation is being ended"},
    phase_row{phase::held, state::failed, "held", "failed; waits for a directive"},
    phase_row{phase::backing_off, state::failed, "backing_off", "failed; a restart is due"},
    phase_row{phase::parked, state::failed, "parked", "failed; gave up, an operator must act"},
    phase_row{phase::ended, state::stopped, "ended", "stopped, nothing runs"},
    phase_row{phase::gone, state::destroyed, "gone", "destroyed"},
};

[[nodiscard]] constexpr state state_of(phase value) noexcept {
  return phase_table[static_cast<std::size_t>(value)].of;
}

[[nodiscard]] constexpr std::string_view to_string(phase value) noexcept {
  return phase_table[static_cast<std::size_t>(value)].name;
}

[[nodiscard]] std::string_view to_string(state value) noexcept;
[[nodiscard]] std::string_view to_string(event value) noexcept;

/// The error for a rejected edge: `It is not possible to stop runtime from state [1].`
[[nodiscard]] error invalid_transition(state from, event on);

namespace detail {
constexpr bool deterministic() {
  for (std::size_t i = 0; i < transitions.size(); ++i) {
    for (std::size_t j = i + 1; j < transitions.size(); ++j) {
      if (transitions[i].from == transitions[j].from && transitions[i].on == transitions[j].on) {
        return false;
      }
    }
  }
  return true;
}

constexpr bool phases_are_dense() {
  for (std::size_t i = 0; i < phase_table.size(); ++i) {
    if (static_cast<std::size_t>(phase_table[i].value) != i) {
      return false;
    }
  }
  return true;
}

static_assert(deterministic(), "two edges leave one state on the same event");
static_assert(phases_are_dense(), "row i of phase_table must describe phase i");
static_assert(!next(state::failed, event::destroy), "destroying passes through stopped");
static_assert(!next(state::created, event::fail), "a boot crash is a failure of started/starting");
} // namespace detail

} // namespace kraken::model
