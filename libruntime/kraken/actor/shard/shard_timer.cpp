// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. `time_point` counts the same nanoseconds as CLOCK_MONOTONIC.
#include "kraken/actor/shard/shard_timer.hpp"

#include "kraken/base/assert.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include <sys/timerfd.h>
#include <unistd.h>

namespace kraken::actor {

result<shard_timer> shard_timer::make() {
  unique_fd fd(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!fd) {
    return fail(errno_error("timerfd_create"));
  }
  return shard_timer(std::move(fd));
}

result<void> shard_timer::begin(reactor& on, std::function<void()> then) {
  waits_ = on.when_readable(fd_.get(), [fd = fd_.get(), then = std::move(then)] {
    std::uint64_t times = 0;
    if (::read(fd, &times, sizeof(times)) == sizeof(times)) { // not set anew meanwhile
      then();
    }
  });
  return waits_ != nullptr ? result<void>{} : fail(errc::system_error, "epoll_ctl of a timer");
}

void shard_timer::set(time_point when) noexcept {
  constexpr std::int64_t a_second = 1'000'000'000;
  const auto at = std::max<std::int64_t>( // 0 would disarm it
      std::chrono::nanoseconds(when.time_since_epoch()).count(),
      1);
  itimerspec wanted{};
  wanted.it_value.tv_sec = at / a_second;
  wanted.it_value.tv_nsec = at % a_second;
  KRAKEN_ASSERT(::timerfd_settime(fd_.get(), TFD_TIMER_ABSTIME, &wanted, nullptr) == 0);
}

} // namespace kraken::actor
