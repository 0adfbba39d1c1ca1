// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How requests of a pool end other than by an answer: their worker is lost, their time is over,
/// their client is gone, the pool closes.
#include "containers/php/pool/pool_shard.hpp"
#include "containers/php/pool/worker_channel.hpp"

#include <utility>

namespace kraken::containers {

void pool_shard::lost(worker_channel& worker) {
  if (group_->given_up()) {
    give_up();
  }
  retire(worker);
  if (worker.pulls) {
    static_cast<void>(slab_->drain()); // it may have answered before its end
  }
  while (worker.current != nullptr || look_for(worker)) {
    lost_slot(worker);
  }
}

void pool_shard::lost_slot(worker_channel& worker) {
  auto& slot = *worker.current;
  worker.current = nullptr;
  slot.worker = nullptr;
  count_busy(slot, -1);
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
    if (slot.place != pool_slab::no_place && !take_back(slot)) {
      return;
    }
    if (idle_.empty()) {
      enqueue_first(slot); // its deadline goes on
      seek_worker(slot);
      return;
    }
    assign(slot, take_idle());
    return;
  }
  crashed(slot);
}

// Its worker is gone, or nobody can tell any more whose it is.
void pool_shard::crashed(pool_slot& slot) {
  auto* const waited = slot.from;
  counters_->crashed.add();
  free_slot(slot);
  if (waited != nullptr) {
    waited->failed(502, "the worker ended before it answered");
  }
}

// No worker has taken it.
void pool_shard::expire(pool_slot& slot) {
  auto* const waited = std::exchange(slot.from, nullptr);
  counters_->queue_expired.add();
  free_slot(slot);
  if (waited != nullptr) {
    waited->failed(503, "no worker became free in time");
  }
}

void pool_shard::overdue(pool_slot& slot) {
  if (slot.at == pool_slot::stage::waiting) {
    unqueue(slot);
    return expire(slot);
  }
  auto* const waited = std::exchange(slot.from, nullptr);
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
  if (slot->at == pool_slot::stage::offered) {
    if (slab_->withdraw(slot->place)) {
      free_slot(*slot);
      return;
    }
    if (auto* const holder = slab_->holder_of(slot->place); holder && !holder->current) {
      notice(*slot, *holder);
    } else { // it has answered already
      slot->settled = true;
      return;
    }
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
