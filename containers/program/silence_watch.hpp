// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How long a program is waited for. Only time in which this daemon could have heard it counts: who
/// is stopped, or starved by its machine, blames nobody else for it. Decides nothing.
#pragma once

#include "kraken/base/reactor.hpp"
#include "kraken/model/child_spec.hpp"

#include <functional>
#include <memory>

namespace kraken::containers {

/// @thread its loop's
class silence_watch {
public:
  /// @param over called once, as the last act: it may destroy this. What has arrived by then has
  ///             been handled before
  silence_watch(reactor& loop, milliseconds limit, std::function<void()> over);

  /// A sign of life: the time begins anew. @cost none to speak of, no timer is set
  void renew() noexcept;

private:
  void wait(milliseconds delay);
  void look();

  reactor& loop_;
  milliseconds limit_;
  std::function<void()> over_;
  time_point since_; ///< moved by what the loop came too late
  time_point due_;
  bool last_look_ = false;
  std::unique_ptr<reactor::waiting> next_;
};

/// How long a program with a heartbeat may be silent.
/// @thread any (pure)
[[nodiscard]] milliseconds longest_silence(const model::alive_spec& how) noexcept;

} // namespace kraken::containers
