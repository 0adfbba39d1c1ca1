// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A slab mapped into this process, made by the daemon or handed over by it, as the memory that
/// steps.hpp works on. Decides nothing about requests.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"
#include "kraken/base/units.hpp"
#include "kraken/slab/layout.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace kraken::slab {

/// A slab. Moves only; the mapping ends with it.
/// @thread its words: any; the object: not shared
class segment {
public:
  /// A new one, sealed against a change of its size; nobody can use it after its last descriptor
  /// and mapping are gone.
  /// @error errc::system_error
  [[nodiscard]] static result<segment> make();

  /// The one behind a descriptor, which is closed. Children of this process do not get it.
  /// @error errc::protocol_error not a slab of this version; errc::system_error
  [[nodiscard]] static result<segment> attach(unique_fd descriptor);

  /// Everything as in a new one, for when nobody else uses it.
  void reset() noexcept;

  /// Another descriptor of it, for a worker.
  /// @error errc::system_error
  [[nodiscard]] result<unique_fd> share() const;

  // The memory of steps.hpp. Indices must be in range.
  [[nodiscard]] std::atomic<std::uint32_t>& tail() const noexcept { return at_->tail.word; }
  [[nodiscard]] std::atomic<std::uint32_t>& claims() const noexcept { return at_->claims.word; }
  [[nodiscard]] std::atomic<std::uint32_t>& armed() const noexcept { return at_->armed.word; }
  [[nodiscard]] std::atomic<std::uint64_t>& ring(std::uint32_t index) const noexcept {
    return at_->ring[index];
  }
  [[nodiscard]] std::atomic<std::uint64_t>& slot(std::uint32_t index) const noexcept {
    return at_->slots[index].head.word;
  }
  [[nodiscard]] std::atomic<std::uint64_t>& sleeping(std::uint32_t set) const noexcept {
    return at_->sleeping[set];
  }
  [[nodiscard]] std::atomic<std::uint64_t>& answered(std::uint32_t set) const noexcept {
    return at_->answered[set];
  }
  [[nodiscard]] std::atomic<std::uint32_t>& bell(std::uint32_t worker) const noexcept {
    return at_->workers[worker].bell;
  }
  [[nodiscard]] std::atomic<std::uint32_t>& mail(std::uint32_t worker) const noexcept {
    return at_->workers[worker].mail;
  }
  [[nodiscard]] static constexpr std::uint32_t ring_size() noexcept { return ring_entries; }
  [[nodiscard]] static constexpr std::uint32_t slot_count() noexcept { return slab::slot_count; }
  [[nodiscard]] static constexpr std::uint32_t worker_sets() noexcept {
    return worker_count / bits_per_set;
  }
  [[nodiscard]] static constexpr std::uint32_t answer_sets() noexcept {
    return slab::slot_count / bits_per_set;
  }
  static void fence() noexcept { std::atomic_thread_fence(std::memory_order_seq_cst); }
  void wake(std::uint32_t worker) const noexcept;

  [[nodiscard]] std::atomic<std::uint32_t>& life(std::uint32_t worker) const noexcept {
    return at_->workers[worker].life;
  }
  [[nodiscard]] worker_line& worker(std::uint32_t number) const noexcept {
    return at_->workers[number];
  }
  [[nodiscard]] slot_head& head(std::uint32_t slot) const noexcept { return at_->slots[slot].head; }
  [[nodiscard]] std::span<char> request(std::uint32_t slot) const noexcept {
    return at_->slots[slot].request;
  }
  [[nodiscard]] std::span<char> answer(std::uint32_t slot) const noexcept {
    return at_->slots[slot].answer;
  }

  /// Sleeps until this worker's bell is rung, unless it has been since it read `heard`.
  void wait(std::uint32_t worker, std::uint32_t heard, milliseconds most) const noexcept;

private:
  struct unmap {
    void operator()(segment_layout* what) const noexcept;
  };

  segment(std::unique_ptr<segment_layout, unmap> at, unique_fd descriptor)
      : at_(std::move(at)), descriptor_(std::move(descriptor)) {}

  [[nodiscard]] static result<segment> map(unique_fd descriptor);

  std::unique_ptr<segment_layout, unmap> at_;
  unique_fd descriptor_; ///< the daemon's; none in a worker
};

} // namespace kraken::slab
