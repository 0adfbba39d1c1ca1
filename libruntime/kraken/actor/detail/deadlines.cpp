// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/detail/deadlines.hpp"

namespace kraken::actor {

deadlines::token deadlines::at(time_point when, std::function<void()> then) {
  const token made{when, ++last_};
  if (waiting_ == nullptr) {
    waiting_ = std::make_unique<actions>();
  }
  waiting_->emplace(std::pair{when, made.number}, std::move(then));
  return made;
}

void deadlines::cancel(token& which) noexcept {
  if (which.number != 0) {
    if (waiting_ != nullptr) {
      waiting_->erase({which.at, which.number});
    }
    which = {};
  }
}

std::optional<time_point> deadlines::next() const noexcept {
  if (size() == 0) {
    return std::nullopt;
  }
  return waiting_->begin()->first.first;
}

std::function<void()> deadlines::take_due(time_point now) {
  if (size() == 0 || waiting_->begin()->first.first > now) {
    return nullptr;
  }
  auto due = waiting_->extract(waiting_->begin());
  return std::move(due.mapped());
}

} // namespace kraken::actor
