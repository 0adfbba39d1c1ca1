// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the shell of a container is made of besides its actor: how it is born, what it is on its
/// way to, who runs beside it, which failure it is dealing with. Records; container.hpp acts.
#pragma once

#include "kraken/actor/detail/deadlines.hpp"
#include "kraken/actor/detail/life.hpp"
#include "kraken/actor/detail/seat.hpp"
#include "kraken/actor/detail/tree_context.hpp"
#include "kraken/actor/messages.hpp"
#include "kraken/model/solver_plan.hpp"

#include "caf/actor_addr.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace kraken::actor {

/// What a container is born with.
struct birth {
  std::shared_ptr<tree_context> tree;
  std::shared_ptr<const model::child_spec> spec;
  const kind* of = nullptr; ///< of the tree's
  identity_ptr who;
  std::uint32_t shard = 0;
  std::uint64_t rank = 0;
  std::weak_ptr<child_entry> entry; ///< of its supervisor
  seat_ptr own;                     ///< set by spawn_container
  caf::actor_addr supervisor;       ///< weak: the parent holds the child
};

namespace detail {

/// What comes after the end of the current incarnation and of the children.
enum class after : std::uint8_t {
  rest,   ///< stopped
  launch, ///< the next generation
  renew,  ///< the next generation, as planned
  judge,  ///< failed: the supervisor decides
  finish, ///< stopped by its own normal end: the supervisor is told
  destroy,
};

enum class step : std::uint8_t { children, incarnation, companion };

/// An end under way.
struct way_out {
  after then = after::rest;
  ending how = ending::orderly;
  step at = step::children;
  child_report::note note = child_report::note::ended; ///< judge
};

/// A second incarnation during a planned replacement; `status_.beside` says which.
struct companion {
  std::unique_ptr<life> runs;
  std::int32_t pid = 0;
  std::shared_ptr<const model::gauges> live;
  time_point launched{};
  deadlines::token timer;
  model::cause why;                    ///< of the replacement
  std::optional<model::cause> failure; ///< known before it has ended
  reply_to reply;                      ///< an operator waits for it
};

/// What the incarnation asked for and did not get yet.
struct recycle_wish {
  model::cause why;
  serves_on meanwhile = serves_on::yes;
};

/// A failure its local rules are dealing with.
struct solving {
  model::solver_plan plan;
  ending how = ending::orderly;  ///< of the incarnation, if it is escalated
  std::uint64_t correlation = 0; ///< the cause may be another one before the plan is through
  std::uint64_t generation = 0;  ///< that failed
  std::uint64_t step = 0;        ///< number of the try under way
  bool pending = false;          ///< its result comes later
  deadlines::token timer{};
};

/// What became of a try.
enum class effect : std::uint8_t {
  done,
  pending,
  refused, ///< and would be refused again
  over,    ///< the plan has come to its end with it
};

/// What an incarnation and its children still owe before the container is ready.
enum class owed : std::uint8_t { both, children, incarnation, nothing };

} // namespace detail

} // namespace kraken::actor
