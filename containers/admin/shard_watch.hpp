// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Whether every shard still takes messages. Notices a shard that is held up; can not free it.
#pragma once

#include "kraken/base/executor.hpp"
#include "kraken/base/limits.hpp"
#include "kraken/base/reactor.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace kraken::containers {

/// Asks each shard now and then for a sign of life. A handler of a native container that computes
/// or waits for seconds holds up everything else on its shard; from outside the node looks alive,
/// for status is answered by another thread.
/// @thread its clock's
class shard_watch {
public:
  /// @param clock  of another thread than any of the shards; outlives the watch
  /// @param shards in the order of their numbers; outlive the watch
  shard_watch(reactor& clock, const std::vector<executor*>& shards);

  /// Asks for the first time.
  void begin();

  /// @return since when at least the shard has taken nothing; zero when it answered in time
  [[nodiscard]] milliseconds silent(std::size_t shard) const;

  /// Shards silent for at least `least`, a line each: `shard 1 has not turned for 7 s`.
  [[nodiscard]] std::string reasons(milliseconds least = limits::shard_silence) const;

private:
  struct watched {
    executor* shard = nullptr;
    /// The last question answered. Shared: the question may outlive the watch.
    std::shared_ptr<std::atomic<std::uint64_t>> answered;
    std::uint64_t asked = 0;
    time_point asked_at{};
    bool told = false;
  };

  void look();
  void ask(watched& which);
  void wait();

  reactor& clock_;
  std::vector<watched> shards_;
  time_point looked_at_{};
  std::unique_ptr<reactor::waiting> wait_;
};

} // namespace kraken::containers
