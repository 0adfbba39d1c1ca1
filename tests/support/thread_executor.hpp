// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// An executor with a real thread and a queue, for tests that need true concurrency and no sockets.
#pragma once

#include "kraken/base/executor.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace kraken::test_support {

class thread_executor final : public executor {
public:
  thread_executor() : thread_([this] { run(); }) {}

  ~thread_executor() override {
    {
      const std::scoped_lock lock(mutex_);
      ending_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  thread_executor(const thread_executor&) = delete;
  thread_executor& operator=(const thread_executor&) = delete;

  void post(std::function<void()> work) override {
    {
      const std::scoped_lock lock(mutex_);
      queue_.push_back(std::move(work));
    }
    wake_.notify_one();
  }

  [[nodiscard]] bool on_this_thread() const noexcept override {
    return std::this_thread::get_id() == thread_.get_id();
  }

private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return ending_ || !queue_.empty(); });
      if (queue_.empty()) {
        return; // ending, and nothing left to do
      }
      auto work = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      work();
      work = nullptr;
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool ending_ = false;
  std::thread thread_; ///< last: starts when everything else is there
};

} // namespace kraken::test_support
