// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Every step by which front and workers hand requests and answers to each other, over any memory:
/// a slab, or a model whose interleavings a test explores. Each shared change is one atomic
/// instruction, so that a worker killed anywhere leaves nothing half done. Makes no system call.
#pragma once

#include "kraken/slab/bells.hpp"

#include <atomic>
#include <bit>
#include <cstdint>
#include <optional>

namespace kraken::slab {

/// The words of a slab. A model counts fewer slots and workers.
///   tail() claims() armed()       u32
///   ring(i) slot(i)               u64
///   sleeping(i) answered(i)       u64 sets
///   bell(worker) mail(worker) retired(worker)  u32
///   ring_size() slot_count() worker_sets() answer_sets()
///   fence()  a full fence
///   wake(worker)  FUTEX_WAKE of its bell

/// What a worker has claimed.
struct claimed {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
};

/// Makes a slot visible to workers. Only the front; `tail` is its own count of offers, because the
/// one in shared memory may be written by anybody.
/// @return false: the ring is full of offers nobody has looked at
template <class Memory>
[[nodiscard]] bool make_offer(Memory& memory, std::uint32_t& tail, const offer& what) {
  if (tail - memory.claims().load(std::memory_order_acquire) >= memory.ring_size()) {
    return false;
  }
  memory.slot(what.slot).store(slot_word{what.generation, 0, stage::offered}.packed(),
                               std::memory_order_release);
  memory.ring(tail & (memory.ring_size() - 1)).store(what.packed(), std::memory_order_relaxed);
  memory.tail().store(++tail, std::memory_order_release);
  return true;
}

/// Whether workers can come to what was offered. What says otherwise, no honest worker has written,
/// and nothing would ever be taken again. Only the front; `tail` as for make_offer.
template <class Memory>
[[nodiscard]] bool can_be_claimed(Memory& memory, std::uint32_t tail) {
  const auto at = memory.claims().load(std::memory_order_acquire);
  if (tail - at > memory.ring_size()) {
    return false; // claims beyond offers: the ring looks full for ever
  }
  const auto next = memory.ring(at & (memory.ring_size() - 1)).load(std::memory_order_relaxed);
  return at == tail || offer::of(next).slot < memory.slot_count();
}

/// Takes an offer back. Only the front.
/// @return false: a worker has claimed it
template <class Memory>
[[nodiscard]] bool withdraw(Memory& memory, const offer& what) {
  auto expected = slot_word{what.generation, 0, stage::offered}.packed();
  return memory.slot(what.slot).compare_exchange_strong(
      expected, slot_word{what.generation, 0, stage::free}.packed(), std::memory_order_acq_rel);
}

/// Takes the oldest offer. The exchange of the slot's word decides whose it is; then the head moves
/// past every entry that is not offered any more, whoever took it and may be dead by now.
template <class Memory>
[[nodiscard]] std::optional<claimed> claim(Memory& memory, std::uint32_t worker) {
  // Nobody honest ever needs so many turns: the bound is for memory that was scribbled on.
  for (std::uint32_t turn = 0; turn < 2 * memory.ring_size(); ++turn) {
    auto at = memory.claims().load(std::memory_order_seq_cst);
    if (at == memory.tail().load(std::memory_order_seq_cst)) {
      return std::nullopt;
    }
    const auto entry =
        offer::of(memory.ring(at & (memory.ring_size() - 1)).load(std::memory_order_acquire));
    if (entry.slot >= memory.slot_count()) {
      return std::nullopt;
    }
    auto expected = slot_word{entry.generation, 0, stage::offered}.packed();
    const slot_word mine{entry.generation, static_cast<std::uint16_t>(worker + 1), stage::taken};
    const bool got =
        memory.slot(entry.slot)
            .compare_exchange_strong(expected, mine.packed(), std::memory_order_acq_rel);
    memory.claims().compare_exchange_strong(at, at + 1, std::memory_order_acq_rel);
    if (got) {
      return claimed{entry.slot, entry.generation};
    }
  }
  return std::nullopt;
}

/// What a worker does next.
enum class next_step : std::uint8_t {
  work,    ///< it has claimed
  letters, ///< something is on its socket, or it is retired
  rest,    ///< nothing came within the time: look around and come again
};

struct next_work {
  next_step what = next_step::rest;
  claimed slot;
};

/// One round of a worker that looks for work.
/// @param mail_seen the count of letters it has read all of
/// @param wait `wait(bell value)`: FUTEX_WAIT on the worker's bell, with a limit
template <class Memory, class Wait>
[[nodiscard]] next_work
look_for_work(Memory& memory, std::uint32_t worker, std::uint32_t mail_seen, Wait wait) {
  const auto has_letters = [&] {
    return memory.mail(worker).load(std::memory_order_seq_cst) != mail_seen;
  };
  if (has_letters()) {
    return {next_step::letters, {}};
  }
  auto got = claim(memory, worker);
  if (!got) {
    const auto heard = memory.bell(worker).load(std::memory_order_seq_cst);
    set_sleeping(memory, worker);
    got = claim(memory, worker); // what was offered before our bit could be seen
    const bool letters = !got && has_letters();
    if (!got && !letters) {
      wait(heard);
    }
    clear_sleeping(memory, worker);
    if (letters) {
      return {next_step::letters, {}};
    }
    if (!got) {
      return {next_step::rest, {}};
    }
  }
  ring(memory); // there may be more than one can do
  return {next_step::work, *got};
}

/// Tells the front that a slot needs it: the answer is there, or the frame is wanted.
/// @return true: the front sleeps, its eventfd is to be written
template <class Memory>
[[nodiscard]] bool
report(Memory& memory, std::uint32_t worker, const claimed& what, stage becomes) {
  const auto owner = static_cast<std::uint16_t>(worker + 1);
  auto expected = slot_word{what.generation, owner, stage::taken}.packed();
  if (!memory.slot(what.slot).compare_exchange_strong(
          expected,
          slot_word{what.generation, owner, becomes}.packed(),
          std::memory_order_acq_rel)) {
    return false; // it is not ours any more
  }
  memory.answered(what.slot / bits_per_set)
      .fetch_or(std::uint64_t{1} << what.slot % bits_per_set, std::memory_order_seq_cst);
  return memory.armed().load(std::memory_order_seq_cst) != 0 &&
         memory.armed().exchange(0, std::memory_order_seq_cst) != 0;
}

/// Empties the set of reports. Only the front.
/// @param each called with the number of a slot
/// @return whether there was any
template <class Memory, class Each>
bool take_reports(Memory& memory, Each each) {
  bool any = false;
  for (std::uint32_t set = 0; set < memory.answer_sets(); ++set) {
    if (memory.answered(set).load(std::memory_order_relaxed) == 0) {
      continue;
    }
    auto bits = memory.answered(set).exchange(0, std::memory_order_seq_cst);
    for (; bits != 0; bits &= bits - 1) {
      any = true;
      each(set * bits_per_set + static_cast<std::uint32_t>(std::countr_zero(bits)));
    }
  }
  return any;
}

/// The front is about to sleep.
/// @return false: it must not, there are reports
template <class Memory>
[[nodiscard]] bool arm(Memory& memory) {
  memory.armed().store(1, std::memory_order_seq_cst);
  for (std::uint32_t set = 0; set < memory.answer_sets(); ++set) {
    if (memory.answered(set).load(std::memory_order_seq_cst) != 0) {
      memory.armed().store(0, std::memory_order_seq_cst);
      return false;
    }
  }
  return true;
}

/// The front is awake: nobody needs to tell it.
template <class Memory>
void disarm(Memory& memory) {
  if (memory.armed().load(std::memory_order_relaxed) != 0) {
    memory.armed().store(0, std::memory_order_relaxed);
  }
}

} // namespace kraken::slab
