// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How many actors of a tree are alive, and waiting with a deadline until none is. CAF's own
/// `await_all_actors_done` has no deadline.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace kraken::actor {

/// @thread any
class attendance {
public:
  void enter() {
    const std::scoped_lock lock(mutex_);
    ++present_;
  }

  void leave() {
    const std::scoped_lock lock(mutex_);
    if (--present_ == 0) {
      empty_.notify_all();
    }
  }

  /// Blocks until nobody is present.
  /// @return how many are still present when the time is over
  [[nodiscard]] std::size_t wait_until_empty(std::chrono::milliseconds within) {
    std::unique_lock lock(mutex_);
    empty_.wait_for(lock, within, [this] { return present_ == 0; });
    return present_;
  }

private:
  std::mutex mutex_;
  std::condition_variable empty_;
  std::size_t present_ = 0;
};

} // namespace kraken::actor
