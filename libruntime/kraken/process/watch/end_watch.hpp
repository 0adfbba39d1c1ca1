// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Words in shared memory that the kernel marks when the thread that owns them ends, and one
/// thread that waits for all of them (docs/decisions/0032). Tells of a mark; what it means is for
/// whoever asked to find out.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <mutex>

namespace kraken::process {

/// A word belongs to a thread that has put its id there with `FUTEX_WAITERS` and the word on its
/// robust list. Linux marks it at the beginning of that thread's end: before it takes the memory
/// of the process apart, which is the longest part of it, and before a pidfd is readable.
///
/// The memory is another process's as well and may hold anything: a word that changes more often
/// than it has reason to is not looked at any more.
/// @thread any
class end_watch {
public:
  /// @return null: this machine cannot wait for many words (Linux before 5.16, or forbidden)
  [[nodiscard]] static std::unique_ptr<end_watch> make();
  ~end_watch();

  end_watch(const end_watch&) = delete;
  end_watch& operator=(const end_watch&) = delete;

  /// Something watched; destroying it ends the watching: nobody is told afterwards, and the word
  /// is not read.
  class place {
  public:
    place(end_watch& of, std::uint64_t number) noexcept : of_(of), number_(number) {}
    ~place() { of_.remove(number_); }
    place(const place&) = delete;
    place& operator=(const place&) = delete;

  private:
    end_watch& of_;
    std::uint64_t number_;
  };

  /// @param word outlives the place
  /// @param told called once at most, on a thread of the watch and with its lock held: it may do
  ///        no more than post
  /// @return null: as many as one thread can wait for are watched already, or it cannot wait
  [[nodiscard]] std::unique_ptr<place> add(const std::atomic<std::uint32_t>& word,
                                           std::function<void()> told);

private:
  struct watched {
    std::uint64_t number = 0;
    const std::atomic<std::uint32_t>* word = nullptr;
    std::function<void()> told;
    std::uint32_t seen = 0;
    std::uint32_t changes = 0;
  };

  end_watch() = default;
  void remove(std::uint64_t number);
  void wake_up();
  void run();
  [[nodiscard]] bool look(watched& one) const;

  std::mutex mutex_;             ///< of what follows up to `over_`
  std::vector<watched> watched_; ///< as many as `limits::end_words_max`
  std::uint64_t last_ = 0;
  bool over_ = false;                     ///< ends, or the kernel refused to wait
  std::atomic<std::uint32_t> changes_{0}; ///< of `watched_` or `over_`: the thread's own word
  std::thread thread_;
};

} // namespace kraken::process
