// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Looking again and again: until a program serves, or as long as it should. Counts failures;
/// what a failure leads to is the container's business.
#pragma once

#include "containers/process/probe.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace kraken::containers {

/// Begins one look.
using begin_probe = std::function<std::unique_ptr<probe>(milliseconds timeout, probe_done done)>;

/// @thread its loop's
class probe_watch {
public:
  /// Looks at once and then `every` after each look that failed, until one succeeds.
  /// @param serves called once; may destroy the watch
  static std::unique_ptr<probe_watch> until_ready(reactor& loop,
                                                  begin_probe begin,
                                                  milliseconds every,
                                                  milliseconds timeout,
                                                  std::function<void()> serves);

  /// Looks `every` so often, first after that time, until `failures` looks in a row have failed.
  /// @param lost called once with what the last look said; may destroy the watch
  static std::unique_ptr<probe_watch> while_alive(reactor& loop,
                                                  begin_probe begin,
                                                  milliseconds every,
                                                  milliseconds timeout,
                                                  std::uint32_t failures,
                                                  std::function<void(const std::string&)> lost);

  probe_watch(reactor& loop, begin_probe begin, milliseconds every, milliseconds timeout);

  /// What the last failed look said; empty before the first.
  [[nodiscard]] const std::string& last_failure() const noexcept { return last_failure_; }

private:
  void look();
  void wait();
  void seen(const result<void>& outcome);

  reactor& loop_;
  begin_probe begin_;
  milliseconds every_;
  milliseconds timeout_;
  std::uint32_t failures_ = 0;
  std::uint32_t failures_max_ = 0;
  std::function<void()> serves_;                 ///< set: until ready
  std::function<void(const std::string&)> lost_; ///< set: while alive
  std::string last_failure_;
  std::unique_ptr<probe> look_;
  std::unique_ptr<reactor::waiting> next_;
};

} // namespace kraken::containers
