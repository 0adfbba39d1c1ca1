// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// When a worker that lives on collects its cycles of garbage: between two requests.
#pragma once

#include <algorithm>
#include <cstddef>

namespace kraken::php {

/// Decides by the size of PHP's heap alone; collects nothing itself. PHP does so after ten thousand
/// possible cycles, in the middle of some request: for a framework that is 5 MB later.
class collection_plan {
public:
  static constexpr std::size_t step_min = 256U << 10U;
  static constexpr std::size_t step_max = 8U << 20U;

  /// Whether to collect now. The first call only learns what the application itself needs.
  /// @param used bytes of the heap in use
  [[nodiscard]] bool due(std::size_t used) noexcept {
    if (kept_ == 0 || used < kept_) {
      kept_ = used;
    }
    return used - kept_ >= step_;
  }

  /// What grew and was no garbage is the application's own; then the next look is later.
  /// @param before bytes in use before the collection
  /// @param after  bytes in use after it
  void collected(std::size_t before, std::size_t after) noexcept {
    const auto freed = before - std::min(before, after);
    step_ = freed >= step_ / 2 ? step_min : std::min(2 * step_, step_max);
    kept_ = after;
  }

private:
  std::size_t kept_ = 0;
  std::size_t step_ = step_min;
};

} // namespace kraken::php
