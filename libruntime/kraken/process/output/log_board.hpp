// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Captured output of every container by its path: written on the container's shard, read by the
/// console from another thread. Keeps lines across restarts; writes no log file.
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/process/output/line_capture.hpp"
#include "kraken/process/output/log_ring.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken::process {

/// When the line was read by the wall clock as it goes now, for people.
/// @return milliseconds since 1970
/// @thread any
[[nodiscard]] std::int64_t unix_ms(const captured_line& line);

/// The output of one container.
/// @thread any
class container_log {
public:
  using follower = std::function<void(const captured_line&)>;

  /// @param pass_on gets the lines the rate limit lets through, on the calling thread
  void feed(output_stream from,
            std::string_view bytes,
            time_point now,
            const captured_line_sink& pass_on);
  void flush(output_stream from, time_point now, const captured_line_sink& pass_on);

  /// Puts in what is no part of the program's output, as a worker's own log message: one line, or
  /// several when it has line ends in it.
  void
  add(output_stream from, std::string_view line, time_point now, const captured_line_sink& pass_on);

  [[nodiscard]] std::vector<captured_line> after(std::uint64_t sequence, std::size_t most) const;
  /// @param after see log_ring::tail
  [[nodiscard]] std::string tail(std::size_t bytes_max, std::uint64_t after = 0) const;
  [[nodiscard]] std::uint64_t last_sequence() const;
  [[nodiscard]] bool has_dropped() const;
  [[nodiscard]] std::uint64_t take_dropped();
  [[nodiscard]] capture_counts counts() const;

  /// Calls `each` for every new line, on the thread that writes it, until `unfollow`. Must be
  /// quick and must not come back here: the log is locked.
  [[nodiscard]] std::uint64_t follow(follower each);
  void unfollow(std::uint64_t id);

private:
  void tell_followers(std::uint64_t since);

  mutable std::mutex mutex_;
  line_capture capture_;
  std::map<std::uint64_t, follower> followers_;
  std::uint64_t next_follower_ = 1;
};

/// The log of a container for one incarnation of it, which knows its own lines: those from its
/// making on. While a successor is beside it that one's are among them.
/// @thread any
class incarnation_log {
public:
  explicit incarnation_log(std::shared_ptr<container_log> all)
      : all_(std::move(all)), before_(all_->last_sequence()) {}

  [[nodiscard]] const std::shared_ptr<container_log>& all() const noexcept { return all_; }

  /// The last of its own lines, for failure reports.
  [[nodiscard]] std::string tail(std::size_t bytes_max) const {
    return all_->tail(bytes_max, before_);
  }

private:
  std::shared_ptr<container_log> all_;
  std::uint64_t before_; ///< number of the last line of those before it
};

/// @thread any
class log_board {
public:
  /// The log of a container, made on first use.
  [[nodiscard]] std::shared_ptr<container_log> at(const std::string& path);

  /// The log of a container that has written or may write; null otherwise.
  [[nodiscard]] std::shared_ptr<container_log> find(std::string_view path) const;

  /// Every log, by path. `each` must not come back here.
  void visit(const std::function<void(const std::string&, const container_log&)>& each) const;

  /// The container is destroyed: its log stays until `limits::logs_of_gone` others have gone after
  /// it, or until there is a container of that path again, which goes on with it.
  void retire(std::string_view path);

private:
  mutable std::mutex mutex_;
  std::deque<std::string> gone_; ///< paths of logs, the one that is forgotten next first
  std::map<std::string, std::shared_ptr<container_log>, std::less<>> logs_;
};

} // namespace kraken::process
