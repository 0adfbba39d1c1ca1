// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What all dialects share of a request's way to the worker and back.
#include "containers/php/pool/worker_channel.hpp"

#include "containers/php/pool/pool_shard.hpp"

namespace kraken::containers {

void worker_channel::begin(pool_slot& slot) {
  current = &slot;
  sent_more_ = false;
  output().append(slot.frame.view());
  address_request();
  flush_later();
  live_->busy.set(1);
  live_->busy_since_ms.set(
      std::chrono::duration_cast<milliseconds>(loop().now().time_since_epoch()).count());
}

bool worker_channel::may_continue() {
  return owner_.request_answered(memory_bytes_, wants_recycle_);
}

void worker_channel::request_over() {
  live_->requests.add();
  live_->busy.set(0);
  live_->busy_since_ms.set(0);
  if (!reading()) {
    resume_reading();
  }
  pool_.request_done(*this);
}

void worker_channel::on_closed() {
  pool_.lost(*this);
  owner_.channel_ended({});
}

void worker_channel::broken(std::string why) {
  close();
  pool_.lost(*this);
  owner_.channel_ended(std::move(why));
}

} // namespace kraken::containers
