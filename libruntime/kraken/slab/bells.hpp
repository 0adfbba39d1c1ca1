// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Who is woken for what, over any memory as in steps.hpp. No lost wake-up: who sleeps shows it and
/// looks once more, who offers looks for sleepers afterwards. Makes no system call of its own.
#pragma once

#include "kraken/slab/layout.hpp"

#include <atomic>
#include <bit>
#include <cstdint>

namespace kraken::slab {

/// Offers that nobody was seen to claim, at most: some may have been, or taken back.
template <class Memory>
[[nodiscard]] std::uint32_t unclaimed(Memory& memory) {
  const auto claims = memory.claims().load(std::memory_order_acquire);
  return memory.tail().load(std::memory_order_acquire) - claims;
}

/// Wakes one worker that sleeps. Its bit is cleared by whoever wakes it, so none is woken twice
/// while another one sleeps on.
template <class Memory>
void wake_one(Memory& memory) {
  for (std::uint32_t set = 0; set < memory.worker_sets(); ++set) {
    auto bits = memory.sleeping(set).load(std::memory_order_seq_cst);
    while (bits != 0) {
      const auto lowest = bits & (~bits + 1);
      if ((memory.sleeping(set).fetch_and(~lowest, std::memory_order_seq_cst) & lowest) != 0) {
        const auto worker =
            set * bits_per_set + static_cast<std::uint32_t>(std::countr_zero(lowest));
        memory.bell(worker).fetch_add(1, std::memory_order_seq_cst);
        memory.wake(worker);
        return;
      }
      bits = memory.sleeping(set).load(std::memory_order_seq_cst);
    }
  }
}

/// After offers, after a claim that left some, and when a worker that may have been woken is gone
/// or does not claim: sees to it that somebody is awake for what is there.
template <class Memory>
void ring(Memory& memory) {
  memory.fence();
  if (unclaimed(memory) != 0) {
    wake_one(memory);
  }
}

template <class Memory>
void set_sleeping(Memory& memory, std::uint32_t worker) {
  memory.sleeping(worker / bits_per_set)
      .fetch_or(std::uint64_t{1} << worker % bits_per_set, std::memory_order_seq_cst);
}

template <class Memory>
void clear_sleeping(Memory& memory, std::uint32_t worker) {
  memory.sleeping(worker / bits_per_set)
      .fetch_and(~(std::uint64_t{1} << worker % bits_per_set), std::memory_order_seq_cst);
}

/// For a worker that will not look again soon: a bell it heard was perhaps meant for an offer.
template <class Memory>
void pass_on(Memory& memory) {
  ring(memory);
}

/// Something is on a worker's socket, or its line has changed. Only the front.
template <class Memory>
void send_mail(Memory& memory, std::uint32_t worker) {
  memory.mail(worker).fetch_add(1, std::memory_order_seq_cst);
  clear_sleeping(memory, worker);
  memory.bell(worker).fetch_add(1, std::memory_order_seq_cst);
  memory.wake(worker);
}

/// Wakes every worker, whether or not its bit says that it sleeps. Only the front.
template <class Memory>
void wake_all(Memory& memory, std::uint32_t workers) {
  for (std::uint32_t worker = 0; worker < workers; ++worker) {
    memory.bell(worker).fetch_add(1, std::memory_order_seq_cst);
    memory.wake(worker);
  }
}

/// A worker is dead. It may have heard a bell that was meant for an offer, and it may have died
/// between taking another one's bit and waking that one: so all have to look.
/// @param workers numbers in use are below
template <class Memory>
void bury(Memory& memory, std::uint32_t worker, std::uint32_t workers) {
  clear_sleeping(memory, worker);
  if (unclaimed(memory) != 0) {
    wake_all(memory, workers);
  }
}

} // namespace kraken::slab
