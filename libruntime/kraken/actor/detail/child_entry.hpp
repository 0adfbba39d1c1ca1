// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a supervisor remembers of one child: what it wants of it, what it saw last, who waits.
/// Plain data; what follows from it is decided in remote_supervisor.cpp.
#pragma once

#include "kraken/actor/detail/deadlines.hpp"
#include "kraken/actor/messages.hpp"
#include "kraken/model/restart_window.hpp"
#include "kraken/model/supervision.hpp"

#include "caf/actor.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kraken::actor {

/// What the supervisor wants of a child, as opposed to what the child is.
enum class wish : std::uint8_t { running, stopped, destroyed };

/// Somebody waits for a child to become something.
struct waiter {
  enum class goal : std::uint8_t {
    ready,
    ready_at_last,  ///< a failure does not count as long as its supervisor tries again
    ready_some_day, ///< nor that something below it is tried for ever
    at_rest,
    gone,
    replaced,
  };

  goal until = goal::ready;
  std::uint64_t generation = 0; ///< replaced: ready with a later one
  std::uint64_t serial = 0;     ///< judged once this instruction was taken
  reply_to reply;
  bool undoes_failure = false; ///< so that no word is due on what follows from it
};

/// One child as its supervisor keeps it. The strong handle is what keeps the child's shell alive.
struct child_entry {
  std::uint64_t rank = 0;
  std::shared_ptr<const model::child_spec> spec;
  /// What runs was made with, as long as its replacement for another definition has not come to
  /// be; null: `spec`.
  std::shared_ptr<const model::child_spec> runs_with;
  identity_ptr who; ///< its name may be an earlier one
  caf::actor shell;
  maker made_by = maker::declared;
  wish want = wish::running;
  model::activity doing = model::activity::stopped;
  condition_ptr seen;            ///< as created, then as it reported last
  std::uint64_t served = 0;      ///< last generation that was ready
  std::uint64_t opened = 0;      ///< last generation that took work before it was ready
  time_point ready_at{};         ///< when that became so
  std::uint32_t in_vain = 0;     ///< incarnations in a row that ended without work (give_up::retry)
  std::uint64_t sent = 0;        ///< serial of the last instruction
  std::uint64_t obeyed = 0;      ///< serial it has taken
  std::uint64_t asked_in = 0;    ///< number of the sweep that told it last what to do
  std::uint64_t stops_in = 0;    ///< number of the group's sweep it is still to stop for
  std::optional<time_point> due; ///< a restart waits for this time
  deadlines::token timer;
  std::vector<waiter> waiters;
  reply_to tree_next;      ///< a recursive start has not reached it: its start in turn is one
  bool for_now = false;    ///< its last stop was to be followed by a start, as far as was known
  bool overlaps = false;   ///< its kind is replaced `start_first`
  bool try_once = false;   ///< destroyed again if its first start fails
  bool spent_told = false; ///< that it is restarted beyond a budget of its own
  /// Its restarts, if they do not count against its siblings; null: there was none.
  std::unique_ptr<model::restart_window> own_window;
  /// Id of the sibling with whose group it was given up; null: it was not, or by itself.
  std::unique_ptr<const std::string> parked_with;
  std::unique_ptr<const std::string> start_failure; ///< it did: told when it is gone

  /// Made by a verb and not served yet: a mistyped command must cost nobody else anything.
  [[nodiscard]] bool on_trial() const noexcept { return made_by != maker::declared && served == 0; }
  [[nodiscard]] const std::string& path() const noexcept { return who->path; }
  /// Who waits for it brings back what was, now that it has failed.
  [[nodiscard]] bool is_undone() const noexcept {
    return made_by != maker::incarnation &&
           std::any_of(waiters.begin(), waiters.end(), [](const waiter& each) {
             return each.undoes_failure && !each.reply->answered();
           });
  }
  [[nodiscard]] std::string failure() const { return path() + ": " + seen->last_cause->summary(); }
  /// Of who is below, if it is that one's.
  [[nodiscard]] std::string failure_of(const child_report& hopeless) const {
    return hopeless.why == nullptr ? failure() : *hopeless.why;
  }
  /// Its tries have no end. The workers of a pool stand for each other.
  [[nodiscard]] bool tried_for_ever() const noexcept {
    return spec->on_give_up == model::give_up::retry && made_by != maker::incarnation &&
           tried_again();
  }
  [[nodiscard]] bool tried_again() const noexcept {
    return doing == model::activity::restarting || doing == model::activity::running;
  }
  /// 0 before its first start.
  [[nodiscard]] std::uint64_t generation() const noexcept { return seen->generation; }
  [[nodiscard]] bool settled() const noexcept { return obeyed == sent; }
  [[nodiscard]] bool ready() const noexcept { return settled() && seen->at == model::phase::ready; }
  [[nodiscard]] bool open() const noexcept {
    return settled() && seen->at == model::phase::starting && seen->generation == opened;
  }
  [[nodiscard]] bool at_rest() const noexcept {
    return settled() && (seen->at == model::phase::idle || seen->at == model::phase::ended);
  }
};

} // namespace kraken::actor
