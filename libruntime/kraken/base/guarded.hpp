// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A value that cannot be reached without holding its mutex.
#pragma once

#include <mutex>
#include <utility>

namespace kraken {

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
    const std::scoped_lock lock(mutex_);
    return std::forward<Use>(use)(value_);
  }

  template <class Use>
  decltype(auto) with(Use&& use) const {
    const std::scoped_lock lock(mutex_);
    return std::forward<Use>(use)(std::as_const(value_));
  }

private:
  mutable std::mutex mutex_;
  T                  value_{};
};

} // namespace kraken
