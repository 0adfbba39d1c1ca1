// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Slots are numbered from the clock's beginning; slot n stands in the array at n % slots. One that
/// is more than a turn away stands there, too, and is put back when its place is reached.
#include "kraken/actor/shard/alarms.hpp"

#include <utility>

namespace kraken::actor {

void alarm::clear() noexcept {
  if (set_in_ != nullptr) {
    set_in_->take(*this);
  }
}

alarms::~alarms() {
  for (const auto& [key, one] : near_) {
    one->set_in_ = nullptr;
  }
  for (auto* head : far_) {
    for (auto* one = head; one != nullptr; one = one->behind_) {
      one->set_in_ = nullptr;
    }
  }
}

std::uint64_t alarms::slot_of(time_point at) noexcept {
  const auto since = std::chrono::nanoseconds(at.time_since_epoch()).count();
  return since <= 0 ? 0 : static_cast<std::uint64_t>(since) >> slot_bits;
}

void alarms::set(alarm& which, time_point at, time_point now) {
  if (which.set_in_ == this && which.at_ == at) {
    return;
  }
  which.clear();
  if (far_count_ == 0) {
    passed_ = slot_of(now) + 1; // nothing to sort in on the way
  }
  which.at_ = at;
  which.number_ = ++last_;
  put(which);
}

void alarms::put_near(alarm& which) {
  which.set_in_ = this;
  which.slot_ = alarm::nowhere;
  near_.emplace(std::pair{which.at_, which.number_}, &which);
}

void alarms::put(alarm& which) {
  const auto slot = slot_of(which.at_);
  if (slot <= passed_) {
    return put_near(which);
  }
  which.set_in_ = this;
  which.slot_ = static_cast<std::size_t>(slot % slots);
  auto*& head = far_[which.slot_];
  which.before_ = nullptr;
  which.behind_ = head;
  if (head != nullptr) {
    head->before_ = &which;
  }
  head = &which;
  ++far_count_;
}

void alarms::take(alarm& which) noexcept {
  which.set_in_ = nullptr;
  if (which.slot_ == alarm::nowhere) {
    near_.erase({which.at_, which.number_});
    return;
  }
  (which.before_ != nullptr ? which.before_->behind_ : far_[which.slot_]) = which.behind_;
  if (which.behind_ != nullptr) {
    which.behind_->before_ = which.before_;
  }
  --far_count_;
}

std::optional<time_point> alarms::next() const noexcept {
  if (!near_.empty()) {
    return near_.begin()->first.first; // those in slots are later
  }
  for (std::uint64_t ahead = 1; far_count_ > 0 && ahead <= slots; ++ahead) {
    if (far_[static_cast<std::size_t>((passed_ + ahead) % slots)] != nullptr) {
      const auto begins = (passed_ + ahead) << slot_bits;
      return time_point(std::chrono::nanoseconds(static_cast<std::int64_t>(begins)));
    }
  }
  return std::nullopt;
}

void alarms::approach(time_point now) {
  const auto here = slot_of(now);
  for (; far_count_ > 0 && passed_ <= here; ++passed_) {
    auto* one = std::exchange(far_[static_cast<std::size_t>((passed_ + 1) % slots)], nullptr);
    while (one != nullptr) {
      auto& next = *one;
      one = one->behind_;
      --far_count_;
      if (slot_of(next.at_) <= passed_ + 1) {
        put_near(next);
      } else { // a turn or more away: back to the same place
        put(next);
      }
    }
  }
}

void alarms::ring(time_point now) {
  approach(now);
  while (!near_.empty() && near_.begin()->first.first <= now) {
    auto& due = *near_.begin()->second;
    take(due);
    due.rings();
  }
}

} // namespace kraken::actor
