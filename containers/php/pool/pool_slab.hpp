// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The daemon's end of a slab (docs/decisions/0022): its slots, its workers' numbers, the bells
/// both ways. Believes nothing that stands in it; decides nothing about requests.
#pragma once

#include "kraken/net/event_loop.hpp"
#include "kraken/process/launch/launch_spec.hpp"
#include "kraken/process/watch/end_watch.hpp"
#include "kraken/slab/segment.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace kraken::containers {

class worker_channel;
struct pool_slot;

/// What the slab tells its pool.
class slab_owner {
public:
  virtual ~slab_owner() = default;

  /// A worker says that the request is answered, or that it wants its frame.
  virtual void slab_reported(pool_slot& slot) = 0;
  /// The batch is over: load can be shown, the first look can be planned.
  virtual void slab_settled() = 0;
};

/// @thread its shard's
class pool_slab final : private net::poller, private net::watcher, private net::batch_task {
public:
  static constexpr std::uint32_t no_place = 0xffff'ffff;
  static constexpr std::uint32_t no_worker = 0xffff'ffff;

  /// @error errc::system_error
  [[nodiscard]] static result<std::unique_ptr<pool_slab>> make(net::event_loop& loop,
                                                               slab_owner& owner);
  ~pool_slab() override;

  // --- workers
  /// Gives a worker a number. It takes nothing before it is admitted.
  /// @param quota requests it may take in all; 0: any number
  /// @return none when all are taken
  [[nodiscard]] std::optional<std::uint32_t> enlist(worker_channel& worker, std::uint64_t quota);
  /// Puts the descriptors into what a worker is launched with, and their number.
  /// @error errc::system_error
  [[nodiscard]] result<void> hand_over(process::launch_spec& spec) const;
  /// The worker is ready: it takes requests from now on. Not by itself, or one that is stopped at
  /// that moment would be ended with a request that nobody knows it has.
  void admit(std::uint32_t number);
  /// The worker takes no more; what it has goes on.
  void retire(std::uint32_t number);
  void set_quota(std::uint64_t quota);
  /// There is something on its socket.
  void mail(std::uint32_t number);
  /// Has `told` called on this shard when the kernel says that the worker ends, once at most and
  /// not after `bury`. It may never be: that is no promise.
  void watch_end(std::uint32_t number, process::end_watch& ends, std::function<void()> told);
  /// Its process is gone: the number is free.
  void bury(std::uint32_t number);
  [[nodiscard]] std::uint32_t workers() const noexcept { return enlisted_; }
  [[nodiscard]] std::vector<worker_channel*> seated() const;

  // --- slots
  [[nodiscard]] bool has_room() const noexcept { return !free_.empty(); }
  /// @return a place; only while `has_room`
  [[nodiscard]] std::uint32_t take();
  [[nodiscard]] std::span<char> request_of(std::uint32_t place) const;
  [[nodiscard]] std::string_view answer_of(std::uint32_t place) const;
  /// Lets workers have it.
  /// @param stream        what frames call the request
  /// @param request_bytes 0: it does not fit, its frame has to be asked for
  /// @return false: the ring is full; nothing has changed
  [[nodiscard]] bool
  offer(std::uint32_t place, pool_slot& slot, std::uint32_t stream, std::uint32_t request_bytes);
  /// Whether what is offered can be taken: false when somebody has scribbled where that is read.
  [[nodiscard]] bool can_be_claimed() const;
  /// @return false: a worker has it
  [[nodiscard]] bool withdraw(std::uint32_t place);
  /// Nobody works on it any more.
  void free(std::uint32_t place);

  /// Who has it, as far as the slab can be believed: null for nobody, or for somebody unknown.
  [[nodiscard]] worker_channel* holder_of(std::uint32_t place) const;
  /// The same, of a word that `look` gave.
  [[nodiscard]] worker_channel* holder_in(const slab::slot_word& word) const {
    return word.owner != 0 ? seats_[word.owner - 1] : nullptr;
  }
  /// The slot's word, whose generation is the current one; or none: somebody has scribbled on it.
  [[nodiscard]] std::optional<slab::slot_word> look(std::uint32_t place) const;
  /// The frame was sent: the slot is in work like any other.
  void frame_sent(std::uint32_t place);

  /// Takes what was reported.
  /// @return whether there was anything
  bool drain();
  /// Wakes who should be awake: for when a worker may have been stopped while it woke another.
  /// @return whether nobody has touched what was there at the last call already
  [[nodiscard]] bool nudge();
  /// The batch changed something: bells are rung at its end.
  void touch() { loop_.at_batch_end(*this); }

private:
  /// Who tells of a worker's end.
  struct end_teller {
    std::shared_ptr<std::function<void()>> told; ///< only while the number is that worker's
    std::unique_ptr<process::end_watch::place> place;
  };

  struct place_record {
    std::uint32_t generation = 0;
    pool_slot* slot = nullptr; ///< null: free
  };

  pool_slab(net::event_loop& loop, slab_owner& owner, slab::segment memory, unique_fd bell);

  bool poll() override;
  void before_sleep() override;
  void on_ready(std::uint32_t) override {} // the round's `poll` finds it
  void at_batch_end() override;
  void ring_own_bell() const;
  [[nodiscard]] bool may_own(std::uint16_t owner) const;

  net::event_loop& loop_;
  slab_owner& owner_;
  slab::segment memory_;
  unique_fd bell_;                  ///< eventfd
  std::vector<std::uint32_t> free_; ///< the last one used is used first: warm memory
  std::vector<place_record> places_;
  std::vector<worker_channel*> seats_; ///< by number
  std::vector<end_teller> tellers_;    ///< by number; before the memory they look at ends
  std::uint32_t enlisted_ = 0;
  std::uint32_t tail_ = 0;        ///< offers made
  std::uint32_t claims_seen_ = 0; ///< at the last nudge
  std::uint32_t tail_seen_ = 0;
  bool offered_ = false; ///< in this batch
};

} // namespace kraken::containers
