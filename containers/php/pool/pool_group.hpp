// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the shards of one pool know of each other: who has idle workers, who has requests waiting,
/// how many wait in all. Requests themselves travel by pool_loan.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>

namespace kraken::net {
class event_loop;
}

namespace kraken::containers {

class pool_shard;

/// One shard's line on the board. Sequentially consistent on purpose: a shard that writes that a
/// request waits and then reads that nobody is idle, and one that does the reverse at the same
/// time, must not both miss the other.
struct pool_group_line {
  net::event_loop* loop = nullptr;
  std::weak_ptr<pool_shard> pool; ///< set and locked on its shard only
  std::atomic<std::uint32_t> idle{0};
  std::atomic<std::uint32_t> waiting{0};
  std::atomic<std::uint32_t> workers{0};
};

/// @thread any
class pool_group {
public:
  explicit pool_group(std::uint32_t shards) : lines_(shards), size_(shards) {}

  [[nodiscard]] std::uint32_t size() const { return size_; }

  /// Said before the workers are killed: a shard may see one's end before it is told to give up.
  void give_up() noexcept { given_up_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool given_up() const noexcept { return given_up_.load(std::memory_order_relaxed); }

  /// A place in the queue, which is one for all shards.
  /// @return false: `most` requests wait already
  [[nodiscard]] bool take_place(std::uint32_t most) noexcept {
    auto now = waiting_.load(std::memory_order_relaxed);
    while (now < most) {
      if (waiting_.compare_exchange_weak(now, now + 1, std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  /// So many more wait, or fewer, whether there is a place or not.
  void count_waiting(std::int64_t change) noexcept {
    waiting_.fetch_add(static_cast<std::uint32_t>(change), std::memory_order_relaxed);
  }

  [[nodiscard]] pool_group_line& line(std::uint32_t shard) { return lines_[shard]; }

  /// A shard other than `mine` with an idle worker, or `size()`.
  [[nodiscard]] std::uint32_t find_idle(std::uint32_t mine) const {
    return find(mine, [](const pool_group_line& each) { return each.idle.load() != 0; });
  }

  /// A shard other than `mine` where a request waits, or `size()`.
  [[nodiscard]] std::uint32_t find_waiting(std::uint32_t mine) const {
    return find(mine, [](const pool_group_line& each) { return each.waiting.load() != 0; });
  }

  /// A shard other than `mine` that has workers, or `size()`.
  [[nodiscard]] std::uint32_t find_staffed(std::uint32_t mine) const {
    return find(mine, [](const pool_group_line& each) { return each.workers.load() != 0; });
  }

private:
  template <class Test>
  [[nodiscard]] std::uint32_t find(std::uint32_t mine, Test test) const {
    for (std::uint32_t step = 1; step < size(); ++step) {
      const auto at = (mine + step) % size();
      if (test(lines_[at])) {
        return at;
      }
    }
    return size();
  }

  std::deque<pool_group_line> lines_; // atomics do not move
  std::uint32_t size_;                // asked for several times per request
  std::atomic<std::uint32_t> waiting_{0};
  std::atomic<bool> given_up_{false}; // the kill of a worker, and its end, order it
};

} // namespace kraken::containers
