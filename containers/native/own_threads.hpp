// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The threads of native containers that have one each: how many there are, and those that did not
/// come back when their container ended. A thread is never let go of unseen.
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/base/guarded.hpp"
#include "kraken/base/limits.hpp"
#include "kraken/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <thread>

namespace kraken::containers {

/// Outlives every container and every thread. Its end waits for the threads that are left.
/// @thread any
class own_threads {
public:
  explicit own_threads(std::size_t max = limits::own_threads_max) : max_(max) {}

  /// Takes a place for one more thread.
  /// @error errc::limit_exceeded, saying how many of them are stuck
  [[nodiscard]] result<void> enter();
  /// A thread has ended and was joined.
  void leave();

  /// Takes over a thread whose container is gone while it still runs; it keeps its place.
  /// @return its number
  [[nodiscard]] std::uint64_t
  strand(const std::string& path, std::uint64_t generation, std::jthread thread);
  /// A stranded thread has come to its end: joins it.
  void returned(std::uint64_t number);

  [[nodiscard]] std::size_t running() const; ///< stuck ones included
  [[nodiscard]] std::size_t stuck() const;
  /// Since when each stuck thread's container is gone, by the path that it had.
  [[nodiscard]] std::multimap<std::string, time_point> stuck_since() const;

private:
  struct stray {
    std::string path;
    time_point since;
    std::jthread thread;
  };

  struct content {
    std::size_t running = 0;
    std::uint64_t last = 0;
    std::map<std::uint64_t, stray> strays;
  };

  std::size_t max_;
  guarded<content> content_;
};

} // namespace kraken::containers
