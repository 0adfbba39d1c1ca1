// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Bytes of one output stream in, lines out. Pure: reads no descriptor, keeps no finished line.
#pragma once

#include "kraken/base/limits.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace kraken::process {

/// One line without its end (`\n`, `\r\n`).
struct raw_line {
  std::string_view text;       ///< valid during the call only
  std::uint64_t cut_bytes = 0; ///< what followed on the line and was thrown away so far
};

using raw_line_sink = std::function<void(const raw_line&)>;

/// Cuts a byte stream into lines. A line longer than the limit is given once, cut to the limit,
/// and the rest of it up to its end is thrown away: memory never exceeds the limit.
/// @thread not shared
class line_splitter {
public:
  explicit line_splitter(std::size_t line_bytes_max = limits::log_line_bytes_max) noexcept
      : max_(line_bytes_max) {}

  /// Takes the next bytes and gives every line they complete to `sink`, in order.
  void feed(std::string_view bytes, const raw_line_sink& sink);

  /// Gives what has no line end yet as a line (end of file, or a prompt that waits); nothing if
  /// there is nothing.
  void flush(const raw_line_sink& sink);

  /// Bytes thrown away from lines over the limit, in all.
  [[nodiscard]] std::uint64_t bytes_cut() const noexcept { return bytes_cut_; }

private:
  void take(std::string_view part);
  void finish_line(std::string_view last_part, const raw_line_sink& sink);

  std::size_t max_;
  std::string partial_;
  std::uint64_t cut_of_line_ = 0;
  std::uint64_t bytes_cut_ = 0;
};

} // namespace kraken::process
