// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A thread that runs posted functions one after another. Implemented by `net/event_loop`;
/// rooms that may not know event loops (actor) depend on this only.
#pragma once

#include <functional>

namespace kraken {

/// Runs functions on one thread, in the order they were posted by any one thread.
class executor {
public:
  virtual ~executor() = default;

  /// Runs `work` soon on this executor's thread; never inline.
  /// @thread any
  virtual void post(std::function<void()> work) = 0;

  /// @return true on the thread that runs this executor
  /// @thread any
  [[nodiscard]] virtual bool on_this_thread() const noexcept = 0;
};

} // namespace kraken
