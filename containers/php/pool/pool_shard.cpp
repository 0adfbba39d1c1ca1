// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Queueing, assigning and ending of requests.
#include "containers/php/pool/pool_shard.hpp"

#include "containers/php/pool/worker_channel.hpp"
#include "kraken/base/assert.hpp"
#include "kraken/wire/narya_frame.hpp"

#include <algorithm>

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
  ++slot.round;
  slot.frame.clear();
  slot.frame.release_above(kept_frame_bytes);
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
    group_->line(loop_.index()).idle.store(static_cast<std::uint32_t>(idle_.size()));
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
  counters_->waiting.set(waiting_);
  live_->waiting.set(waiting_);
  if (group_->size() > 1) {
    group_->line(loop_.index()).waiting.store(waiting_);
  }
}

bool pool_shard::encode(pool_slot& slot, const wire::request_facts& facts) {
  const auto allowed = static_cast<std::uint64_t>(settings_->request_timeout.count());
  slot.wire_id = slot.index + 1;
  if (settings_->speaks == dialect::narya) {
    // Applications trace by this number: no other request of the pool has it.
    slot.wire_id = taken_++ * static_cast<std::uint32_t>(group_->size()) + loop_.index() + 1;
    const wire::narya_request request{.id = slot.wire_id,
                                      .head = facts.head,
                                      .path = facts.path,
                                      .uri = {},
                                      .body = facts.body,
                                      .remote = facts.remote,
                                      .scheme = facts.scheme,
                                      .timeout_ms = allowed,
                                      .worker_id = wire::narya_worker_later,
                                      .server = {}};
    return wire::append_narya_request(slot.frame, request);
  }
  auto timed = facts;
  timed.timeout_ms = allowed;
  return wire::append_request_frame(slot.frame, slot.wire_id, timed);
}

void pool_shard::submit(net::exchange& from,
                        const wire::request_facts& facts,
                        net::retry_policy retry) {
  counters_->requests.add();
  if (closed_) {
    counters_->refused.add();
    from.failed(503, pool_stopping_detail);
    return;
  }
  const bool must_wait = idle_.empty();
  if (must_wait && waiting_ >= settings_->queue_max && better_place() == group_->size()) {
    counters_->queue_full.add();
    if (on_pressure) {
      on_pressure();
    }
    from.failed(503, "the queue is full");
    return;
  }
  auto& slot = take_slot();
  if (!encode(slot, facts)) {
    free_slot(slot);
    counters_->refused.add();
    from.failed(413, "the request does not fit into a frame");
    return;
  }
  slot.from = &from;
  slot.may_retry = retry == net::retry_policy::idempotent && may_repeat(facts.head->method);
  from.slot = slot.index;
  from.slot_round = slot.round;
  if (!must_wait) {
    assign(slot, take_idle());
    return;
  }
  enqueue(slot);
  seek_worker(slot);
}

milliseconds pool_shard::patience() const {
  return settings_->queue_timeout.count() > 0 ? settings_->queue_timeout
                                              : settings_->request_timeout;
}

void pool_shard::enqueue(pool_slot& slot) {
  slot.at = pool_slot::stage::waiting;
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
  counters_->busy.add();
  live_->busy.add();
  worker.begin(slot);
  loop_.set(slot, settings_->request_timeout);
}

void pool_shard::add(worker_channel& worker) {
  counters_->workers.add();
  show_workers();
  worker.in_pool = true;
  if (first_ != nullptr) {
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
    idle_.erase(std::remove(idle_.begin(), idle_.end(), &worker), idle_.end());
    show_idle();
  }
}

void pool_shard::request_done(worker_channel& worker) {
  auto& slot = *worker.current;
  worker.current = nullptr;
  counters_->answered.add(slot.settled ? 0 : 1);
  free_slot(slot);
  counters_->busy.add(-1);
  live_->busy.add(-1);
  live_->requests.add();
  show_use();
  const bool more = worker.may_continue(); // asked of a retired one too: it may wait for this
  if (!worker.in_pool || !more) {
    retire(worker);
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

void pool_shard::lost(worker_channel& worker) {
  retire(worker);
  if (worker.current == nullptr) {
    return;
  }
  auto& slot = *worker.current;
  worker.current = nullptr;
  slot.worker = nullptr;
  counters_->busy.add(-1);
  live_->busy.add(-1);
  auto* const waited = slot.from;
  if (waited == nullptr) {
    free_slot(slot);
    return;
  }
  if (slot.at == pool_slot::stage::streaming) {
    counters_->crashed.add();
    free_slot(slot);
    waited->stream_broken();
    return;
  }
  const bool begun = !worker.never_read();
  if ((slot.may_retry || !begun) && !closed_) {
    slot.may_retry = slot.may_retry && !begun;
    counters_->retried.add(begun ? 1 : 0);
    if (idle_.empty()) {
      enqueue_first(slot); // its deadline goes on
      seek_worker(slot);
      return;
    }
    assign(slot, take_idle());
    return;
  }
  counters_->crashed.add();
  free_slot(slot);
  waited->failed(502, "the worker ended before it answered");
}

void pool_shard::overdue(pool_slot& slot) {
  auto* const waited = std::exchange(slot.from, nullptr);
  if (slot.at == pool_slot::stage::waiting) {
    unqueue(slot);
    counters_->queue_expired.add();
    free_slot(slot);
    waited->failed(503, "no worker became free in time");
    return;
  }
  if (slot.at == pool_slot::stage::lent) {
    counters_->timed_out.add(); // its lender, which keeps the times, has not spoken at all
    const bool begun = slot.lent_streaming;
    free_slot(slot);
    begun ? waited->stream_broken() : waited->failed(504, "the worker did not answer in time");
    return;
  }
  const bool streaming = slot.at == pool_slot::stage::streaming;
  auto& worker = *slot.worker;
  // Nothing more for it, should its answer still come before its end.
  retire(worker);
  if (waited != nullptr) {
    slot.settled = true;
    counters_->timed_out.add();
    if (streaming) {
      waited->stream_broken();
    } else {
      waited->failed(504, "the worker did not answer in time");
    }
  }
  // The slot stays with the worker until its end: `lost` frees it.
  worker.overdue();
}

void pool_shard::abandon(net::exchange& from) {
  auto* const slot = slot_of(from);
  if (slot == nullptr) {
    return;
  }
  slot->from = nullptr;
  if (slot->at == pool_slot::stage::lent) {
    recall_loan(*slot); // counted by the lender, who knows whether it was answered before
    free_slot(*slot);
    return;
  }
  counters_->abandoned.add();
  if (slot->at == pool_slot::stage::waiting) {
    unqueue(*slot);
    free_slot(*slot);
    return;
  }
  slot->settled = true;
  if (slot->at == pool_slot::stage::streaming) {
    loop_.set(*slot, settings_->request_timeout); // the last it gets
  }
  slot->worker->abandoned();
}

void pool_shard::resume(net::exchange& from) {
  auto* const slot = slot_of(from);
  if (slot == nullptr) {
    return;
  }
  if (slot->at == pool_slot::stage::lent) {
    loop_.set(*slot, lent_time());
    resume_loan(*slot);
  } else if (slot->at == pool_slot::stage::streaming) {
    loop_.set(*slot, settings_->request_timeout);
    slot->worker->resume_reading();
  }
}

} // namespace kraken::containers
