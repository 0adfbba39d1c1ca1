// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Start-time fair queueing with requests of equal length.
#include "kraken/actor/boot_gate.hpp"

#include <algorithm>
#include <utility>

namespace kraken::actor {

boot_gate::pass::pass(boot_gate& gate, const std::string& family, std::function<void()> turn)
    : gate_(gate), turn_(std::move(turn)) {
  gate_.enter(*this, family);
}

boot_gate::pass::~pass() {
  gate_.leave(*this);
}

void boot_gate::enter(pass& who, const std::string& family) {
  if (free_ > 0) {
    --free_;
    who.holds_ = true;
    return;
  }
  auto& last = last_[family];
  last = std::max(now_, last + 1);
  who.at_ = queue_.emplace(last, &who);
}

void boot_gate::leave(pass& who) {
  if (who.holds_) {
    ++free_;
    return serve();
  }
  queue_.erase(who.at_);
}

void boot_gate::serve() {
  while (free_ > 0 && !queue_.empty()) {
    const auto first = queue_.begin();
    auto& next = *first->second;
    now_ = first->first;
    queue_.erase(first);
    --free_;
    next.holds_ = true;
    next.turn_();
  }
  if (queue_.empty()) {
    last_.clear();
    now_ = 0;
  }
}

} // namespace kraken::actor
