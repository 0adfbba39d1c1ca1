// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What waits for one actor: messages of the lifecycle lane before those of the user lane, each
/// lane in the order any one thread put them in. Knows no message and runs nobody.
#pragma once

#include "caf/intrusive/inbox_result.hpp"
#include "caf/intrusive/lifo_inbox.hpp"
#include "caf/mailbox_element.hpp"

namespace kraken::actor {

/// @thread its actor's, but for `put`
class lanes {
public:
  lanes() = default;
  lanes(const lanes&) = delete;
  lanes& operator=(const lanes&) = delete;
  ~lanes() { close(); }

  /// @return `unblocked_reader`: nobody runs the actor yet, so the caller has to see to it;
  ///         `queue_closed`: the message was destroyed
  /// @thread any
  [[nodiscard]] caf::intrusive::inbox_result put(caf::mailbox_element_ptr what) noexcept {
    return arriving_.push_front(std::move(what));
  }

  /// The next message; null when nothing has come.
  [[nodiscard]] caf::mailbox_element_ptr take() noexcept;

  /// @return true when nothing waits: the actor need not run until `put` says so
  [[nodiscard]] bool rest() noexcept {
    return ahead_.empty() && behind_.empty() && arriving_.try_block();
  }

  /// Destroys what waits, and what comes from now on.
  void close() noexcept;

private:
  /// First in, first out.
  class lane {
  public:
    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
    void append(caf::mailbox_element* one) noexcept;
    [[nodiscard]] caf::mailbox_element_ptr take() noexcept;

  private:
    caf::mailbox_element* first_ = nullptr;
    caf::mailbox_element* last_ = nullptr;
  };

  struct inbox_policy {
    using mapped_type = caf::mailbox_element;
    using unique_pointer = caf::mailbox_element_ptr;
  };

  void sort_in() noexcept;

  caf::intrusive::lifo_inbox<inbox_policy> arriving_; ///< newest first
  lane ahead_;
  lane behind_;
};

} // namespace kraken::actor
