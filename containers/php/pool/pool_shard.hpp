// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A pool on one shard: idle workers, waiting requests, requests being worked on. Plain data and
/// plain calls: a request meets its worker here without any actor. Starts and stops no worker.
#pragma once

#include "containers/php/pool/pool_group.hpp"
#include "containers/php/pool/pool_loan.hpp"
#include "containers/php/pool/pool_settings.hpp"
#include "kraken/base/metric.hpp"
#include "kraken/model/container_status.hpp"
#include "kraken/net/event_loop.hpp"
#include "kraken/net/exchange.hpp"
#include "kraken/wire/byte_buffer.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kraken::containers {

class pool_shard;
class worker_channel;

/// Why requests are refused by a pool that ends.
inline constexpr std::string_view pool_stopping_detail = "the pool is stopping";

/// A request the pool has taken and not answered yet. Reused; its frame keeps its memory.
struct pool_slot final : net::deadline {
  enum class stage : std::uint8_t { unused, waiting, working, streaming, lent };

  stage at = stage::unused;
  bool may_retry = false;
  bool lent_streaming = false; ///< lent, and its answer has begun
  bool settled = false; ///< counted already: the client was gone or answered before the worker was
  std::uint32_t lent_to = 0; ///< shard, while lent
  std::uint32_t wire_id = 0; ///< what the frame calls the request
  std::uint32_t round = 0;   ///< tells a reused slot from the one an exchange knew
  std::uint32_t index = 0;
  net::exchange* from = nullptr;    ///< null: the client is gone
  worker_channel* worker = nullptr; ///< while working
  wire::byte_buffer frame;          ///< what the worker is sent
  pool_slot* prev = nullptr;        ///< in the queue
  pool_slot* next = nullptr;
  pool_shard* owner = nullptr;

private:
  friend class pool_shard;
  void expired(time_point now) override;
};

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
  metric refused;   ///< 503 the pool is stopping, 413 too large for a frame
  metric waiting;
  metric busy;
  metric workers;
  metric last_used_ms; ///< steady-clock ms when a worker last took or finished work
};

/// What became of a lent request by what its lender said.
enum class loan_state : std::uint8_t { waiting, streaming, congested, over };

/// @thread its shard
class pool_shard final : public net::request_sink, public std::enable_shared_from_this<pool_shard> {
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
  void update(std::shared_ptr<const pool_settings> settings) { settings_ = std::move(settings); }

  /// Answers everything that waits with 503 and refuses what comes.
  void close();

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
  [[nodiscard]] std::shared_ptr<const pool_counters> counters() const { return counters_; }
  [[nodiscard]] net::event_loop& loop() noexcept { return loop_; }

private:
  friend struct pool_slot;

  [[nodiscard]] pool_slot& take_slot();
  [[nodiscard]] worker_channel& take_idle();
  void put_idle(worker_channel& worker);
  void show_idle();
  void show_waiting();
  void show_workers();
  void seek_worker(pool_slot& slot);
  void end_lent();
  [[nodiscard]] std::uint32_t better_place() const;
  [[nodiscard]] milliseconds patience() const;
  [[nodiscard]] milliseconds lent_time() const;
  void show_use();
  void lend(pool_slot& slot, std::uint32_t to);
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
  [[nodiscard]] pool_slot* slot_of(const net::exchange& from) noexcept;
  [[nodiscard]] bool encode(pool_slot& slot, const wire::request_facts& facts);

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
  bool closed_ = false;
};

} // namespace kraken::containers
