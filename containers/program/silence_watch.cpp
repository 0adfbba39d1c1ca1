// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Waits in parts: by how much each of them ends too late is what the loop stood still.
#include "containers/program/silence_watch.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace kraken::containers {

namespace {

constexpr int silence_parts = 4;

} // namespace

silence_watch::silence_watch(reactor& loop, milliseconds limit, std::function<void()> over)
    : loop_(loop), limit_(limit), over_(std::move(over)), since_(loop.now()) {
  wait(limit_ / silence_parts);
}

void silence_watch::renew() noexcept {
  since_ = loop_.now();
  last_look_ = false;
}

void silence_watch::wait(milliseconds delay) {
  delay = std::max(delay, milliseconds{1});
  due_ = loop_.now() + delay;
  next_ = loop_.after(delay, [this] { look(); });
}

void silence_watch::look() {
  const auto now = loop_.now();
  const auto late = std::max(now - due_, time_point::duration{0});
  const auto part = std::max(limit_ / silence_parts, milliseconds{1});
  since_ = std::min(now, since_ + late);
  auto left = std::chrono::ceil<milliseconds>(limit_ - (now - since_));
  if (late >= part) { // who has to be asked is asked only now
    left = std::max(left, part);
  }
  if (left.count() > 0) {
    return wait(std::min(left, part));
  }
  // Timers come before what else is ready: that is looked at first.
  if (!std::exchange(last_look_, true)) {
    return wait(milliseconds{1});
  }
  const auto over = std::move(over_);
  over();
}

milliseconds longest_silence(const model::alive_spec& how) noexcept {
  return how.every * how.failures + how.timeout;
}

} // namespace kraken::containers
