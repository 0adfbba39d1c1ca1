// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What is shown of a container: one plain record, published by its shell at each change and
/// read by the console, the admin API and the metrics without asking the container.
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/base/metric.hpp"
#include "kraken/model/cause.hpp"
#include "kraken/model/lifecycle.hpp"
#include "kraken/model/restart_window.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::model {

struct child_spec;

/// Live numbers of an incarnation, written on its shard, read anywhere. Shared between the
/// incarnation and the status record, so they stay readable while a worker is busy.
struct gauges {
  metric requests;      ///< answered since the incarnation started
  metric failures;      ///< of these, answered with an error of ours
  metric busy;          ///< 1 while working on a request (pool: number of busy workers)
  metric waiting;       ///< requests queued (pool)
  metric memory_bytes;  ///< resident memory last seen; 0 unknown
  metric busy_since_ms; ///< steady-clock ms when the current request began; 0 idle

  /// Numbers of the same container written by other shards; complete before this is shared.
  std::vector<std::shared_ptr<const gauges>> parts;

  /// One number over all shards, e.g. `sum(&gauges::requests)`.
  /// @thread any
  [[nodiscard]] std::int64_t sum(metric gauges::*which) const noexcept;
};

/// A failure as the history of a container keeps it.
struct past_failure {
  time_point at{};
  std::uint64_t generation = 0; ///< of the incarnation that failed
  cause_kind kind = cause_kind::none;
  std::string text;              ///< `cause::text()`
  std::uint64_t correlation = 0; ///< one id from first failure to the root
};

/// Shared between records, because most changes of a container are no failures. Null: none yet.
using failure_history = std::shared_ptr<const std::vector<past_failure>>;

/// `before` with one more, oldest first; the oldest goes when there are `limits::failures_kept`.
/// @thread any (pure)
[[nodiscard]] failure_history with_failure(const failure_history& before, past_failure latest);

/// Numbers of a mailbox: its depth is kept by senders and receiver together.
struct mailbox_gauges {
  std::atomic<std::int64_t> depth{0};    ///< letters admitted and not handed over yet
  std::atomic<std::int64_t> rejected{0}; ///< since created: because it was full
  metric admitted;                       ///< since created: handed to an incarnation
};

/// A second incarnation of the same container, during a planned replacement.
enum class companion : std::uint8_t {
  none,
  successor,   ///< becomes ready while the current one serves
  predecessor, ///< finishes its work while the current one serves
};

[[nodiscard]] std::string_view to_string(companion value) noexcept;
/// @return `none` for any other word
[[nodiscard]] companion companion_of(std::string_view word) noexcept;

/// Which container: does not change while it exists, but for `name` at a reload.
struct container_identity {
  std::string path;   ///< `Main/web/w3`
  std::string alias;  ///< last segment
  std::string parent; ///< path of the parent; empty for the root
  std::string kind;
  std::string name;      ///< registered class or program; for display
  bool autostart = true; ///< whether it starts with its parent
  /// Its definition, if a command made it: its parent's may not have it. Null: a part of that, or
  /// the parent's incarnation made it.
  std::shared_ptr<const child_spec> made_by_command{};
};

/// What of a container changes.
struct container_condition {
  state in = state::destroyed;
  phase at = phase::gone;
  bool leaves = false; ///< is being destroyed, however long its processes take for that
  std::uint64_t generation = 0;
  std::int32_t pid = 0; ///< 0: no process
  companion beside = companion::none;
  std::int32_t beside_pid = 0; ///< of the companion; 0: none
  std::uint32_t shard = 0;
  std::uint64_t restarts = 0; ///< since created, counted ones only
  std::uint64_t recycles = 0;
  std::uint32_t restarts_in_window = 0;       ///< when this was published
  std::uint32_t intensity = 0;                ///< of the budget it counts in
  std::shared_ptr<const budget_gauge> budget; ///< for what counts now; null: as published
  time_point since{};                         ///< when `at` was entered
  time_point up_since{};     ///< when what runs was begun; of `state::started` only
  shared_cause last_cause{}; ///< of the failure that counts, or of the last end
  failure_history failures;  ///< also those that came while one was being dealt with
  std::string next_action;   ///< `restart` | `operator` | empty
  time_point next_at{};      ///< when a restart is due
  std::shared_ptr<const mailbox_gauges> lane; ///< may be null
  std::shared_ptr<const gauges> live;         ///< may be null
};

/// Where `last_cause` is remembered; null: no failure, or forgotten. One that is healed has no
/// correlation any more: then it is the latest that reads the same.
/// @return points into `failures`
/// @thread any (pure)
[[nodiscard]] const past_failure* remembered_cause(const container_condition& c) noexcept;

/// Whether `last_cause` is over: the container serves again, what failed has been replaced, or the
/// container has been stopped since.
/// @thread any (pure)
[[nodiscard]] bool past_cause(const container_condition& c) noexcept;

/// How much of its restart budget is spent at this time, and of how much.
struct spent_budget {
  std::uint32_t spent = 0;
  std::uint32_t intensity = 0;
};

/// @thread any
[[nodiscard]] spent_budget budget_of(const container_condition& c, time_point now);

struct container_status : container_identity, container_condition {
  std::string waits_for; ///< path of the sibling an ordered start is at; filled in by who shows it
};

/// Who waits for whom while supervisors start their children in order: the path of each that has
/// not been started, and the sibling before it that is not ready yet.
/// @param all parents before their children, siblings in the order of their start
/// @return points into `all`
/// @thread any (pure)
[[nodiscard]] std::map<std::string_view, const container_status*>
start_waits(std::span<const std::shared_ptr<const container_status>> all);

} // namespace kraken::model
