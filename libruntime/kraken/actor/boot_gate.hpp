// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// How many processes boot at the same time on one shard, and who is next. Knows neither processes
/// nor containers; starts nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace kraken::actor {

/// Places, and a queue in which families take turns: one container that comes back need not wait
/// until a thousand of another supervisor have booted. Outlives every pass.
/// @thread its shard
class boot_gate {
public:
  class pass;

  /// @param places at least 1
  explicit boot_gate(std::size_t places) : free_(places) {}
  boot_gate(const boot_gate&) = delete;
  boot_gate& operator=(const boot_gate&) = delete;

  [[nodiscard]] std::size_t waiting() const noexcept { return queue_.size(); }

private:
  // By when they are served; those of one time in the order they came.
  using queue = std::multimap<std::uint64_t, pass*>;

  void enter(pass& who, const std::string& family);
  void leave(pass& who);
  void serve();

  std::size_t free_;
  queue queue_;
  std::map<std::string, std::uint64_t, std::less<>> last_; ///< time of each family's last
  std::uint64_t now_ = 0;                                  ///< time of who was served last
};

/// A place, or the wait for one; destroying it gives up either.
class boot_gate::pass {
public:
  /// @param family of the one who enters: its supervisor
  /// @param turn   called once when it gets its place after a wait, inside of whatever gave the
  ///               place back; never inside of this constructor
  pass(boot_gate& gate, const std::string& family, std::function<void()> turn);
  ~pass();
  pass(const pass&) = delete;
  pass& operator=(const pass&) = delete;

  [[nodiscard]] bool holds() const noexcept { return holds_; }

private:
  friend class boot_gate;

  boot_gate& gate_;
  std::function<void()> turn_;
  bool holds_ = false;
  queue::iterator at_{}; ///< while it waits
};

} // namespace kraken::actor
