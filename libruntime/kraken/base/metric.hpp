// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Numbers one thread writes and any thread reads: relaxed atomics without read-modify-write
/// cost for their single writer. Knows nothing of names or exposition formats.
#pragma once

#include <atomic>
#include <cstdint>

namespace kraken {

/// A number with one writing thread and any number of readers.
class metric {
public:
  /// @thread the one writer
  void add(std::int64_t by = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  /// @thread the one writer
  void set(std::int64_t to) noexcept { value_.store(to, std::memory_order_relaxed); }

  /// @thread any; may lag behind the writer
  [[nodiscard]] std::int64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::int64_t> value_{0};
};

} // namespace kraken
