// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How many actors of a tree are alive, and waiting with a deadline until none is. CAF's own
/// `await_all_actors_done` has no deadline.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace kraken::actor {

/// @thread any
class attendance {
public:
  void enter() noexcept { present_.fetch_add(1, std::memory_order_relaxed); }

  void leave() {
    if (present_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      const std::scoped_lock lock(mutex_); // who is about to wait has looked before this, or waits
      empty_.notify_all();
    }
  }

  /// Blocks until nobody is present.
  /// @return how many are still present when the time is over
  [[nodiscard]] std::size_t wait_until_empty(std::chrono::milliseconds within) {
    std::unique_lock lock(mutex_);
    empty_.wait_for(lock, within, [this] { return present_.load() == 0; });
    return present_.load();
  }

private:
  std::mutex mutex_;
  std::condition_variable empty_;
  std::atomic<std::size_t> present_{0};
};

} // namespace kraken::actor
