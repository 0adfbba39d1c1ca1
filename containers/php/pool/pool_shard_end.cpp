// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The end of a pool on one shard: what is said to those who still wait for it.
#include "containers/php/pool/pool_shard.hpp"

#include <utility>

namespace kraken::containers {

void pool_shard::give_up() {
  if (std::exchange(given_up_, true)) {
    return;
  }
  close();
  end_lent();
  for (auto& slot : slots_) {
    const bool streaming = slot.at == pool_slot::stage::streaming;
    const bool in_work = slot.worker != nullptr || slot.at == pool_slot::stage::offered;
    auto* const waited = in_work ? std::exchange(slot.from, nullptr) : nullptr;
    if (waited == nullptr) {
      continue;
    }
    // The slot stays with the worker until its end.
    slot.settled = true;
    counters_->refused.add();
    streaming ? waited->stream_broken() : waited->failed(503, pool_stopping_detail);
  }
}

void pool_shard::close() {
  closed_ = true;
  refuse_waiting(pool_stopping_detail);
}

void pool_shard::expect(outlook what) {
  hopeless_ = what == outlook::hopeless;
  if (hopeless_ && !closed_) {
    refuse_waiting(pool_hopeless_detail);
  }
}

void pool_shard::refuse_waiting(std::string_view why) {
  while (first_ != nullptr) {
    auto& slot = *first_;
    unqueue(slot);
    auto* const waited = slot.from;
    counters_->refused.add();
    free_slot(slot);
    waited->failed(503, why);
  }
  for (auto* each = offered_first_; each != nullptr;) {
    auto& slot = *std::exchange(each, each->next);
    if (slab_->withdraw(slot.place)) {
      auto* const waited = slot.from;
      counters_->refused.add();
      free_slot(slot);
      if (waited != nullptr) {
        waited->failed(503, why);
      }
    }
  }
}

} // namespace kraken::containers
