// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One request under way, shared by who asked and who answers. Each side touches its own fields on
/// its own thread; between them travel messages.
#pragma once

#include "kraken/actor/answer.hpp"
#include "kraken/actor/detail/seat.hpp"
#include "kraken/actor/incarnation.hpp"
#include "kraken/actor/letter.hpp"
#include "kraken/base/executor.hpp"
#include "kraken/base/units.hpp"

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <string>

namespace kraken::actor {

class answer_log;

/// The target's view.
class open_call : public std::enable_shared_from_this<open_call> {
public:
  open_call(std::shared_ptr<const std::string> asker, seat_ptr target)
      : from(std::move(asker)), to(std::move(target)) {}
  virtual ~open_call() = default;
  open_call(const open_call&) = delete;
  open_call& operator=(const open_call&) = delete;

  /// Sends an answer on its way to the requester.
  /// @thread any
  virtual void give(answer what) noexcept = 0;

  const std::shared_ptr<const std::string> from; ///< null: outside the tree
  const seat_ptr to;

  // On the target's shard only.
  bool handed = false;    ///< the incarnation has it, or had
  bool withdrawn = false; ///< nobody waits any more
  bool queued = false;    ///< its letter waits in the mailbox, there:
  std::list<letter>::iterator queued_at;
  std::function<void()> on_withdrawn;
  std::shared_ptr<answer_log> log;  ///< set for requests with an identity
  std::string key;                  ///< in the log
  std::weak_ptr<open_call> repeats; ///< the one that is carried out, with the same identity
};

/// A request of a container: answers become messages to its shell.
class container_call final : public open_call {
public:
  container_call(seat_ptr own, seat_ptr target)
      : open_call(own->shared_path(), std::move(target)), own_(std::move(own)) {}

  void give(answer what) noexcept override;

  // On the requester's shard only.
  answer_callback done; ///< empty: the request is over
  call_id number = 0;

private:
  seat_ptr own_;
};

/// A request from outside the tree: answers are posted to an executor.
class outside_call final : public open_call {
public:
  outside_call(seat_ptr target, executor& on, answer_callback done)
      : open_call(nullptr, std::move(target)), on_(on), done_(std::move(done)) {}

  void give(answer what) noexcept override;

  /// Set by each sign of life, taken back by the deadline's timer.
  std::atomic<bool> heard{false};

private:
  executor& on_;
  answer_callback done_; ///< on `on_` only; empty: answered
};

} // namespace kraken::actor
