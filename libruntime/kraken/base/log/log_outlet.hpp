// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Lines of the log on their way out. A line is written by who says it, so that a crash loses
/// none; what a reader is too slow for waits here, bounded, for a thread. Nobody else waits: what
/// finds no room is lost, counted, and told of when lines flow again.
#pragma once

#include "kraken/base/guarded.hpp"
#include "kraken/base/log.hpp"
#include "kraken/base/log/log_target.hpp"
#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"
#include "kraken/base/units.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace kraken::log {

inline constexpr std::size_t waiting_bytes_max = 4U << 20U; ///< of lines for a slow reader
inline constexpr milliseconds reader_patience{500}; ///< before there is a thread; at the end

/// From now on nobody who logs waits for who reads the log: a thread does. Call after forks.
/// @error errc::limit_exceeded: no thread can be made; errc::system_error
[[nodiscard]] result<void> begin_thread();

/// Writes what waits, within `reader_patience`; without `begin_thread`: no effect.
void end_thread();

class log_outlet {
public:
  /// Has no thread yet: a line that finds no room waits `reader_patience`, once.
  log_outlet();
  ~log_outlet();

  log_outlet(const log_outlet&) = delete;
  log_outlet& operator=(const log_outlet&) = delete;

  /// Where lines go from now on; what waits goes there too.
  /// @thread any
  void point(target to, format style);

  /// @param line with its end
  /// @thread any; with a thread it never waits
  void add(std::string_view line);

  /// @error errc::limit_exceeded: no thread can be made; errc::system_error
  [[nodiscard]] result<void> begin_thread();

  /// The thread writes what waits and ends; after that time what still waits is lost.
  void end_thread(milliseconds within);

  /// @thread any
  [[nodiscard]] std::uint64_t lost() const noexcept {
    return lost_.load(std::memory_order_relaxed);
  }

private:
  enum class fate : std::uint8_t { written, waits, lost };

  struct state {
    std::shared_ptr<const target> to;
    format style = format::text;
    std::string waiting;                 ///< from `head` on
    std::size_t head = 0;                ///< so much of it has been written
    std::shared_ptr<const target> begun; ///< has the begin of the line that waits first, or null
    std::uint64_t told = 0;              ///< lost lines that have been told of
    bool torn = false;                   ///< the last line is there in part
    bool full = false;                   ///< until half of what may wait does
    bool stands_still = false;           ///< without a thread: it was waited for in vain
    bool threaded = false;
    bool last = false;
    std::chrono::steady_clock::time_point until; ///< of the last words

    [[nodiscard]] std::size_t size() const noexcept { return waiting.size() - head; }
  };

  /// What the thread writes next, without the mutex.
  struct part {
    std::shared_ptr<const target> to;
    std::string text;
    bool last = false;
  };

  [[nodiscard]] fate put_line(state& now, std::string_view line);
  void tell_lost(state& now);
  void lose(std::uint64_t lines);
  void run();
  [[nodiscard]] part next_part(state& now);
  void written(state& now, const part& what, const target::outcome& done);
  void drop_waiting(state& now);
  [[nodiscard]] bool await_room(const target& to, bool last) const;
  void await_wake() const;
  void wake() const;

  guarded<state> state_;
  std::atomic<std::uint64_t> lost_{0};
  unique_fd wake_;
  std::future<void> over_;
  std::thread thread_;
};

} // namespace kraken::log
