// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where everything stands in a slab (docs/decisions/0022), as plain data that two programs map.
/// Decides nothing.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace kraken::slab {

inline constexpr std::uint32_t magic = 0x424c534b; ///< "KSLB"
inline constexpr std::uint32_t abi_version = 4;

inline constexpr std::uint32_t slot_count = 512;    ///< requests waiting or in work
inline constexpr std::uint32_t ring_entries = 1024; ///< offers, those taken back included
inline constexpr std::uint32_t worker_count = 256;  ///< of one pool on one shard
inline constexpr std::size_t request_room = 16U << 10U;
inline constexpr std::size_t answer_room = 96U << 10U;
inline constexpr std::size_t line_bytes = 64; ///< what one core writes, another must not slow

inline constexpr std::uint32_t bits_per_set = 64;

/// What a slot is in. Written by the front: free, offered. By its worker: the others.
enum class stage : std::uint8_t {
  free = 0,
  offered = 1,
  taken = 2,
  answered = 3, ///< the answer stands in the slot
  asks = 4,     ///< the worker waits for the request's frame on its socket
};

/// A slot's word: generation in the upper half, then owner and stage.
struct slot_word {
  std::uint32_t generation = 0;
  std::uint16_t owner = 0; ///< worker number + 1; 0: nobody
  stage at = stage::free;

  [[nodiscard]] constexpr std::uint64_t packed() const noexcept {
    return std::uint64_t{generation} << 32U | std::uint64_t{owner} << 8U |
           static_cast<std::uint64_t>(at);
  }

  [[nodiscard]] static constexpr slot_word of(std::uint64_t packed) noexcept {
    return {static_cast<std::uint32_t>(packed >> 32U),
            static_cast<std::uint16_t>(packed >> 8U),
            static_cast<stage>(packed & 0xffU)};
  }

  [[nodiscard]] constexpr bool operator==(const slot_word&) const noexcept = default;
};

/// An entry of the ring.
struct offer {
  std::uint32_t generation = 0;
  std::uint32_t slot = 0;

  [[nodiscard]] constexpr std::uint64_t packed() const noexcept {
    return std::uint64_t{generation} << 32U | slot;
  }

  [[nodiscard]] static constexpr offer of(std::uint64_t packed) noexcept {
    return {static_cast<std::uint32_t>(packed >> 32U), static_cast<std::uint32_t>(packed)};
  }
};

struct alignas(line_bytes) hot_u32 {
  std::atomic<std::uint32_t> word;
};

/// Of one worker.
struct alignas(line_bytes) worker_line {
  std::atomic<std::uint32_t> bell;    ///< the futex it sleeps on
  std::atomic<std::uint32_t> mail;    ///< grows when there is something on its socket
  std::atomic<std::uint32_t> retired; ///< not 0: takes no requests, not yet or no more
  std::atomic<std::uint32_t> life;    ///< a futex it owns while it lives; 0: tells nothing
  std::atomic<std::uint64_t> quota;   ///< requests it may take in all; 0: any number
};

/// Before the room for request and answer.
struct alignas(line_bytes) slot_head {
  std::atomic<std::uint64_t> word;
  std::uint32_t stream;        ///< what frames call this request
  std::uint32_t request_bytes; ///< 0: it does not fit and has to be asked for
};

struct slot {
  slot_head head;
  char request[request_room - sizeof(slot_head)];
  char answer[answer_room];
};

struct plain_head {
  std::uint32_t magic;
  std::uint32_t version;
  std::uint64_t bytes;
};

struct segment_layout {
  alignas(line_bytes) plain_head head;
  hot_u32 tail;   ///< offers made; the front's
  hot_u32 claims; ///< offers behind which all are claimed or taken back; the workers'
  hot_u32 armed;  ///< 1: the front sleeps until its eventfd is written
  alignas(line_bytes) std::atomic<std::uint64_t> sleeping[worker_count / bits_per_set];
  alignas(line_bytes) std::atomic<std::uint64_t> answered[slot_count / bits_per_set];
  worker_line workers[worker_count];
  alignas(line_bytes) std::atomic<std::uint64_t> ring[ring_entries];
  alignas(4096) slot slots[slot_count];
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(ring_entries >= 2 * slot_count && (ring_entries & (ring_entries - 1)) == 0);
static_assert(sizeof(slot) == request_room + answer_room);
static_assert(offsetof(slot, answer) == request_room);

} // namespace kraken::slab
