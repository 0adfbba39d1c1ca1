// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Linking, finding and firing of deadlines.
#include "kraken/net/timer_wheel.hpp"

#include <algorithm>
#include <bit>

namespace kraken::net {

void deadline::clear() noexcept {
  if (wheel_ != nullptr) {
    wheel_->unlink(*this);
  }
}

timer_wheel::~timer_wheel() {
  for (auto* head : heads_) {
    while (head != nullptr) {
      auto* following = head->next_;
      head->wheel_ = nullptr;
      head = following;
    }
  }
}

// The tick after `at`: a deadline must not fire early.
std::uint64_t timer_wheel::tick_of(time_point at) const noexcept {
  if (at <= start_) {
    return 0;
  }
  return static_cast<std::uint64_t>((at - start_ + tick - time_point::duration{1}) / tick);
}

void timer_wheel::set(deadline& which, time_point at) noexcept {
  which.clear();
  const auto due = std::max(tick_of(at), current_ + 1);
  const auto slot = static_cast<std::size_t>(due % slots);
  which.wheel_ = this;
  which.at_ = at;
  which.slot_ = slot;
  which.prev_ = nullptr;
  which.next_ = heads_[slot];
  if (which.next_ != nullptr) {
    which.next_->prev_ = &which;
  }
  heads_[slot] = &which;
  used_[slot / 64] |= std::uint64_t{1} << (slot % 64);
  ++size_;
}

void timer_wheel::unlink(deadline& which) noexcept {
  if (cursor_ == &which) {
    cursor_ = which.next_;
  }
  if (which.prev_ != nullptr) {
    which.prev_->next_ = which.next_;
  } else {
    heads_[which.slot_] = which.next_;
    if (which.next_ == nullptr) {
      used_[which.slot_ / 64] &= ~(std::uint64_t{1} << (which.slot_ % 64));
    }
  }
  if (which.next_ != nullptr) {
    which.next_->prev_ = which.prev_;
  }
  which.wheel_ = nullptr;
  which.prev_ = which.next_ = nullptr;
  --size_;
}

void timer_wheel::fire_slot(std::size_t slot, time_point now) {
  // expired() may clear, set or destroy any deadline: `unlink` keeps the cursor valid, and what
  // is set meanwhile lands at the head of a slot, behind the cursor.
  cursor_ = heads_[slot];
  while (cursor_ != nullptr) {
    auto* which = cursor_;
    cursor_ = which->next_;
    if (which->at_ <= now) {
      unlink(*which);
      which->expired(now);
    }
  }
}

void timer_wheel::advance(time_point now) {
  if (now <= start_) {
    return;
  }
  const auto target = static_cast<std::uint64_t>((now - start_) / tick);
  // One turn visits every slot: after a long pause there is no need for more.
  if (target - current_ > slots) {
    current_ = target - slots;
  }
  while (current_ < target) {
    ++current_;
    const auto slot = static_cast<std::size_t>(current_ % slots);
    if (heads_[slot] != nullptr) {
      fire_slot(slot, now);
    }
  }
}

std::optional<time_point> timer_wheel::next() const noexcept {
  if (size_ == 0) {
    return std::nullopt;
  }
  const auto first = static_cast<std::size_t>((current_ + 1) % slots);
  // The word of the first slot is looked at twice: its upper bits first, its lower bits last.
  for (std::size_t step = 0; step <= used_.size(); ++step) {
    const auto word = (first / 64 + step) % used_.size();
    auto bits = used_[word];
    if (step == 0) {
      bits &= ~std::uint64_t{0} << (first % 64);
    } else if (step == used_.size()) {
      bits &= ~(~std::uint64_t{0} << (first % 64));
    }
    if (bits != 0) {
      const auto slot = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
      const auto distance = (slot + slots - first) % slots;
      return start_ + tick * static_cast<std::int64_t>(current_ + 1 + distance);
    }
  }
  return std::nullopt;
}

} // namespace kraken::net
