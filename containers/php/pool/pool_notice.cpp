// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a pool makes of its slab: who works on what, what is answered, who takes nothing although
/// he could. What the slab says is checked in pool_slab.
#include "containers/php/pool/pool_shard.hpp"
#include "containers/php/pool/worker_channel.hpp"
#include "kraken/base/log.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace kraken::containers {

namespace {

// How late the times of a request in work may begin.
constexpr milliseconds slab_look_every{20};

} // namespace

void pool_shard::notice(pool_slot& slot, worker_channel& worker) {
  silent_ = 0;
  unlink_offered(slot);
  slot.at = pool_slot::stage::working;
  slot.worker = &worker;
  worker.current = &slot;
  worker.took();
  loop_.set(slot, settings_->request_timeout);
}

void pool_shard::unnotice(pool_slot& slot) {
  slot.net::deadline::clear();
  slot.at = pool_slot::stage::offered;
  slot.worker->current = nullptr;
  slot.worker = nullptr;
  link_offered(slot);
}

pool_slot* pool_shard::held_by(const worker_channel& worker) {
  for (auto* slot = offered_first_; slot != nullptr; slot = slot->next) {
    if (slab_->holder_of(slot->place) == &worker) {
      return slot;
    }
  }
  return nullptr;
}

bool pool_shard::look_for(worker_channel& worker) {
  if (worker.seat == pool_slab::no_worker || worker.current != nullptr) {
    return false;
  }
  auto* const slot = held_by(worker);
  if (slot != nullptr) {
    notice(*slot, worker);
  }
  return slot != nullptr;
}

// What it has answered in the slab comes before what it says on its socket. That may be about a
// request which it had before the one it was noticed with.
void pool_shard::catch_up(worker_channel& worker, std::uint32_t stream) {
  if (!worker.pulls || (worker.current != nullptr && worker.current->wire_id == stream)) {
    return;
  }
  static_cast<void>(slab_->drain());
  auto* slot = offered_first_;
  while (slot != nullptr && (slot->wire_id != stream || slab_->holder_of(slot->place) != &worker)) {
    slot = slot->next;
  }
  auto* const other = worker.current;
  if (slot == nullptr || (other != nullptr && other->at != pool_slot::stage::working)) {
    return;
  }
  if (other != nullptr) {
    unnotice(*other);
  }
  notice(*slot, worker);
}

// What came before the end of another answer was read, which is now. Each goes on to the next.
bool pool_shard::take_answer_ahead(worker_channel& worker) {
  if (worker.answers_ahead == 0) {
    return false;
  }
  for (auto* slot = offered_first_; slot != nullptr; slot = slot->next) {
    if (slot->answered_ahead && slab_->holder_of(slot->place) == &worker) {
      slot->answered_ahead = false;
      --worker.answers_ahead;
      slab_reported(*slot);
      return true;
    }
  }
  return false;
}

void pool_shard::slab_reported(pool_slot& slot) {
  const auto word = slab_->look(slot.place);
  auto* const worker = word ? slab_->holder_in(*word) : nullptr;
  if (worker == nullptr) {
    slab_damaged("a report without a worker");
    return;
  }
  if (word->at == slab::stage::asks) {
    slab_asked(slot, *worker);
  } else if (word->at == slab::stage::answered) {
    slab_answered(slot, *worker);
  } // else a bit that nobody honest has set
}

void pool_shard::slab_asked(pool_slot& slot, worker_channel& worker) {
  if (worker.current == nullptr && slot.at == pool_slot::stage::offered) {
    notice(slot, worker);
  }
  // The one before it may have ended on the socket, where nobody has read that yet: this one is
  // noticed after that.
  if (slot.placed_bytes != 0 || std::exchange(slot.frame_sent, true)) {
    worker.accuse("it asks for a request that it has");
    return;
  }
  slab_->frame_sent(slot.place);
  worker.send_frame(slot);
}

