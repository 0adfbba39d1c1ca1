// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A pool on one shard: idle workers, waiting requests, requests being worked on. Plain data and
/// plain calls: a request meets its worker here without any actor. Starts and stops no worker.
#pragma once

#include "containers/php/pool/pool_group.hpp"
#include "containers/php/pool/pool_loan.hpp"
#include "containers/php/pool/pool_settings.hpp"
#include "containers/php/pool/pool_slab.hpp"
#include "containers/php/pool/pool_slot.hpp"
#include "kraken/base/metric.hpp"
#include "kraken/model/container_status.hpp"
#include "kraken/net/event_loop.hpp"
#include "kraken/net/exchange.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kraken::containers {

class worker_channel;

/// Why requests are refused by a pool that ends.
inline constexpr std::string_view pool_stopping_detail = "the pool is stopping";
/// Why by one that cannot boot a worker.
inline constexpr std::string_view pool_hopeless_detail = "no worker of the pool boots";

/// What one shard of a pool counts. Each request ends in one of answered, crashed, timed_out,
/// queue_full, queue_expired, abandoned, refused; a lent one on the shard that it was lent to.
struct pool_counters {
  metric requests;
  metric answered;
  metric crashed;       ///< 502: the worker died or broke the protocol
  metric timed_out;     ///< 504
  metric queue_full;    ///< 503
  metric queue_expired; ///< 503
  metric retried;
  metric abandoned; ///< the client was gone first
  metric refused;   ///< 503 the pool is stopping or does not boot, 413 too large for a frame
  metric waiting;
  metric busy;
  metric workers;
  metric last_used_ms; ///< steady-clock ms when a worker last took or finished work
};

