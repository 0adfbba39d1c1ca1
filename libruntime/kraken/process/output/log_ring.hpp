// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The last lines a container has written, numbered so that a follower can ask for what came
/// after the line it saw last. Pure; serves no followers itself.
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/base/limits.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace kraken::process {

enum class output_stream : std::uint8_t { out, err };

/// One line of a container's output; a message that is passed on may have several.
struct captured_line {
  std::uint64_t sequence = 0; ///< 1, 2, 3 ... over both streams; never reused by the container
  output_stream from = output_stream::out;
  std::string text;            ///< raw bytes without the line end; escape before printing
  std::uint64_t cut_bytes = 0; ///< how much of the line was thrown away because it was too long
  time_point at{};             ///< when it was read, monotonic
};

/// Bounded by lines and by bytes; the oldest lines go first.
/// @thread not shared
class log_ring {
public:
  explicit log_ring(std::size_t lines_max = limits::log_ring_lines,
                    std::size_t bytes_max = limits::log_ring_bytes) noexcept
      : lines_max_(lines_max), bytes_max_(bytes_max) {}

  /// Numbers and keeps a line.
  /// @return the line as kept; valid until the next call of a non-const function
  const captured_line&
  push(output_stream from, std::string text, std::uint64_t cut_bytes = 0, time_point at = {});

  /// Lines numbered above `sequence`, oldest first, at most `lines_max` of them. A gap between
  /// `sequence` and the first line's number tells how many are no longer kept.
  [[nodiscard]] std::vector<captured_line> after(std::uint64_t sequence,
                                                 std::size_t lines_max) const;

  /// The last whole lines, oldest first, each ended by `\n`, within `bytes_max`; of one stream,
  /// or of both. For failure reports.
  /// @param after only lines with a greater number
  [[nodiscard]] std::string tail(std::size_t bytes_max,
                                 std::uint64_t after = 0,
                                 std::optional<output_stream> only = std::nullopt) const;

  /// Number of the last line pushed; 0 before the first.
  [[nodiscard]] std::uint64_t last_sequence() const noexcept { return last_; }

  [[nodiscard]] std::size_t size() const noexcept { return lines_.size(); }

private:
  std::size_t lines_max_;
  std::size_t bytes_max_;
  std::deque<captured_line> lines_;
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
};

} // namespace kraken::process
