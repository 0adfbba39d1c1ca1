// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Requests that workers take from the slab themselves: offering them and taking them back. Who
/// works on what is noticed in pool_notice.
#include "containers/php/pool/pool_shard.hpp"
#include "containers/php/pool/worker_channel.hpp"
#include "kraken/base/log.hpp"
#include "kraken/wire/slab_request.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace kraken::containers {

namespace {

// What a REQUEST frame may need beyond the same request in a slab.
constexpr std::size_t frame_more_bytes = 128;

bool fits_frame(std::size_t bytes) {
  return bytes + frame_more_bytes <= limits::frame_bytes_max;
}

} // namespace

// --- workers ---------------------------------------------------------------------------------

void pool_shard::enlist(worker_channel& worker, process::launch_spec& spec) {
  if (!settings_->by_slab || slab_off_) {
    return;
  }
  if (!slab_) {
    auto made = pool_slab::make(loop_, *this);
    if (!made) {
      log::warn("slab_not_made", {{"reason", made.error().text()}});
      return;
    }
    slab_ = std::move(*made);
  }
  const auto seat = slab_->enlist(worker, settings_->recycle.requests_most);
  if (!seat) {
    return;
  }
  worker.seat = *seat;
  if (auto handed = slab_->hand_over(spec); !handed) {
    log::warn("slab_not_made", {{"reason", handed.error().text()}});
    bury(worker);
  }
}

void pool_shard::watch_end(const worker_channel& worker,
                           process::end_watch& ends,
                           std::function<void()> told) {
  if (worker.seat != pool_slab::no_worker) {
    slab_->watch_end(worker.seat, ends, std::move(told));
  }
}

void pool_shard::bury(worker_channel& worker) {
  const auto seat = std::exchange(worker.seat, pool_slab::no_worker);
  if (seat == pool_slab::no_worker) {
    return;
  }
  slab_->bury(seat);
  if (slab_off_ && slab_->workers() == 0) {
    while (offered_first_ != nullptr) { // held by nobody, or by a number that never was
      crashed(*offered_first_);
    }
    slab_.reset();
    slab_off_ = false;
  }
}

void pool_shard::mail(const worker_channel& worker) {
  if (worker.seat != pool_slab::no_worker) {
    slab_->mail(worker.seat);
  }
}

void pool_shard::update(std::shared_ptr<const pool_settings> settings) {
  if (settings->by_slab && !settings_->by_slab) { // what waits is called by numbers up to that
    taken_ = std::max(taken_, static_cast<std::uint32_t>(slots_.size()));
  }
  settings_ = std::move(settings);
  if (slab_) {
    slab_->set_quota(settings_->recycle.requests_most);
  }
}

// --- offering --------------------------------------------------------------------------------

// Not when older ones wait, nor when another shard has somebody idle.
bool pool_shard::offers_now() const {
  return pullers_ != 0 && idle_.empty() && first_ == nullptr && slab_->has_room() &&
         (puller_is_free() || better_place() == group_->size());
}

bool pool_shard::encode_parcel(pool_slot& slot, const wire::request_facts& facts) {
  const auto room = wire::slab_request_room(facts);
  if (!fits_frame(room)) {
    return false;
  }
  slot.frame.commit(wire::put_slab_request(slot.frame.prepare(room), facts, request_ms()));
  slot.parcel = true;
  return true;
}

bool pool_shard::offer_new(pool_slot& slot, const wire::request_facts& facts) {
  // A CANCEL that comes late must not meet another request: streams of a slab are never used again.
  slot.wire_id = unique_id();
  slot.since = loop_.now();
  const auto wanted = wire::slab_request_room(facts);
  const auto place = slab_->take();
  const auto room = slab_->request_of(place);
  if (wanted <= room.size() && !slot.body.file) {
    const auto bytes = wire::put_slab_request(room.data(), facts, request_ms());
    offer(slot, place, static_cast<std::uint32_t>(bytes));
    return true;
  }
  const bool fits = encode_parcel(slot, facts);
  fits ? offer(slot, place, 0) : slab_->free(place);
  return fits;
}

void pool_shard::offer(pool_slot& slot, std::uint32_t place, std::uint32_t bytes) {
  slot.at = pool_slot::stage::offered;
  slot.place = place;
  slot.placed_bytes = bytes;
  slot.frame_sent = false;
  link_offered(slot);
  ++in_slab_;
  if (group_->size() > 1) {
    show_idle();
    show_waiting();
  }
  if (!slab_->offer(place, slot, slot.wire_id, bytes)) {
    // The ring holds offers that were taken back, and nobody has looked at them for long; or
    // somebody has scribbled on it.
    if (take_back(slot)) {
      enqueue_first(slot);
      loop_.set(slot, patience());
    }
    plan_look();
  }
}

void pool_shard::offer_waiting() {
  while (first_ != nullptr && pullers_ != 0 && slab_->has_room()) {
    auto& slot = *first_;
    unqueue(slot);
    slot.net::deadline::clear();
    const auto place = slab_->take();
    const auto room = slab_->request_of(place);
    const auto bytes = slot.frame.size();
    const auto before = in_slab_;
    if (slot.parcel && bytes <= room.size() && !slot.body.file) {
      std::memcpy(room.data(), slot.frame.data(), bytes);
      slot.frame.clear();
      offer(slot, place, static_cast<std::uint32_t>(bytes));
    } else {
      offer(slot, place, 0);
    }
    if (in_slab_ == before) {
      return; // the ring is full
    }
  }
}

void pool_shard::link_offered(pool_slot& slot) {
  slot.prev = offered_last_;
  slot.next = nullptr;
  (offered_last_ != nullptr ? offered_last_->next : offered_first_) = &slot;
  offered_last_ = &slot;
}

void pool_shard::unlink_offered(pool_slot& slot) {
  (slot.prev != nullptr ? slot.prev->next : offered_first_) = slot.next;
  (slot.next != nullptr ? slot.next->prev : offered_last_) = slot.prev;
  slot.prev = slot.next = nullptr;
}

void pool_shard::leave_slab(pool_slot& slot) {
  if (slot.prev != nullptr || slot.next != nullptr || offered_first_ == &slot) {
    unlink_offered(slot);
  }
  slab_->free(std::exchange(slot.place, pool_slab::no_place));
  slot.placed_bytes = 0;
  --in_slab_;
  if (group_->size() > 1) {
    show_idle();
    show_waiting();
  }
}

// Nobody has it: its request is needed again. False: it was scribbled on, and has been answered.
bool pool_shard::take_back(pool_slot& slot) {
  if (slot.placed_bytes != 0) {
    slot.frame.clear();
    slot.frame.append(slab_->request_of(slot.place).data(), slot.placed_bytes);
    slot.parcel = true;
  }
  slot.since = loop_.now();
  leave_slab(slot);
  if (!slot.parcel || wire::read_slab_request(slot.frame.view())) {
    return true;
  }
  crashed(slot);
  return false;
}

// For another shard: the oldest that waits here, else the newest of the slab.
pool_slot* pool_shard::spare_waiting() {
  if (first_ != nullptr) {
    auto& slot = *first_;
    unqueue(slot);
    return &slot;
  }
  if (waiting_in_slab() == 0) {
    return nullptr;
  }
  for (auto* slot = offered_last_; slot != nullptr; slot = slot->prev) {
    if (slot->from != nullptr && slab_->withdraw(slot->place)) {
      return take_back(*slot) ? slot : nullptr;
    }
  }
  return nullptr;
}

} // namespace kraken::containers
