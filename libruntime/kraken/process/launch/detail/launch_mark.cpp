// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/process/launch/detail/launch_mark.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include <sys/syscall.h>
#include <unistd.h>

namespace kraken::process::detail {

namespace {

std::string padded(std::uint64_t number, std::size_t width) {
  auto digits = std::to_string(number);
  return std::string(width - std::min(width, digits.size()), '0') + digits;
}

} // namespace

std::string new_launch_mark() {
  constexpr std::size_t thread_digits = 10;
  constexpr std::size_t tick_digits = 20;
  // A thread cannot launch twice in one tick of the clock.
  const auto tick = std::chrono::steady_clock::now().time_since_epoch().count();
  const auto thread = static_cast<std::uint64_t>(::syscall(SYS_gettid));
  return std::to_string(::getpid()) + "-" + padded(thread, thread_digits) + "-" +
         padded(static_cast<std::uint64_t>(tick), tick_digits);
}

} // namespace kraken::process::detail
