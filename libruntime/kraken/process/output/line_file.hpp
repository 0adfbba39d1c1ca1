// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Lines on their way to one file: taken from any shard without waiting, written by a thread of
/// its own, which also turns the file over. When the file is slower than who writes, or its disk is
/// full, lines are dropped, counted and told of. Knows nothing of what stands in a line.
#pragma once

#include "kraken/base/guarded.hpp"
#include "kraken/base/result.hpp"
#include "kraken/base/unique_fd.hpp"
#include "kraken/base/units.hpp"
#include "kraken/process/output/rotation.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace kraken::process {

/// Each line counts once, when its fate is known. `written`: the kernel has it.
struct line_file_counters {
  std::atomic<std::uint64_t> written{0};
  std::atomic<std::uint64_t> dropped{0};
};

/// What has become of a file, worth a line in the log.
struct line_file_news {
  enum class kind : std::uint8_t {
    drops,     ///< lines begin to be lost
    resumes,   ///< they are no longer
    not_opened ///< a new file could not be: the old one goes on, past its limit
  };

  kind what = kind::drops;
  std::uint64_t dropped = 0; ///< lines, so far
  std::string reason;
};

class line_file {
  struct only_open {}; ///< nobody else makes one

public:
  /// What a file means that cannot be opened.
  enum class unopened : std::uint8_t {
    fails,       ///< nothing is made
    loses_lines, ///< lines are dropped, and it is tried again with each that come
  };

  /// Called on its thread.
  using ear = std::function<void(const line_file_news&)>;

  /// @param file   absolute; empty: standard error
  /// @param thread name of its thread, at most 15 bytes
  /// @error errc::limit_exceeded: no thread can be made; unless it then loses lines, as
  ///        open_line_target
  [[nodiscard]] static result<std::shared_ptr<line_file>> open(std::string file,
                                                               rotation_rules rules,
                                                               std::string thread,
                                                               ear tell,
                                                               unopened then = unopened::fails);

  line_file(only_open, std::string file, rotation_rules rules, ear tell, unique_fd wake);

  /// Ends it, and waits for its thread.
  ~line_file();

  line_file(const line_file&) = delete;
  line_file& operator=(const line_file&) = delete;

  /// Takes lines: all of them or none.
  /// @param lines whole ones, the last as well
  /// @thread any; never waits for the file
  void add(std::string_view lines);

  /// Whether more than half of what may wait does.
  /// @param then if so, called once there is room, on its thread; must not wait
  /// @thread any
  [[nodiscard]] bool is_crowded(std::function<void()> then);

  /// Opens the file anew under the same name (after somebody else's rotation); what was added
  /// before may go to either. Standard error: no effect.
  /// @error as open_line_target; the old file is kept
  /// @thread any
  [[nodiscard]] result<void> reopen();

  /// How it is turned over from now on.
  /// @thread any
  void turn_over(rotation_rules rules);

  /// Takes no more lines. Its thread writes what it has and ends, at once if the file takes
  /// nothing.
  /// @thread any
  void end();

  /// Whether its thread has ended, after `end()`.
  /// @param within how long to wait for it
  [[nodiscard]] bool ended(milliseconds within) const;

  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  [[nodiscard]] const line_file_counters& counters() const noexcept { return counters_; }

private:
  /// What the thread is handed; emptied when it takes it.
  struct pending {
    std::string lines;
    std::optional<unique_fd> reopened;
    rotation_rules rules;
    std::vector<std::function<void()>> waiting; ///< for room
    bool told = false;                          ///< the thread knows that lines are dropped
    bool last = false;                          ///< nothing follows
  };

  void run();
  void wake() const;
  void await_wake() const;
  /// Puts the target to use: what kind of file it is decides how it is written.
  void adopt(unique_fd target);
  void find_target();
  void write(std::string_view lines);
  void write_part(std::string_view lines);
  [[nodiscard]] bool may_write();
  [[nodiscard]] std::size_t put(std::string_view text);
  [[nodiscard]] bool finish_line();
  /// The file is left as it is: the line it lacks the end of counts as lost.
  void give_up_line();
  void drop(std::string_view lines);
  void tell();
  [[nodiscard]] bool is_over() const;

  // line_file_rotation.cpp
  [[nodiscard]] bool may_be_renamed() const;
  [[nodiscard]] std::string_view part_for_file(std::string_view lines);
  void look_for_name();
  [[nodiscard]] result<void> begin_anew();
  void count_opening(const result<void>& done);

  std::string file_;
  ear tell_;
  unique_fd wake_;
  guarded<pending> pending_;
  line_file_counters counters_;

  // Of the thread.
  unique_fd target_; ///< none: it could not be opened, as `absence_` says
  std::string absence_;
  rotation_rules rules_;
  bool regular_ = false;        ///< a file on a disk: always ready, and its writes may be large
  std::string rest_;            ///< of the line that the file ends in the middle of
  bool torn_by_others_ = false; ///< which somebody else began: its rest is a line end
  bool dropping_ = false;       ///< and told so
  bool stays_ = false;          ///< no new file could be opened, and told so
  bool woken_ = false;          ///< while it waited for the file
  std::uint64_t known_ = 0;     ///< dropped lines, as of the last look
  std::string reason_;          ///< of the last drop by the thread

  std::future<void> over_;
  std::thread thread_;
};

/// Ends all and waits for what they have to be written.
/// @param within for all of them together; those that need longer lose their lines
void end_all(const std::vector<std::shared_ptr<line_file>>& files, milliseconds within);

} // namespace kraken::process
