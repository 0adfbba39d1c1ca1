// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What senders know of a container without asking it: where its shell is, whether it takes letters
/// now and how many wait. A seat belongs to one shell for good: a new container with the same path
/// has another one. Decides about admission; holds no letter.
#pragma once

#include "kraken/actor/letter.hpp"
#include "kraken/base/executor.hpp"
#include "kraken/model/child_spec.hpp"
#include "kraken/model/container_status.hpp"

#include "caf/actor.hpp"
#include "caf/actor_cast.hpp"
#include "caf/actor_control_block.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace kraken::actor {

/// The shell as a sender on its own thread sees it: a letter needs no message of CAF to get there.
class letter_taker {
public:
  virtual ~letter_taker() = default;

  /// Queues an admitted letter; never hands it over inside this call.
  virtual void take_letter(letter&& what) = 0;
};

class seat {
public:
  /// Whether letters are taken now.
  enum class presence : std::uint8_t {
    online, ///< started: all of them
    deaf,   ///< ready, and what runs there takes none
    away,   ///< created or failed: those that may wait here
    closed, ///< stopped or destroyed: none
  };

  /// What becomes of a letter, decided on the sender's thread.
  enum class verdict : std::uint8_t {
    sent,
    buffered,
    refused, ///< away or closed
    full,
    dropped,   ///< full, policy drop_newest
    must_wait, ///< full, policy block
    unheard,   ///< deaf
  };

  seat(std::shared_ptr<const std::string> path,
       model::mailbox_spec spec,
       std::shared_ptr<dead_letters> dead);
  seat(std::string path, model::mailbox_spec spec, std::shared_ptr<dead_letters> dead);

  [[nodiscard]] const std::string& path() const noexcept { return *path_; }
  [[nodiscard]] const std::shared_ptr<const std::string>& shared_path() const noexcept {
    return path_;
  }

  /// Takes a place in the mailbox for one letter (`sent`, `buffered`), or none.
  /// @thread any
  [[nodiscard]] verdict admit(delivery mode) noexcept;
  /// Takes a place for a letter that comes back: it had one, so there is no asking.
  void readmit() noexcept { lane_.depth.fetch_add(1, std::memory_order_relaxed); }
  /// Gives a place back: a letter has left the mailbox.
  void vacate() noexcept { lane_.depth.fetch_sub(1, std::memory_order_relaxed); }
  /// @thread any
  [[nodiscard]] bool has_room() const noexcept;

  /// @thread the shell's
  void show(presence now) noexcept { presence_.store(now, std::memory_order_release); }
  [[nodiscard]] presence shown() const noexcept {
    return presence_.load(std::memory_order_acquire);
  }

  [[nodiscard]] const model::mailbox_spec& spec() const noexcept { return spec_; }
  [[nodiscard]] model::mailbox_gauges& lane() noexcept { return lane_; }

  /// Sends a letter to the dead letters and answers it. Does not vacate its place.
  /// @thread any
  void bury(letter& what, dead_reason why) noexcept;

  /// What to say of a letter that ends so.
  [[nodiscard]] std::string text_of(dead_reason why) const;
  [[nodiscard]] dead_letters& dead() const noexcept { return *dead_; }

  /// Called once, before anybody else knows the seat.
  /// @param on the shell's thread
  void lend(letter_taker* shell, const executor* on) noexcept {
    taker_ = shell;
    taker_on_ = on;
  }
  /// The shell has ended. Other threads read whose thread it is, so that stays.
  void take_back() noexcept { taker_ = nullptr; }
  /// Null on any other thread than the shell's, and when it has ended.
  [[nodiscard]] letter_taker* here() const noexcept {
    return taker_on_ != nullptr && taker_on_->on_this_thread() ? taker_ : nullptr;
  }

  /// Called once, before anybody else knows the seat.
  void sit(const caf::actor& shell) noexcept {
    shell_ = caf::actor_cast<caf::weak_actor_ptr>(shell);
  }
  /// Invalid when the shell is gone.
  /// @thread any
  [[nodiscard]] caf::actor shell() const noexcept { return caf::actor_cast<caf::actor>(shell_); }

private:
  letter_taker* taker_ = nullptr; ///< written and read on its thread
  const executor* taker_on_ = nullptr;
  caf::weak_actor_ptr shell_; ///< the shell holds its seat: a strong one would be a cycle
  std::shared_ptr<const std::string> path_;
  model::mailbox_spec spec_;
  std::shared_ptr<dead_letters> dead_; ///< a letter in a mailbox may outlive its tree
  model::mailbox_gauges lane_;         ///< statuses that show it share the seat
  std::atomic<presence> presence_{presence::away};
};

using seat_ptr = std::shared_ptr<seat>;

} // namespace kraken::actor
