// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Output of a container as log lines: both streams split, numbered, kept and rate-limited.
/// Pure: bytes and time are passed in; writes no log and reads no descriptor.
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/process/output/line_splitter.hpp"
#include "kraken/process/output/log_ring.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

namespace kraken::process {

struct capture_limits {
  std::size_t line_bytes_max = limits::log_line_bytes_max;
  std::size_t lines_per_second_max = limits::log_lines_per_second_max;
  std::size_t bytes_per_second_max = limits::log_bytes_per_second_max;
  std::size_t ring_lines = limits::log_ring_lines;
  std::size_t ring_bytes = limits::log_ring_bytes;
};

/// What happened to the output so far.
struct capture_counts {
  std::uint64_t lines = 0;         ///< seen, kept in the ring
  std::uint64_t lines_dropped = 0; ///< of these not passed on, for being too much in a second
  std::uint64_t bytes_cut = 0;     ///< thrown away from lines that were too long
};

using captured_line_sink = std::function<void(const captured_line&)>;

/// The captured output of one container; lives on across its restarts. Every line goes to the
/// ring, so that a report has the very last ones even of a flood; only as many as allowed per
/// second are passed on to the log.
/// @thread not shared
class line_capture {
public:
  explicit line_capture(capture_limits limits = {});

  /// Takes bytes read from a stream.
  /// @param pass_on gets each completed line that the rate allows, before this returns; empty:
  ///                nobody wants them, so none counts as dropped
  /// @param now     never earlier than in a previous call
  void feed(output_stream from,
            std::string_view bytes,
            time_point now,
            const captured_line_sink& pass_on);

  /// Takes what has no line end yet as a line: at end of file, or when it has waited for long.
  void flush(output_stream from, time_point now, const captured_line_sink& pass_on);

  /// Takes a message that is not part of a stream's bytes: what the stream has begun stays apart.
  /// It is kept line by line and passed on as one, with `\n` between its lines.
  void add(output_stream from,
           std::string_view message,
           time_point now,
           const captured_line_sink& pass_on);

  /// Whether `take_dropped` has something to tell.
  [[nodiscard]] bool has_dropped() const noexcept { return lines_dropped_ != dropped_reported_; }

  /// Lines dropped since the last call of this function; for one "n lines dropped" event.
  [[nodiscard]] std::uint64_t take_dropped() noexcept;

  [[nodiscard]] capture_counts counts() const noexcept;
  [[nodiscard]] const log_ring& ring() const noexcept { return ring_; }

private:
  void accept(output_stream from,
              const raw_line& line,
              time_point now,
              const captured_line_sink& pass_on);
  [[nodiscard]] bool within_rate(std::size_t bytes, time_point now) noexcept;
  [[nodiscard]] line_splitter& splitter(output_stream from) noexcept;

  std::size_t line_bytes_max_;
  std::size_t lines_per_second_max_;
  std::size_t bytes_per_second_max_;
  std::uint64_t message_bytes_cut_ = 0;
  std::array<line_splitter, 2> splitters_;
  log_ring ring_;
  time_point window_start_{};
  std::size_t window_lines_ = 0;
  std::size_t window_bytes_ = 0;
  std::uint64_t lines_dropped_ = 0;
  std::uint64_t dropped_reported_ = 0;
};

} // namespace kraken::process