/// @thread its shard
class pool_shard final : public net::request_sink,
                         public std::enable_shared_from_this<pool_shard>,
                         private slab_owner {
public:
  pool_shard(net::event_loop& loop,
             std::shared_ptr<const pool_settings> settings,
             std::shared_ptr<pool_group> group,
             std::shared_ptr<model::gauges> live);
  ~pool_shard() override;

  pool_shard(const pool_shard&) = delete;
  pool_shard& operator=(const pool_shard&) = delete;

  // net::request_sink
  void
  submit(net::exchange& from, const wire::request_facts& facts, net::retry_policy retry) override;
  void abandon(net::exchange& from) override;
  void resume(net::exchange& from) override;
  [[nodiscard]] net::body_intake intake() const noexcept override;

  /// A worker became ready: it gets work from now on.
  void add(worker_channel& worker);

  /// A worker gets no further work. What it works on goes on.
  void retire(worker_channel& worker);

  /// A worker is gone, or must not be trusted any more: what it had is answered 502, or tried once
  /// more where the route allows that.
  void lost(worker_channel& worker);

  /// The worker has given the whole answer to its request: frees the slot and takes the next.
  void request_done(worker_channel& worker);

  /// New limits and times, from the next request on.
  void update(std::shared_ptr<const pool_settings> settings);

  // --- the slab: pool_pull.cpp
  /// Makes it possible for a worker that is about to be launched to take requests from the slab.
  /// Without a number it uses its socket.
  void enlist(worker_channel& worker, process::launch_spec& spec);
  /// As `pool_slab::watch_end`; without a number nothing happens.
  void
  watch_end(const worker_channel& worker, process::end_watch& ends, std::function<void()> told);
  /// Its process is gone for good.
  void bury(worker_channel& worker);
  /// Looks whether the worker has a request, so that `current` is true.
  /// @return whether one was found
  bool look_for(worker_channel& worker);
  /// Before anything is believed that its socket says of a request: what it has answered in the
  /// slab is taken, and the request of that number, if it has that, becomes `current`.
  void catch_up(worker_channel& worker, std::uint32_t stream);
  /// There is something on its socket.
  void mail(const worker_channel& worker);

  /// Answers everything that waits with 503 and refuses what comes.
  void close();

  /// Nobody waits for a worker while none of them boots: 503 at once, until one is there or may be.
  enum class outlook : std::uint8_t { hopeful, hopeless };
  void expect(outlook what);

  /// As `close`, and answers what workers still have with 503; streams break off. For a pool whose
  /// workers are about to be killed.
  void give_up();

  // Between the shards of a pool: see pool_loan.hpp.
  void accept_loan(loan_request request);
  void loan_speaks(std::uint32_t index,
                   std::uint32_t round,
                   const std::function<loan_state(net::exchange&)>& act);
  void loan_over(const pool_loan& loan);
  [[nodiscard]] pool_loan* find_loan(std::uint32_t home, std::uint32_t index, std::uint32_t round);

  /// Called when a request has to wait: the pool may grow.
  std::function<void()> on_pressure;

  [[nodiscard]] const pool_settings& settings() const noexcept { return *settings_; }
  [[nodiscard]] std::shared_ptr<const pool_settings> shared_settings() const { return settings_; }
  [[nodiscard]] std::shared_ptr<const pool_counters> counters() const { return counters_; }
  [[nodiscard]] net::event_loop& loop() noexcept { return loop_; }

private:
  friend struct pool_slot;

  [[nodiscard]] pool_slot& take_slot();
  [[nodiscard]] worker_channel& take_idle();
  void put_idle(worker_channel& worker);
  void show_idle();
  void show_waiting();
  void show_waiting(std::uint32_t all);
  [[nodiscard]] bool take_place();
  void show_workers();
  void seek_worker(pool_slot& slot);
  void end_lent();
  [[nodiscard]] std::uint32_t better_place() const;
  [[nodiscard]] milliseconds patience() const;
  /// What a worker is told.
  [[nodiscard]] std::uint64_t request_ms() const noexcept {
    return static_cast<std::uint64_t>(settings_->request_timeout.count());
  }
  [[nodiscard]] milliseconds lent_time() const;
  void show_use();
  void refuse_waiting(std::string_view why);
  void lend(pool_slot& slot, std::uint32_t to, loan_place place);
  void recall_loan(const pool_slot& slot);
  void resume_loan(const pool_slot& slot);
  void offer_idle_worker();
  template <class What>
  void tell_lender(std::uint32_t lender, std::uint32_t index, std::uint32_t round, What what);
  void free_slot(pool_slot& slot);
  void enqueue(pool_slot& slot);
  void enqueue_first(pool_slot& slot);
  void unqueue(pool_slot& slot);
  void assign(pool_slot& slot, worker_channel& worker);
  void overdue(pool_slot& slot);
  void expire(pool_slot& slot);
  void lost_slot(worker_channel& worker);
  void crashed(pool_slot& slot);
  void count_busy(const pool_slot& slot, int change);

  // The slab.
  /// Notices after some time who works on what, and what has waited too long.
  class look final : public net::deadline {
  public:
    explicit look(pool_shard& pool) : pool_(pool) {}

  private:
    void expired(time_point now) override { pool_.look_at_slab(now); }
    pool_shard& pool_;
  };

  void slab_reported(pool_slot& slot) override;
  void slab_settled() override;
  [[nodiscard]] bool offers_now() const;
  /// Workers that take requests from the slab, as far as is known.
  [[nodiscard]] std::uint32_t takers() const noexcept {
    return pullers_ - std::min(silent_, pullers_);
  }
  [[nodiscard]] bool puller_is_free() const noexcept { return in_slab_ < takers(); }
  [[nodiscard]] std::uint32_t waiting_in_slab() const noexcept {
    return in_slab_ > takers() ? in_slab_ - takers() : 0;
  }
  [[nodiscard]] bool offer_new(pool_slot& slot, const wire::request_facts& facts);
  void offer(pool_slot& slot, std::uint32_t place, std::uint32_t bytes);
  void offer_waiting();
  void unlink_offered(pool_slot& slot);
  void leave_slab(pool_slot& slot);
  [[nodiscard]] bool take_back(pool_slot& slot);
  void notice(pool_slot& slot, worker_channel& worker);
  void unnotice(pool_slot& slot);
  void link_offered(pool_slot& slot);
  void slab_asked(pool_slot& slot, worker_channel& worker);
  void slab_answered(pool_slot& slot, worker_channel& worker);
  [[nodiscard]] pool_slot* held_by(const worker_channel& worker);
  [[nodiscard]] bool take_answer_ahead(worker_channel& worker);
  [[nodiscard]] pool_slot* spare_waiting();
  void plan_look();
  void look_at_slab(time_point now);
  void judge_silence(bool unheard, time_point now);
  void slab_damaged(std::string_view how);
  [[nodiscard]] pool_slot* slot_of(const net::exchange& from) noexcept;
  [[nodiscard]] std::uint32_t unique_id();
  [[nodiscard]] bool take_body(pool_slot& slot) const;
  [[nodiscard]] bool encode(pool_slot& slot, const wire::request_facts& facts);
  [[nodiscard]] bool encode_parcel(pool_slot& slot, const wire::request_facts& facts);

  net::event_loop& loop_;
  std::shared_ptr<const pool_settings> settings_;
  std::shared_ptr<pool_group> group_;
  std::shared_ptr<model::gauges> live_;           ///< this shard's part of the pool's numbers
  std::vector<std::unique_ptr<pool_loan>> loans_; ///< requests of other shards
  std::shared_ptr<pool_counters> counters_ = std::make_shared<pool_counters>();
  std::deque<pool_slot> slots_; // addresses are stable
  std::uint32_t taken_ = 0;     ///< requests encoded here
  std::vector<pool_slot*> unused_;
  std::vector<worker_channel*> idle_; // the last one used is used first: warm caches
  pool_slot* first_ = nullptr;
  pool_slot* last_ = nullptr;
  std::uint32_t waiting_ = 0;
  std::uint32_t shown_waiting_ = 0; ///< of the group's number, with places just taken
  bool closed_ = false;
  bool given_up_ = false;
  bool hopeless_ = false;

  std::unique_ptr<pool_slab> slab_; ///< null: no worker asked for it yet
  bool slab_off_ = false;           ///< damaged: no worker gets it
  std::uint32_t silent_ = 0;        ///< of them, free and yet taking nothing of what is there
  time_point silent_since_{};
  std::uint32_t pullers_ = 0; ///< workers that take requests from it
  std::uint32_t in_slab_ = 0; ///< requests that have a place
  std::uint32_t slab_busy_shown_ = 0;
  pool_slot* offered_first_ = nullptr;
  pool_slot* offered_last_ = nullptr;
  look look_{*this};
};

} // namespace kraken::containers
