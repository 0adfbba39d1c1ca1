// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Steps of an orderly end.
#include "kraken/process/launch/stop_sequence.hpp"

namespace kraken::process {

namespace {

// A configured time may be longer than the clock can count.
constexpr std::chrono::hours stop_time_counted_max{24 * 365 * 100};

std::optional<time_point> deadline_after(time_point now, milliseconds time) noexcept {
  return time < stop_time_counted_max ? std::optional{now + time} : std::nullopt;
}

} // namespace

stop_step stop_sequence::begin(time_point now) noexcept {
  return stage_ == stage::idle ? next(now) : stop_step{stop_action::none, deadline_};
}

stop_step stop_sequence::advance(time_point now) noexcept {
  if (!deadline_ || now < *deadline_) {
    return {stop_action::none, deadline_};
  }
  return next(now);
}

stop_step stop_sequence::hurry(time_point now) noexcept {
  if (stage_ >= stage::killing) {
    return {stop_action::none, deadline_};
  }
  return next(now);
}

stop_step stop_sequence::kill(time_point now) noexcept {
  if (stage_ >= stage::killing) {
    return {stop_action::none, deadline_};
  }
  return enter(stage::killing, now);
}

stop_step stop_sequence::next(time_point now) noexcept {
  const bool terminates = !times_.terminate || times_.terminate->count() > 0;
  if (stage_ == stage::idle && times_.drain.count() > 0) {
    return enter(stage::draining, now);
  }
  if (stage_ < stage::terminating && terminates) {
    return enter(stage::terminating, now);
  }
  if (stage_ < stage::killing) {
    return enter(stage::killing, now);
  }
  return enter(stage_ == stage::ended ? stage::ended : stage::stuck, now);
}

stop_step stop_sequence::enter(stage to, time_point now) noexcept {
  stage_ = to;
  deadline_.reset();
  switch (to) {
  case stage::draining:
    deadline_ = deadline_after(now, times_.drain);
    return {stop_action::drain, deadline_};
  case stage::terminating:
    if (times_.terminate) {
      deadline_ = deadline_after(now, *times_.terminate);
    }
    return {stop_action::terminate, deadline_};
  case stage::killing:
    deadline_ = deadline_after(now, times_.grace);
    return {stop_action::kill, deadline_};
  case stage::stuck:
    return {stop_action::give_up, std::nullopt};
  case stage::idle:
  case stage::ended:
    break;
  }
  return {};
}

} // namespace kraken::process
