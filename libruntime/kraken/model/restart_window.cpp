// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Counting restarts by the budget rule.
#include "kraken/model/restart_window.hpp"

#include <algorithm>
#include <iterator>

namespace kraken::model {

bool restart_window::record(std::string_view child, time_point now) {
  prune(now);
  // One entry above the intensity says "exceeded"; more would say nothing new, and the newest
  // ones are those that stay longest.
  if (entries_.size() > intensity_) {
    entries_.erase(entries_.begin());
  }
  entries_.push_back(
      {.child = std::string{child}, .at = now, .ready_since = std::nullopt, .served = false});
  return entries_.size() <= intensity_;
}

void restart_window::ready(std::string_view child, time_point now) noexcept {
  for (auto& one : entries_) {
    if (one.child == child && !one.ready_since) {
      one.ready_since = now;
    }
  }
}

void restart_window::not_ready(std::string_view child, time_point now) noexcept {
  for (auto& one : entries_) {
    if (one.child == child && one.ready_since) {
      one.served = one.served || now - *one.ready_since >= period_;
      one.ready_since.reset();
    }
  }
}

void restart_window::forget(std::string_view child) noexcept {
  std::erase_if(entries_, [child](const entry& one) { return one.child == child; });
}

void restart_window::resize(std::uint32_t intensity, milliseconds period) noexcept {
  intensity_ = intensity;
  period_ = period;
  trim();
}

void restart_window::hand_over(std::string_view child, restart_window& other) {
  std::ranges::copy_if(entries_, std::back_inserter(other.entries_), [child](const entry& one) {
    return one.child == child;
  });
  forget(child);
  std::ranges::stable_sort(other.entries_, {}, &entry::at);
  other.trim();
}

std::uint32_t restart_window::count(time_point now) noexcept {
  prune(now);
  return static_cast<std::uint32_t>(entries_.size());
}

std::uint32_t restart_window::spent(time_point now) noexcept {
  return std::min(count(now), intensity_);
}

std::uint32_t restart_window::count_of(std::string_view child, time_point now) noexcept {
  prune(now);
  return static_cast<std::uint32_t>(std::ranges::count(entries_, child, &entry::child));
}

bool restart_window::expired(const entry& one, time_point now) const noexcept {
  const bool served = one.served || (one.ready_since && now - *one.ready_since >= period_);
  return served && now - one.at > period_;
}

void restart_window::trim() noexcept {
  while (entries_.size() > static_cast<std::size_t>(intensity_) + 1) {
    entries_.erase(entries_.begin());
  }
}

void restart_window::prune(time_point now) noexcept {
  std::erase_if(entries_, [this, now](const entry& one) { return expired(one, now); });
}

} // namespace kraken::model
