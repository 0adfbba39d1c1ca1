// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The loop of a thread that runs one native container: posted work and timers, in order of their
/// times. Waits for no descriptor and starts no thread.
#pragma once

#include "kraken/actor/incarnation.hpp"
#include "kraken/base/clock.hpp"
#include "kraken/base/executor.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace kraken::containers {

/// @thread everything but `post` and `on_this_thread`: the one that calls `run`
class own_loop final : public executor {
public:
  /// Runs until `stop`, on the calling thread. What is left then is thrown away, and so is what is
  /// posted later.
  void run();
  /// From within work: it is the last.
  void stop() noexcept { stopping_ = true; }

  void post(std::function<void()> work) override;
  [[nodiscard]] bool on_this_thread() const noexcept override {
    return std::this_thread::get_id() == thread_.load();
  }

  [[nodiscard]] actor::timer at(time_point when, std::function<void()> then);
  /// No effect on a timer that ran, was cancelled or never was.
  void cancel(actor::timer& which) noexcept;

private:
  using key = std::pair<time_point, std::uint64_t>;

  /// Waits for work or for the first timer.
  [[nodiscard]] std::function<void()> next();

  std::mutex mutex_; ///< of the two below it
  std::deque<std::function<void()>> posted_;
  bool closed_ = false;
  std::condition_variable wake_;
  std::map<key, std::function<void()>> timers_;
  std::uint64_t last_timer_ = 0;
  bool stopping_ = false;
  std::atomic<std::thread::id> thread_{};
};

} // namespace kraken::containers
