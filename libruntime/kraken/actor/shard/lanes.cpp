// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. Elements are linked through themselves, so nothing is allocated here.
#include "kraken/actor/shard/lanes.hpp"

#include <utility>

namespace kraken::actor {

void lanes::lane::append(caf::mailbox_element* one) noexcept {
  one->next = nullptr;
  if (first_ == nullptr) {
    first_ = one;
  } else {
    last_->next = one;
  }
  last_ = one;
}

caf::mailbox_element_ptr lanes::lane::take() noexcept {
  auto* const one = first_;
  if (one != nullptr) {
    first_ = static_cast<caf::mailbox_element*>(one->next);
  }
  return caf::mailbox_element_ptr(one);
}

caf::mailbox_element_ptr lanes::take() noexcept {
  if (!arriving_.empty()) {
    sort_in();
  }
  return ahead_.empty() ? behind_.take() : ahead_.take();
}

void lanes::sort_in() noexcept {
  caf::mailbox_element* oldest = nullptr;
  for (auto* one = arriving_.take_head(); one != nullptr;) {
    auto* const before = static_cast<caf::mailbox_element*>(one->next);
    one->next = std::exchange(oldest, one);
    one = before;
  }
  while (oldest != nullptr) {
    auto* const one = oldest;
    oldest = static_cast<caf::mailbox_element*>(one->next);
    (one->is_high_priority() ? ahead_ : behind_).append(one);
  }
}

void lanes::close() noexcept {
  if (!arriving_.closed()) {
    arriving_.close();
  }
  while (!ahead_.empty()) {
    ahead_.take().reset();
  }
  while (!behind_.empty()) {
    behind_.take().reset();
  }
}

} // namespace kraken::actor
