// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What every container is doing, readable from any thread without asking any container: the
/// latest status of each path and the last events. Written by the shells at each transition, each
/// to a line of its own. Decides nothing and holds no actor.
#pragma once

#include "kraken/base/limits.hpp"
#include "kraken/base/result.hpp"
#include "kraken/base/units.hpp"
#include "kraken/model/container_status.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken::actor {

/// A status as it was when somebody looked. Never changes.
using status_ptr = std::shared_ptr<const model::container_status>;

/// The two parts of a status as its container shares them. Never null, never written again.
using identity_ptr = std::shared_ptr<const model::container_identity>;
using condition_ptr = std::shared_ptr<const model::container_condition>;

/// One change of one container, as the event log keeps it.
struct status_event {
  std::uint64_t seq = 0;                      ///< 1, 2, 3 ... without gaps
  std::chrono::system_clock::time_point at{}; ///< wall clock, for display only
  std::string path;
  model::phase from = model::phase::gone; ///< its state: `state_of(from)`
  model::phase to = model::phase::gone;
  std::uint64_t generation = 0;
  std::uint64_t restarts = 0;    ///< counted restarts since created
  std::string cause;             ///< `cause::text()`; empty without one
  std::string next_action;       ///< `restart` | `operator` | empty
  milliseconds next_in{0};       ///< time until `restart`
  std::uint64_t correlation = 0; ///< one id from first failure to the root
  std::string note;              ///< `solver_started` ...; empty: a change of phase or generation
  std::vector<std::pair<std::string, std::string>> details; ///< of a note, in order
};

/// Called at each event, in order of `seq`, on the publishing thread (any shard). Must be quick,
/// must not throw and must not subscribe or unsubscribe: hand the event to your own loop.
using event_subscriber = std::function<void(const status_event&)>;

/// The board of one tree.
/// @thread all members: any
class status_board {
public:
  /// Ends a subscription when destroyed; afterwards the callback neither runs nor will run.
  /// Must not outlive the board.
  class subscription {
  public:
    subscription() noexcept = default;
    subscription(subscription&& other) noexcept;
    subscription& operator=(subscription&& other) noexcept;
    subscription(const subscription&) = delete;
    subscription& operator=(const subscription&) = delete;
    ~subscription();

    void reset() noexcept;

  private:
    friend class status_board;
    subscription(status_board& board, std::uint64_t id) noexcept : board_(&board), id_(id) {}

    status_board* board_ = nullptr;
    std::uint64_t id_ = 0;
  };

  explicit status_board(std::size_t events_kept = limits::events_kept);
  ~status_board();
  status_board(const status_board&) = delete;
  status_board& operator=(const status_board&) = delete;

  /// One container's place on the board.
  class line;

  /// Replaces the record of `who->path`. A change of phase or generation becomes an event; other
  /// changes (pid, gauges, mailbox) do not. A record with phase `gone` removes the path, after its
  /// event.
  /// @param rank place among its siblings, ascending from left to right
  /// @return the container's line; null for one that is gone and was not there
  std::shared_ptr<line> publish(identity_ptr who, condition_ptr now, std::uint64_t rank);
  std::shared_ptr<line> publish(const model::container_status& status, std::uint64_t rank);

  /// So many new paths will come soon.
  void expect(std::size_t more);

  /// The same without looking the path up; for who publishes often.
  /// @param where what the other `publish` returned for this container
  void publish(const std::shared_ptr<line>& where,
               identity_ptr who,
               condition_ptr now,
               std::uint64_t rank);

  /// Adds an event that is no change of phase: what was tried about a failure.
  /// @param where   what `publish` returned for its container
  /// @param name    from `model::solver_events` or `model::event_notes`
  /// @param details key and text, for people
  void note(const std::shared_ptr<line>& where,
            std::string name,
            std::vector<std::pair<std::string, std::string>> details,
            std::uint64_t correlation);

  /// The same for who knows a path only; there may be no such container.
  void note(std::string_view path,
            std::string name,
            std::vector<std::pair<std::string, std::string>> details);

  /// The record of a whole path; null if there is none.
  [[nodiscard]] status_ptr find(std::string_view path) const;

  /// The record of a path, or of its last segments while those are unambiguous (`w3`, `web/w3`).
  /// @param asker path of the container that says so: its children and siblings come first
  /// @error errc::not_found with the nearest name; errc::ambiguous naming candidates
  [[nodiscard]] result<status_ptr> resolve(std::string_view alias,
                                           std::string_view asker = {}) const;

  /// All records in tree order: a parent before its children, siblings from left to right.
  [[nodiscard]] std::vector<status_ptr> list() const;

  /// Records of the direct children of `path`, left to right.
  [[nodiscard]] std::vector<status_ptr> children_of(std::string_view path) const;

  /// Kept events with a number above `seq`, oldest first.
  /// @param most newest ones kept when there are more
  [[nodiscard]] std::vector<status_event>
  events_since(std::uint64_t seq, std::size_t most = limits::events_kept) const;

  /// Number of the newest event; 0 before the first.
  [[nodiscard]] std::uint64_t last_seq() const;

  [[nodiscard]] subscription subscribe(event_subscriber callback);

private:
  void unsubscribe(std::uint64_t id) noexcept;

  struct content;
  std::unique_ptr<content> content_;
};

} // namespace kraken::actor
