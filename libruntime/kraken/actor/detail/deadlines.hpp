// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What an actor has to do at which time, and how to take it back. Pure bookkeeping: reads no
/// clock and sends no timer message; the actor asks when to wake up.
#pragma once

#include "kraken/actor/incarnation.hpp"
#include "kraken/base/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace kraken::actor {

/// Actions in order of their time; equal times in order of insertion.
/// @thread not shared
class deadlines {
public:
  using token = timer;

  [[nodiscard]] token at(time_point when, std::function<void()> then);

  /// Takes the action back; no effect if it ran, was cancelled or never was.
  void cancel(token& which) noexcept;

  /// The time of the earliest action.
  [[nodiscard]] std::optional<time_point> next() const noexcept;

  /// Takes out one action that is due; empty if none is. One at a time, because an action may
  /// cancel those after it.
  [[nodiscard]] std::function<void()> take_due(time_point now);

  [[nodiscard]] std::size_t size() const noexcept { return waiting_ ? waiting_->size() : 0; }
  void clear() noexcept { waiting_.reset(); }

private:
  using actions = std::map<std::pair<time_point, std::uint64_t>, std::function<void()>>;

  std::unique_ptr<actions> waiting_; ///< null until there is one: most actors never have any
  std::uint64_t last_ = 0;
};

} // namespace kraken::actor
