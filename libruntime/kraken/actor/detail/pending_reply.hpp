// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The promise to answer one command exactly once: by an answer, or, when everybody who could
/// have given one is gone, by `canceled`. CAF 0.17 forgets lost promises silently; this does not.
#pragma once

#include "kraken/base/executor.hpp"
#include "kraken/model/command.hpp"

#include <atomic>
#include <memory>

namespace kraken::actor {

/// @thread any
class pending_reply {
public:
  /// @param on   runs `done`; null: `done` runs on the thread that answers
  /// @param done called exactly once
  pending_reply(executor* on, model::reply_callback done);
  ~pending_reply();
  pending_reply(const pending_reply&) = delete;
  pending_reply& operator=(const pending_reply&) = delete;

  /// The first answer counts, later ones are dropped.
  void answer(result<model::reply> with) noexcept;

  [[nodiscard]] bool answered() const noexcept { return answered_.load(std::memory_order_relaxed); }

private:
  executor* on_;
  model::reply_callback done_;
  std::atomic<bool> answered_{false};
};

using reply_to = std::shared_ptr<pending_reply>;

} // namespace kraken::actor
