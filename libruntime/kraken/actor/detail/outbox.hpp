// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Letters that wait at their sender: for the sender to be ready (buffer_offline), or for room in a
/// mailbox that blocks. One queue per target, so that what follows stays behind. Bounded by the
/// sender's own mailbox capacity.
#pragma once

#include "kraken/actor/detail/seat.hpp"
#include "kraken/base/clock.hpp"

#include <cstddef>
#include <list>
#include <map>
#include <memory>

namespace kraken::actor {

/// Tells a sender that there may be room now, when it is destroyed: by the shell that waits for it,
/// or because that shell has ended.
class room_ticket {
public:
  room_ticket(seat_ptr waiter, seat_ptr full);
  ~room_ticket();
  room_ticket(const room_ticket&) = delete;
  room_ticket& operator=(const room_ticket&) = delete;

private:
  seat_ptr waiter_;
  seat_ptr full_;
};

/// @thread the sender's shard
class outbox {
public:
  explicit outbox(seat_ptr own) : own_(std::move(own)) {}

  /// Whether something waits for `to`, so that a letter must go behind it.
  [[nodiscard]] bool holds(const seat_ptr& to) const { return queues_.contains(to); }

  /// @error errc::mailbox_full; the letter is buried
  [[nodiscard]] result<posted> put(letter&& what, const seat_ptr& to);

  /// Sends what may be sent now to one target, or to all.
  void flush(const seat_ptr& to, time_point now);
  void flush_all(time_point now);

  /// What still waits is dead; the last call but the destructor.
  void close();

private:
  std::map<seat_ptr, std::list<letter>> queues_;
  seat_ptr own_;
  std::size_t size_ = 0; ///< over all queues
};

} // namespace kraken::actor
