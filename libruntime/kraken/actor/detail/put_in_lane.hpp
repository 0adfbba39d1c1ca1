// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The two lanes of a shell's mailbox: lifecycle before letters. Knows no message.
#pragma once

#include "caf/actor.hpp"
#include "caf/actor_cast.hpp"
#include "caf/actor_control_block.hpp"
#include "caf/mailbox_element.hpp"
#include "caf/message_id.hpp"

#include <type_traits>
#include <utility>

namespace kraken::actor {

/// Sends in the lifecycle lane: before every message of the user lane. To nobody: nothing happens.
template <class Message>
void put_ahead(const caf::actor& whom, Message&& what) {
  static_assert(std::is_rvalue_reference_v<Message&&>, "what is sent is not written any more");
  if (!whom) {
    return;
  }
  const auto to = caf::actor_cast<caf::actor_control_block*>(whom);
  const auto ahead = caf::make_message_id(caf::message_priority::high);
  to->enqueue(caf::make_mailbox_element(nullptr, ahead, {}, std::forward<Message>(what)), nullptr);
}

/// Sends in the user lane: behind everything this thread has sent there before. To nobody: the
/// message is destroyed here, and a letter in it ends as one that was still on its way.
template <class Message>
void post_to(const caf::actor& whom, Message&& what) {
  static_assert(std::is_rvalue_reference_v<Message&&>, "what is sent is not written any more");
  if (!whom) {
    return;
  }
  const auto to = caf::actor_cast<caf::actor_control_block*>(whom);
  const auto behind = caf::make_message_id();
  to->enqueue(caf::make_mailbox_element(nullptr, behind, {}, std::forward<Message>(what)), nullptr);
}

} // namespace kraken::actor
