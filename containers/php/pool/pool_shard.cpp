// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Queueing, assigning and ending of requests.
#include "containers/php/pool/pool_shard.hpp"

#include "containers/php/pool/worker_channel.hpp"
#include "kraken/base/assert.hpp"
#include "kraken/wire/narya_frame.hpp"

#include <algorithm>
#include <limits>

namespace kraken::containers {

namespace {

// A slot that held one large upload gives its memory back.
constexpr std::size_t kept_frame_bytes = 64U << 10U;

// RFC 9110 9.2.2.
bool may_repeat(wire::http_method method) {
  switch (method) {
  case wire::http_method::get:
  case wire::http_method::head:
  case wire::http_method::put:
  case wire::http_method::delete_:
  case wire::http_method::options:
  case wire::http_method::trace:
    return true;
  case wire::http_method::post:
  case wire::http_method::patch:
  case wire::http_method::other:
    break;
  }
  return false;
}

} // namespace

void pool_slot::expired(time_point /*now*/) {
  owner->overdue(*this);
}

pool_shard::pool_shard(net::event_loop& loop,
                       std::shared_ptr<const pool_settings> settings,
                       std::shared_ptr<pool_group> group,
                       std::shared_ptr<model::gauges> live)
    : loop_(loop), settings_(std::move(settings)), group_(std::move(group)),
      live_(std::move(live)) {
  show_use();
}

pool_shard::~pool_shard() {
  close();
  end_lent();
}

pool_slot& pool_shard::take_slot() {
  if (unused_.empty()) {
    auto& made = slots_.emplace_back();
    made.index = static_cast<std::uint32_t>(slots_.size() - 1);
    made.owner = this;
    return made;
  }
  auto& slot = *unused_.back();
  unused_.pop_back();
  return slot;
}

void pool_shard::free_slot(pool_slot& slot) {
  slot.deadline::clear();
  slot.at = pool_slot::stage::unused;
  slot.from = nullptr;
  slot.worker = nullptr;
  slot.lent_streaming = false;
  slot.settled = false;
  slot.parcel = false;
  slot.frame_sent = false;
  slot.answered_ahead = false;
  if (slot.place != pool_slab::no_place) {
    leave_slab(slot);
  }
  ++slot.round;
  slot.frame.clear();
  slot.frame.release_above(kept_frame_bytes);
  if (slot.body.file) {
    slot.body = {};
  }
  unused_.push_back(&slot);
}

pool_slot* pool_shard::slot_of(const net::exchange& from) noexcept {
  if (from.slot >= slots_.size()) {
    return nullptr;
  }
  auto& slot = slots_[from.slot];
  return slot.round == from.slot_round && slot.from == &from ? &slot : nullptr;
}

worker_channel& pool_shard::take_idle() {
  auto& worker = *idle_.back();
  idle_.pop_back();
  show_idle();
  return worker;
}

void pool_shard::put_idle(worker_channel& worker) {
  idle_.push_back(&worker);
  if (group_->size() > 1) {
    show_idle();
    offer_idle_worker();
  }
}

// A pool with one shard has nobody to tell: no fence on the hot path.
void pool_shard::show_idle() {
  if (group_->size() > 1) {
    const auto pulling = puller_is_free() ? takers() - in_slab_ : 0;
    group_->line(loop_.index()).idle.store(static_cast<std::uint32_t>(idle_.size()) + pulling);
  }
}

void pool_shard::show_workers() {
  group_->line(loop_.index()).workers.store(static_cast<std::uint32_t>(counters_->workers.get()));
}

void pool_shard::show_use() {
  counters_->last_used_ms.set(
      std::chrono::duration_cast<milliseconds>(loop_.now().time_since_epoch()).count());
}

void pool_shard::show_waiting() {
  const auto all = waiting_ + waiting_in_slab();
  if (all == shown_waiting_) {
    return;
  }
  group_->count_waiting(std::int64_t{all} - shown_waiting_);
  show_waiting(all);
}

void pool_shard::show_waiting(std::uint32_t all) {
  shown_waiting_ = all;
  counters_->waiting.set(all);
  live_->waiting.set(all);
  if (group_->size() > 1) {
    group_->line(loop_.index()).waiting.store(all);
  }
}

// It is shown before it is used, or two shards would take the last place.
bool pool_shard::take_place() {
  show_waiting(); // this batch's are counted at its end
  if (!group_->take_place(settings_->queue_max)) {
    return false;
  }
  show_waiting(shown_waiting_ + 1);
  return true;
}

net::body_intake pool_shard::intake() const noexcept {
  if (settings_->takes_files) {
    return {.most = std::numeric_limits<std::uint64_t>::max(), .as_file = true};
  }
  return {.most = settings_->speaks == dialect::narya ? limits::narya_frame_bytes_max
                                                      : limits::frame_bytes_max};
}

// False: the pool has other workers than when the body began to arrive.
bool pool_shard::take_body(pool_slot& slot) const {
  slot.body = slot.from->body();
  return settings_->takes_files && slot.body.file;
}

bool pool_shard::encode(pool_slot& slot, const wire::request_facts& facts) {
  slot.wire_id = slot.index + 1;
  if (settings_->speaks == dialect::narya) {
    // Applications trace by this number.
    slot.wire_id = unique_id();
    const wire::narya_request request{.id = slot.wire_id,
                                      .head = facts.head,
                                      .path = facts.path,
                                      .uri = {},
                                      .body = facts.body,
                                      .remote = facts.remote,
                                      .scheme = facts.scheme,
                                      .timeout_ms = request_ms(),
                                      .worker_id = wire::narya_worker_later,
                                      .server = {}};
    return wire::append_narya_request(slot.frame, request);
  }
  if (settings_->by_slab) {
    slot.wire_id = unique_id();
    return encode_parcel(slot, facts);
  }
  auto timed = facts;
  timed.timeout_ms = request_ms();
  return wire::append_request_frame(slot.frame, slot.wire_id, timed);
}

// No other request of the pool has it, until it comes round.
std::uint32_t pool_shard::unique_id() {
  const auto id = taken_++ * static_cast<std::uint32_t>(group_->size()) + loop_.index() + 1;
  return id != 0 ? id : unique_id();
}

void pool_shard::submit(net::exchange& from,
                        const wire::request_facts& facts,
                        net::retry_policy retry) {
  counters_->requests.add();
  if (closed_ || hopeless_) {
    counters_->refused.add();
    from.failed(503, closed_ ? pool_stopping_detail : pool_hopeless_detail);
    return;
  }
  const bool must_wait = idle_.empty() && !puller_is_free();
  const auto elsewhere = must_wait ? better_place() : group_->size();
  const bool goes_away = elsewhere != group_->size();
  if (must_wait && !goes_away && !take_place()) {
    counters_->queue_full.add();
    if (on_pressure) {
      on_pressure();
    }
    from.failed(503, "the queue is full");
    return;
  }
  auto& slot = take_slot();
  slot.from = &from;
  slot.may_retry = retry == net::retry_policy::idempotent && may_repeat(facts.head->method);
  from.slot = slot.index;
  from.slot_round = slot.round;
  const bool offered = !goes_away && offers_now();
  const bool stored = facts.stored_bytes != 0;
  if ((stored && !take_body(slot)) || (offered ? !offer_new(slot, facts) : !encode(slot, facts))) {
    free_slot(slot);
    show_waiting();
    counters_->refused.add();
    from.failed(413, "the request does not fit into a frame");
    return;
  }
  if (offered) {
    if (must_wait && on_pressure) {
      on_pressure();
    }
    return;
  }
  if (goes_away) {
    lend(slot, elsewhere, loan_place::none);
    return;
  }
  if (!idle_.empty()) {
    assign(slot, take_idle());
    return;
  }
  enqueue(slot);
  must_wait ? seek_worker(slot) : offer_waiting();
}

void pool_shard::count_busy(const pool_slot& slot, int change) {
  if (slot.place == pool_slab::no_place) { // those of the slab are counted by slab_settled
    counters_->busy.add(change);
    live_->busy.add(change);
  }
}

milliseconds pool_shard::patience() const {
  return settings_->queue_timeout.count() > 0 ? settings_->queue_timeout
                                              : settings_->request_timeout;
}

void pool_shard::enqueue(pool_slot& slot) {
  slot.at = pool_slot::stage::waiting;
  slot.since = loop_.now();
  slot.prev = last_;
  slot.next = nullptr;
  (last_ != nullptr ? last_->next : first_) = &slot;
  last_ = &slot;
  ++waiting_;
  show_waiting();
  loop_.set(slot, patience());
}

void pool_shard::enqueue_first(pool_slot& slot) {
  slot.at = pool_slot::stage::waiting;
  slot.prev = nullptr;
  slot.next = first_;
  (first_ != nullptr ? first_->prev : last_) = &slot;
  first_ = &slot;
  ++waiting_;
  show_waiting();
}

void pool_shard::unqueue(pool_slot& slot) {
  (slot.prev != nullptr ? slot.prev->next : first_) = slot.next;
  (slot.next != nullptr ? slot.next->prev : last_) = slot.prev;
  slot.prev = slot.next = nullptr;
  --waiting_;
  show_waiting();
}

void pool_shard::assign(pool_slot& slot, worker_channel& worker) {
  slot.at = pool_slot::stage::working;
  slot.worker = &worker;
  show_use();
  count_busy(slot, 1);
  worker.begin(slot);
  loop_.set(slot, settings_->request_timeout);
}

void pool_shard::add(worker_channel& worker) {
  counters_->workers.add();
  show_workers();
  worker.in_pool = true;
  hopeless_ = false;
  if (worker.pulls) {
    ++pullers_;
    slab_->admit(worker.seat);
    offer_waiting();
    show_waiting();
    show_idle();
    if (group_->size() > 1 && puller_is_free()) {
      offer_idle_worker();
    }
  } else if (first_ != nullptr) {
    auto& slot = *first_;
    unqueue(slot);
    assign(slot, worker);
  } else {
    put_idle(worker);
  }
}

void pool_shard::retire(worker_channel& worker) {
  if (worker.in_pool) {
    worker.in_pool = false;
    counters_->workers.add(-1);
    show_workers();
    if (worker.pulls) {
      --pullers_;
      slab_->retire(worker.seat);
      show_waiting();
    }
    idle_.erase(std::remove(idle_.begin(), idle_.end(), &worker), idle_.end());
    show_idle();
  }
}

void pool_shard::request_done(worker_channel& worker) {
  auto& slot = *worker.current;
  worker.current = nullptr;
  counters_->answered.add(slot.settled ? 0 : 1);
  count_busy(slot, -1);
  free_slot(slot);
  live_->requests.add();
  show_use();
  const bool more = worker.may_continue(); // asked of a retired one too: it may wait for this
  const bool goes_on = worker.in_pool && more;
  if (!goes_on) {
    retire(worker);
  }
  if (take_answer_ahead(worker) || !goes_on) {
    return;
  }
  if (worker.pulls) {
    offer_waiting();
    if (group_->size() > 1 && puller_is_free()) {
      offer_idle_worker();
    }
    return;
  }
  if (first_ != nullptr) {
    auto& following = *first_;
    unqueue(following);
    assign(following, worker);
  } else {
    put_idle(worker);
  }
}

} // namespace kraken::containers
