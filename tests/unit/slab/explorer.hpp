// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Runs a few short programs over a model of shared memory in every order of their atomic
/// instructions, or in every one with few preemptions; one of them may be killed at any point.
/// Sequentially consistent: memory orders are for the thread sanitizer's stress test.
#pragma once

#include <atomic>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_set>
#include <vector>

#include <ucontext.h>

namespace kraken::test {

class explorer;

/// A word whose every use is a point where another program may go on.
class model_word {
public:
  void bind(explorer& owner) { owner_ = &owner; }

  std::uint64_t load(std::memory_order) const;
  void store(std::uint64_t value, std::memory_order);
  std::uint64_t exchange(std::uint64_t value, std::memory_order);
  std::uint64_t fetch_add(std::uint64_t value, std::memory_order);
  std::uint64_t fetch_or(std::uint64_t value, std::memory_order);
  std::uint64_t fetch_and(std::uint64_t value, std::memory_order);

  template <class Expected>
  bool compare_exchange_strong(Expected& expected, std::uint64_t desired, std::memory_order) {
    const auto before = swap_if(expected, desired);
    const bool same = before == expected;
    expected = static_cast<Expected>(before);
    return same;
  }

  std::uint64_t value = 0;

private:
  std::uint64_t swap_if(std::uint64_t expected, std::uint64_t desired);

  explorer* owner_ = nullptr;
};

/// The same with half as many bits.
class model_u32 : public model_word {
public:
  std::uint32_t load(std::memory_order order) const {
    return static_cast<std::uint32_t>(model_word::load(order));
  }
  std::uint32_t exchange(std::uint32_t next, std::memory_order order) {
    return static_cast<std::uint32_t>(model_word::exchange(next, order));
  }
};

/// One exploration: programs are given as functions, made anew for each run.
class explorer {
public:
  using program = std::function<void()>;

  /// What a run consists of.
  struct scenario {
    std::vector<program> programs;
    std::vector<const model_word*> words;    ///< all shared state
    std::vector<const std::uint64_t*> extra; ///< more state, that is no point to switch at
    int preemptions_max = -1;     ///< switches away from a program that could go on; -1: any number
    int victim = -1;              ///< program that may be killed; -1: none
    std::function<void()> killed; ///< the world learns of it
    std::function<bool()> well;   ///< asked when nobody can go on
  };

  /// @param make builds a fresh scenario
  /// @return empty, or the order that ended badly
  std::vector<int> run(const std::function<scenario(explorer&)>& make);

  [[nodiscard]] std::size_t runs() const { return runs_; }
  [[nodiscard]] std::size_t states() const { return seen_.size(); }

  // For programs.
  void step();
  void note(std::uint64_t observed);
  /// The calling program is where it has been before and knows `but` of what it saw.
  void forget(std::uint64_t but);
  /// The calling program goes on once `ready` holds.
  void wait_until(std::function<bool()> ready);

private:
  struct fiber {
    ucontext_t first{}; ///< where it begins
    std::jmp_buf at{};  ///< where it goes on: unlike swapcontext no system call
    bool begun = false;
    program body;
    std::function<bool()> ready;
    std::uint64_t history = 0;
    bool finished = false;
    bool dead = false;
  };

  struct decision {
    std::size_t chosen = 0;
    std::size_t count = 0;
  };

  static void enter(unsigned high, unsigned low);
  void switch_to(fiber& which);
  void switch_home();
  [[nodiscard]] std::vector<int> choices() const;
  [[nodiscard]] bool can_go_on(int which) const;
  [[nodiscard]] std::uint64_t fingerprint() const;
  bool one_run();
  void start_fibers();

  scenario now_;
  std::vector<std::unique_ptr<fiber>> fibers_;
  std::vector<std::unique_ptr<char[]>> stacks_; ///< of fibers, used again in every run
  std::jmp_buf home_{};
  fiber* running_ = nullptr;
  std::vector<decision> path_;
  std::vector<int> order_;
  std::unordered_set<std::uint64_t> seen_;
  std::size_t runs_ = 0;
  int last_ = -1; ///< program that ran last
  int preemptions_ = 0;
};

} // namespace kraken::test
