// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Lines on their way to one file: taken from any shard without waiting, written by a thread of
/// its own. When the file is slower than the clients, or its disk is full, lines are dropped,
/// counted and told of. Knows nothing of what stands in a line.
#pragma once

#include "kraken/base/guarded.hpp"
#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"
#include "kraken/base/units.hpp"
#include "kraken/wire/byte_buffer.hpp"

#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace kraken::containers {

/// Each line counts once, when its fate is known. `written`: the kernel has it.
struct access_log_counters {
  std::atomic<std::uint64_t> written{0};
  std::atomic<std::uint64_t> dropped{0};
};

class access_log {
  struct only_open {}; ///< nobody else makes one

public:
  /// @param container whose log this is, for log events
  /// @param file      absolute; empty: standard error
  /// @error errc::system_error when it cannot be opened
  [[nodiscard]] static result<std::shared_ptr<access_log>> open(std::string container,
                                                                std::string file);

  access_log(only_open, std::string container, std::string file, unique_fd target, unique_fd wake);

  /// Ends it, and waits for its thread.
  ~access_log();

  access_log(const access_log&) = delete;
  access_log& operator=(const access_log&) = delete;

  /// Takes one line.
  /// @param line ends with a line end
  /// @thread any; never waits for the file
  void add(std::string_view line);

  /// Opens the file anew under the same name (after rotation); what was added before may go to
  /// either. Standard error: no effect.
  /// @error errc::system_error; the old file is kept
  /// @thread any
  [[nodiscard]] result<void> reopen();

  /// Takes no more lines. Its thread writes what it has and ends, at once if the file takes
  /// nothing.
  /// @thread any
  void end();

  /// Whether its thread has ended, after `end()`.
  /// @param within how long to wait for it
  [[nodiscard]] bool ended(milliseconds within) const;

  [[nodiscard]] const std::string& container() const noexcept { return container_; }
  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  [[nodiscard]] const access_log_counters& counters() const noexcept { return counters_; }

private:
  /// What the thread is handed; emptied when it takes it.
  struct pending {
    wire::byte_buffer lines;
    std::optional<unique_fd> reopened;
    bool told = false; ///< the thread knows that lines are dropped
    bool last = false; ///< nothing follows
  };

  void run();
  void wake() const;
  void await_wake() const;
  /// Puts the target to use: what kind of file it is decides how it is written.
  void adopt(unique_fd target);
  void write(std::string_view lines);
  [[nodiscard]] bool may_write();
  [[nodiscard]] std::size_t put(std::string_view text);
  [[nodiscard]] bool finish_line();
  /// The file is left as it is: the line it lacks the end of counts as lost.
  void give_up_line();
  void drop(std::string_view lines);
  void tell();
  [[nodiscard]] bool is_over() const;

  std::string container_;
  std::string file_;
  unique_fd wake_;
  guarded<pending> pending_;
  access_log_counters counters_;

  // Of the thread.
  unique_fd target_;
  bool regular_ = false;        ///< a file on a disk: always ready, and its writes may be large
  std::string rest_;            ///< of the line that the file ends in the middle of
  bool torn_by_others_ = false; ///< which somebody else began: its rest is a line end
  bool dropping_ = false;       ///< and the log says so
  bool woken_ = false;          ///< while it waited for the file
  std::uint64_t known_ = 0;     ///< dropped lines, as of the last look
  std::string reason_;          ///< of the last drop by the thread

  std::future<void> over_;
  std::thread thread_;
};

} // namespace kraken::containers
