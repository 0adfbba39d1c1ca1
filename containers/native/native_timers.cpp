// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A run may cancel or replace its own timer, so it holds its entry; and it may throw, so the next
/// run is arranged before it.
#include "containers/native/native_timers.hpp"

#include "kraken/base/limits.hpp"

#include <utility>

namespace kraken::containers {

native_timers::~native_timers() {
  for (auto& [key, one] : by_key_) {
    shell_.cancel(one->waits);
  }
}

result<void> native_timers::start(std::string key,
                                  native::timing how,
                                  milliseconds interval,
                                  std::function<void()> then) {
  if (interval.count() < 0 || (interval.count() == 0 && how != native::timing::single)) {
    return fail(errc::invalid_argument,
                "timer '" + key + "': an interval of " + kraken::to_string(interval));
  }
  cancel(key);
  if (by_key_.size() >= limits::native_timers_max) {
    return fail(errc::limit_exceeded,
                "timer '" + key + "': there are " + std::to_string(by_key_.size()) + " already");
  }
  const auto made = std::make_shared<entry>(entry{how, interval, std::move(then), {}});
  by_key_.insert_or_assign(key, made);
  arm(key, made, shell_.now() + interval);
  return {};
}

void native_timers::cancel(std::string_view key) noexcept {
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    shell_.cancel(found->second->waits);
    by_key_.erase(found);
  }
}

void native_timers::arm(const std::string& key, const entry_ptr& which, time_point at) {
  which->waits = shell_.at(at, [this, key, which] { elapsed(key, which); });
}

bool native_timers::current(const std::string& key, const entry_ptr& which) const {
  const auto found = by_key_.find(key);
  return found != by_key_.end() && found->second == which;
}

void native_timers::elapsed(const std::string& key, const entry_ptr& which) {
  switch (which->how) {
  case native::timing::single:
    by_key_.erase(key);
    which->then();
    return;
  case native::timing::fixed_rate: {
    auto next = which->waits.at + which->interval;
    if (const auto now = shell_.now(); next <= now) {
      const auto missed = (now - next) / which->interval;
      next += which->interval * (missed + 1);
    }
    arm(key, which, next);
    which->then();
    return;
  }
  case native::timing::fixed_delay:
    arm(key, which, shell_.now() + which->interval);
    which->then();
    if (current(key, which)) {
      shell_.cancel(which->waits);
      arm(key, which, shell_.now() + which->interval);
    }
    return;
  }
}

} // namespace kraken::containers
