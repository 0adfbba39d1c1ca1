// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The user lane of one container: letters that were admitted and wait for their turn. Outlives
/// incarnations, so a restart keeps what is queued. Admission itself is the seat's.
#pragma once

#include "kraken/actor/detail/seat.hpp"
#include "kraken/base/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>

namespace kraken::actor {

/// A queue with a gate. Closed: nothing enters. Held: what enters waits. Open: `take` gives it out.
/// @thread not shared
class mailbox {
public:
  enum class gate : std::uint8_t { closed, held, open };

  explicit mailbox(seat_ptr own);

  /// Takes in a letter the seat has admitted; gives up its place when it can not stay.
  void add(letter&& what);

  /// The next letter while the gate is open; those past their time go to the dead letters, those
  /// nobody waits for any more go.
  [[nodiscard]] std::optional<letter> take(time_point now);

  /// Whether a letter that is just coming in may be handed over without queueing.
  [[nodiscard]] bool idle() const noexcept { return gate_ == gate::open && queue_.empty(); }

  /// Nobody waits for this request any more: if its letter waits it goes at once, and its place is
  /// free. @cost none that grows with what waits
  /// @return whether it did
  bool drop(open_call& call);

  /// Keeps a letter that was taken until `unstash()`.
  /// @return false, and the letter untouched, when as many are kept as the mailbox holds
  [[nodiscard]] bool stash(letter&& what);
  /// What was stashed is next, in its order.
  void unstash() noexcept;

  void set(gate to) noexcept { gate_ = to; }
  [[nodiscard]] gate at() const noexcept { return gate_; }

  /// Closes the gate and sends everything queued to the dead letters, with an answer.
  void discard(dead_reason why);
  /// The container is gone: the last call but the destructor.
  void let_go() noexcept { own_.reset(); }

  [[nodiscard]] std::size_t size() const noexcept { return queue_.size(); }
  [[nodiscard]] bool empty() const noexcept { return queue_.empty(); }
  /// Whether `take` has to know the time: most letters may wait for ever.
  [[nodiscard]] bool looks_at_time() const noexcept {
    return !queue_.empty() && queue_.front().expires.has_value();
  }

  /// Whether a letter must not be handed over any more; then it is dealt with.
  [[nodiscard]] bool is_over(letter& what, time_point now);

private:
  [[nodiscard]] letter take_out(std::list<letter>::iterator which);

  seat_ptr own_;
  std::unique_ptr<std::list<letter>> stashed_; ///< null: nothing
  std::list<letter> queue_;                    ///< a list: nothing allocated while nothing waits
  gate gate_ = gate::held;
};

} // namespace kraken::actor
