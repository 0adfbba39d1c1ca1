// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A real event loop on a thread of its own, asked from the test's thread. Every wait has a
/// deadline; nothing sleeps.
#pragma once

#include "kraken/net/event_loop.hpp"

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace kraken::test_support {

inline constexpr std::chrono::seconds patience{20}; ///< far beyond any healthy wait

class loop_thread {
public:
  explicit loop_thread(std::uint32_t index = 0) : loop_(index), thread_([this] { loop_.run(); }) {}

  ~loop_thread() {
    loop_.stop();
    thread_.join();
  }

  loop_thread(const loop_thread&) = delete;
  loop_thread& operator=(const loop_thread&) = delete;

  [[nodiscard]] net::event_loop& loop() noexcept { return loop_; }

  /// Runs `work` on the loop and gives what it gives.
  template <class Work>
  auto call(Work work) -> decltype(work()) {
    using given = decltype(work());
    std::packaged_task<given()> task{std::move(work)};
    auto answer = task.get_future();
    loop_.post([&task] { task(); });
    return answer.get();
  }

  /// @return true once `holds` was true on the loop, false after `patience`
  [[nodiscard]] bool eventually(std::function<bool()> holds) {
    auto looking = std::make_shared<look>();
    looking->holds = std::move(holds);
    looking->until = std::chrono::steady_clock::now() + patience;
    auto answer = looking->answer.get_future();
    loop_.post([this, looking] { look_again(looking); });
    const bool held = answer.get();
    call([&] { looking->next.reset(); });
    return held;
  }

private:
  struct look {
    std::function<bool()> holds;
    time_point until;
    std::promise<bool> answer;
    std::unique_ptr<reactor::waiting> next;
  };

  void look_again(const std::shared_ptr<look>& looking) {
    if (looking->holds()) {
      looking->answer.set_value(true);
    } else if (loop_.now() > looking->until) {
      looking->answer.set_value(false);
    } else {
      looking->next = loop_.after(milliseconds{1}, [this, weak = std::weak_ptr<look>{looking}] {
        if (const auto still = weak.lock()) {
          look_again(still);
        }
      });
    }
  }

  net::event_loop loop_;
  std::thread thread_;
};

} // namespace kraken::test_support
