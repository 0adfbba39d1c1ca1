// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A value that cannot be reached without holding its mutex.
#pragma once

#include <mutex>
#include <utility>

namespace kraken {

/// Locks what is never held for long. To sleep and to be woken costs a hundred times what the
/// others do meanwhile, so it looks a few times more before.
/// @thread any
inline void lock_briefly(std::mutex& which) {
  constexpr int looks = 128;
  for (int look = 0; look < looks; ++look) {
    if (which.try_lock()) {
      return;
    }
    __builtin_ia32_pause();
  }
  which.lock();
}

/// Holds a `T` that several threads use.
/// @thread any
template <class T>
class guarded {
public:
  guarded() = default;
  explicit guarded(T value) : value_(std::move(value)) {}

  /// Runs `use(value)` with the mutex held and returns what it returns. `use` must be short and
  /// must not come back here: the mutex is not recursive.
  template <class Use>
  decltype(auto) with(Use&& use) {
    lock_briefly(mutex_);
    const std::scoped_lock lock(std::adopt_lock, mutex_);
    return std::forward<Use>(use)(value_);
  }

  template <class Use>
  decltype(auto) with(Use&& use) const {
    lock_briefly(mutex_);
    const std::scoped_lock lock(std::adopt_lock, mutex_);
    return std::forward<Use>(use)(std::as_const(value_));
  }

private:
  mutable std::mutex mutex_;
  T value_{};
};

} // namespace kraken
