// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Counting restarts by the budget rule.
#include "kraken/model/restart_window.hpp"

#include <algorithm>
#include <iterator>

namespace kraken::model {

std::uint32_t counted_restarts::spent(time_point now) const noexcept {
  const auto count = std::ranges::count_if(until, [now](time_point each) { return now < each; });
  return std::min(static_cast<std::uint32_t>(count), intensity);
}

restart_window::restart_window(std::uint32_t intensity, milliseconds period)
    : intensity_(intensity), period_(period) {
  show();
}

bool restart_window::record(std::string_view child, time_point now) {
  prune(now);
  // One entry above the intensity says "exceeded"; more would say nothing new, and the newest
  // ones are those that stay longest.
  if (entries_.size() > intensity_) {
    entries_.erase(entries_.begin());
  }
  entries_.push_back(
      {.child = std::string{child}, .at = now, .ready_since = std::nullopt, .served = false});
  show();
  return entries_.size() <= intensity_;
}

void restart_window::ready(std::string_view child, time_point now) {
  for (auto& one : entries_) {
    if (one.child == child && !one.ready_since) {
      one.ready_since = now;
    }
  }
  show();
}

void restart_window::not_ready(std::string_view child, time_point now) {
  for (auto& one : entries_) {
    if (one.child == child && one.ready_since) {
      one.served = one.served || now - *one.ready_since >= period_;
      one.ready_since.reset();
    }
  }
  show();
}

void restart_window::forget(std::string_view child) {
  std::erase_if(entries_, [child](const entry& one) { return one.child == child; });
  show();
}

void restart_window::clear() {
  entries_.clear();
  show();
}

void restart_window::resize(std::uint32_t intensity, milliseconds period) {
  intensity_ = intensity;
  period_ = period;
  trim();
  show();
}

void restart_window::hand_over(std::string_view child, restart_window& other) {
  restart_window its{intensity_, period_};
  std::ranges::copy_if(entries_, std::back_inserter(its.entries_), [child](const entry& one) {
    return one.child == child;
  });
  forget(child);
  other.adopt(its);
}

void restart_window::adopt(const restart_window& other) {
  std::ranges::copy(other.entries_, std::back_inserter(entries_));
  std::ranges::stable_sort(entries_, {}, &entry::at);
  trim();
  show();
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
  return now >= counts_until(one);
}

time_point restart_window::counts_until(const entry& one) const noexcept {
  const auto older_than_period = one.at + period_ + time_point::duration{1};
  if (one.served) {
    return older_than_period;
  }
  return one.ready_since ? std::max(older_than_period, *one.ready_since + period_)
                         : time_point::max();
}

void restart_window::show() {
  gauge_->with([this](counted_restarts& shown) {
    shown.intensity = intensity_;
    shown.until.resize(entries_.size());
    std::ranges::transform(
        entries_, shown.until.begin(), [this](const entry& one) { return counts_until(one); });
  });
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
