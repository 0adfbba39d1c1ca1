// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// When a worker that lives on collects its cycles of garbage: between two requests.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace kraken::php {

/// Decides by the size of PHP's heap and by what collecting costs; collects nothing itself. PHP
/// does so after ten thousand possible cycles, in the middle of some request: for a framework that
/// is 5 MB later. Garbage lies on pages that a worker would share with its siblings otherwise, so
/// steps are small where that is cheap: PHP visits all that hangs on what may be garbage.
class collection_plan {
public:
  static constexpr std::size_t step_min = 64U << 10U;    ///< while the last one was cheap
  static constexpr std::size_t step_usual = 256U << 10U; ///< else
  static constexpr std::size_t step_max = 8U << 20U;
  static constexpr std::chrono::microseconds cheap{300};

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
  /// @param took   CPU time of it
  void collected(std::size_t before, std::size_t after, std::chrono::nanoseconds took) noexcept {
    const auto freed = before - std::min(before, after);
    step_ = freed < step_ / 2 ? std::min(2 * step_, step_max)
            : took <= cheap   ? step_min
                              : step_usual;
    kept_ = after;
  }

private:
  std::size_t kept_ = 0;
  std::size_t step_ = step_min;
};

} // namespace kraken::php
