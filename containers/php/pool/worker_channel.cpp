// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What all dialects share of a request's way to the worker and back.
#include "containers/php/pool/worker_channel.hpp"

#include "containers/php/pool/pool_shard.hpp"
#include "kraken/wire/slab_request.hpp"

#include <system_error>

namespace kraken::containers {

void worker_channel::begin(pool_slot& slot) {
  current = &slot;
  sent_more_ = false;
  send_frame(slot);
  took();
}

void worker_channel::send_frame(pool_slot& slot) {
  if (slot.body.file) {
    attach(slot.body.file);
  }
  if (!slot.parcel) {
    output().append(slot.frame.view());
  } else if (const auto request = wire::read_slab_request(slot.frame.view())) {
    static_cast<void>(
        wire::append_request_frame(output(), slot.wire_id, *request, slot.body.bytes));
  }
  address_request();
  flush_later();
}

void worker_channel::took() {
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

// One with a place in the slab can write there until its process has ended: then `lost` follows.
void worker_channel::leave_pool() {
  seat == pool_slab::no_worker ? pool_.lost(*this) : pool_.retire(*this);
}

void worker_channel::on_closed() {
  leave_pool();
  owner_.channel_ended(fault() == 0
                           ? std::string{}
                           : "its connection failed: " + std::generic_category().message(fault()));
}

void worker_channel::accuse(std::string why) {
  if (is_open()) {
    broken(std::move(why));
  }
}

void worker_channel::broken(std::string why) {
  close();
  leave_pool();
  owner_.channel_ended(std::move(why));
}

} // namespace kraken::containers
