// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The user lane of one container: a bounded queue that says at once what becomes of a message.
/// Outlives incarnations, so a restart keeps what is queued. Pure: no CAF, no clock, no thread.
#pragma once

#include "kraken/actor/dead_letters.hpp"
#include "kraken/base/clock.hpp"
#include "kraken/model/child_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace kraken::actor {

/// A message between containers. The payload is shared, never copied.
struct letter {
  std::string from; ///< path of the sender; empty for the outside
  std::shared_ptr<const std::string> body;
  std::optional<time_point> expires{};
  /// Told what became of it, at most once; may be empty. Runs on the container's shard.
  std::function<void(result<void>)> settled{};
};

/// What became of an offered message, known at once.
enum class admission : std::uint8_t {
  accepted,
  rejected,  ///< full or closed; the sender is told
  dropped,   ///< full; this message or, with drop_oldest, an older one went to the dead letters
  must_wait, ///< full, policy block: offer it again later; the letter is untouched
};

/// A queue with a gate. Closed: nothing enters. Held: what enters waits. Open: `take` gives it out.
/// @thread not shared
class mailbox {
public:
  enum class gate : std::uint8_t { closed, held, open };

  /// @param owner path named in dead letters
  /// @param dead  outlives the mailbox
  mailbox(model::mailbox_spec spec, std::string owner, dead_letters& dead);

  /// @param what moved from unless the answer is must_wait
  [[nodiscard]] admission offer(letter& what);

  /// The next message while the gate is open; those past their time go to the dead letters.
  [[nodiscard]] std::optional<letter> take(time_point now);

  void set(gate to) noexcept { gate_ = to; }
  [[nodiscard]] gate at() const noexcept { return gate_; }

  /// Closes the gate and sends everything queued to the dead letters, telling each sender
  /// `why_error`.
  void discard(dead_reason why, errc why_error);

  [[nodiscard]] std::size_t size() const noexcept { return queue_.size(); }

private:
  void bury(letter& what, dead_reason why, errc why_error);

  model::mailbox_spec spec_;
  std::string owner_;
  dead_letters& dead_;
  std::deque<letter> queue_;
  gate gate_ = gate::closed;
};

} // namespace kraken::actor
