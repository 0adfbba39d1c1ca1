// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A due timer and posted work take turns, so that neither can keep the other waiting for ever.
#include "containers/native/own_loop.hpp"

namespace kraken::containers {

void own_loop::run() {
  thread_.store(std::this_thread::get_id());
  while (!stopping_) {
    if (auto first = timers_.begin();
        first != timers_.end() && first->first.first <= std::chrono::steady_clock::now()) {
      const auto then = std::move(first->second);
      timers_.erase(first);
      then();
    }
    if (!stopping_) {
      if (const auto work = next()) {
        work();
      }
    }
  }
  timers_.clear();
  std::deque<std::function<void()>> left; // may post when it goes
  const std::scoped_lock lock(mutex_);
  closed_ = true;
  left.swap(posted_);
}

std::function<void()> own_loop::next() {
  std::unique_lock lock(mutex_);
  const auto has_work = [this] { return !posted_.empty(); };
  if (timers_.empty()) {
    wake_.wait(lock, has_work);
  } else {
    wake_.wait_until(lock, timers_.begin()->first.first, has_work);
  }
  if (posted_.empty()) {
    return {};
  }
  auto work = std::move(posted_.front());
  posted_.pop_front();
  return work;
}

void own_loop::post(std::function<void()> work) {
  {
    const std::scoped_lock lock(mutex_);
    if (closed_) {
      return;
    }
    posted_.push_back(std::move(work));
  }
  wake_.notify_one();
}

actor::timer own_loop::at(time_point when, std::function<void()> then) {
  const actor::timer made{when, ++last_timer_};
  timers_.emplace(key{made.at, made.number}, std::move(then));
  return made;
}

void own_loop::cancel(actor::timer& which) noexcept {
  timers_.erase(key{which.at, which.number});
  which = {};
}

} // namespace kraken::containers