void pool_shard::slab_answered(pool_slot& slot, worker_channel& worker) {
  // It may have been noticed with its next request already: that has to wait for its turn. One that
  // is answered in parts came first, and its end is on the socket.
  if (auto* const other = worker.current; other != nullptr && other != &slot) {
    if (other->at != pool_slot::stage::working) {
      slot.answered_ahead = true;
      ++worker.answers_ahead;
      return;
    }
    unnotice(*other);
  }
  if (slot.at == pool_slot::stage::offered) {
    unlink_offered(slot);
    slot.at = pool_slot::stage::working;
    slot.worker = &worker;
    worker.current = &slot;
  }
  if (worker.current != &slot || slot.at != pool_slot::stage::working) {
    worker.accuse("two answers to one request");
    return;
  }
  worker.answered_in_slab(slab_->answer_of(slot.place));
}

// Shown once a batch: who reads them does so now and then.
void pool_shard::slab_settled() {
  const auto busy = std::min(in_slab_, takers());
  const auto change = static_cast<std::int64_t>(busy) - slab_busy_shown_;
  if (change != 0) {
    slab_busy_shown_ = busy;
    counters_->busy.add(change);
    live_->busy.add(change);
  }
  show_use();
  show_waiting();
  if (in_slab_ != 0) {
    plan_look();
  }
}

void pool_shard::plan_look() {
  if (!look_.is_set()) {
    loop_.set(look_, slab_look_every);
  }
}

void pool_shard::look_at_slab(time_point now) {
  if (!slab_) {
    return;
  }
  static_cast<void>(slab_->drain());
  const bool unheard = slab_->nudge();
  if (!slab_->can_be_claimed()) {
    slab_damaged("what is offered cannot be taken");
    return;
  }
  for (auto* each = offered_first_; each != nullptr && slab_;) {
    auto& slot = *std::exchange(each, each->next);
    const auto word = slab_->look(slot.place);
    if (!word) {
      slab_damaged("a slot of nobody");
      return;
    }
    if (word->at == slab::stage::offered) {
      if (now - slot.since >= patience() && slab_->withdraw(slot.place)) {
        expire(slot);
      }
      continue;
    }
    auto* const holder = slab_->holder_of(slot.place);
    if (holder == nullptr) {
      continue; // withdrawn in between
    }
    if (holder->current == nullptr && word->at != slab::stage::answered) {
      notice(slot, *holder);
    } else if (now - slot.since > patience() + settings_->request_timeout) {
      holder->accuse("it keeps a request beside the one that it works on");
    }
  }
  if (slab_) {
    judge_silence(unheard, now);
  }
  if (in_slab_ != 0 || silent_ != 0) {
    loop_.set(look_, slab_look_every);
  }
}

// A worker that stands still takes nothing, and nobody could tell it from one that sleeps: what
// was offered goes where somebody is idle, and in the end the worker is replaced.
void pool_shard::judge_silence(bool unheard, time_point now) {
  std::vector<worker_channel*> silent;
  if (unheard) {
    std::ranges::copy_if(slab_->seated(), std::back_inserter(silent), [](const auto* each) {
      return each->in_pool && each->pulls && each->current == nullptr;
    });
  }
  if (std::exchange(silent_, static_cast<std::uint32_t>(silent.size())) == 0) {
    silent_since_ = now;
  }
  if (silent_ == 0) {
    return;
  }
  show_idle();
  show_waiting();
  for (auto place = better_place(); waiting_ + waiting_in_slab() != 0 && place != group_->size();
       place = better_place()) {
    auto* const slot = spare_waiting();
    if (slot == nullptr) {
      break;
    }
    lend(*slot, place, loan_place::kept);
  }
  if (now - silent_since_ >= settings_->request_timeout) {
    for (auto* const each : silent) {
      each->accuse("it takes none of the requests that are there");
    }
  }
}

// Its workers are killed, each as one that broke the protocol; they may all be innocent but one.
void pool_shard::slab_damaged(std::string_view how) {
  if (std::exchange(slab_off_, true)) {
    return;
  }
  log::warn("slab_damaged", {{"reason", how}});
  for (auto* const worker : slab_->seated()) {
    worker->accuse("the slab it shares is damaged: " + std::string{how});
  }
}

} // namespace kraken::containers
