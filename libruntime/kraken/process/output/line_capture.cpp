// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Joining of splitter, ring and rate limit.
#include "kraken/process/output/line_capture.hpp"

#include <utility>

namespace kraken::process {

line_capture::line_capture(capture_limits limits)
    : line_bytes_max_(limits.line_bytes_max), lines_per_second_max_(limits.lines_per_second_max),
      bytes_per_second_max_(limits.bytes_per_second_max),
      splitters_{line_splitter{limits.line_bytes_max}, line_splitter{limits.line_bytes_max}},
      ring_(limits.ring_lines, limits.ring_bytes) {}

void line_capture::feed(output_stream from,
                        std::string_view bytes,
                        time_point now,
                        const captured_line_sink& pass_on) {
  splitter(from).feed(bytes, [&](const raw_line& line) { accept(from, line, now, pass_on); });
}

void line_capture::flush(output_stream from, time_point now, const captured_line_sink& pass_on) {
  splitter(from).flush([&](const raw_line& line) { accept(from, line, now, pass_on); });
}

void line_capture::add(output_stream from,
                       std::string_view message,
                       time_point now,
                       const captured_line_sink& pass_on) {
  line_splitter apart{line_bytes_max_};
  std::uint64_t lines = 0;
  captured_line whole;
  whole.from = from;
  whole.at = now;
  const auto keep = [&](const raw_line& line) {
    whole.sequence = ring_.push(from, std::string{line.text}, line.cut_bytes, now).sequence;
    whole.text.append(lines++ == 0 ? "" : "\n").append(line.text);
  };
  apart.feed(message, keep);
  apart.flush(keep);
  message_bytes_cut_ += apart.bytes_cut();
  if (lines == 0 || !pass_on) {
    return;
  }
  if (whole.text.size() > line_bytes_max_) {
    whole.cut_bytes = whole.text.size() - line_bytes_max_;
    whole.text.resize(line_bytes_max_);
  }
  if (within_rate(whole.text.size(), now)) {
    pass_on(whole);
  } else {
    lines_dropped_ += lines;
  }
}

std::uint64_t line_capture::take_dropped() noexcept {
  return lines_dropped_ - std::exchange(dropped_reported_, lines_dropped_);
}

capture_counts line_capture::counts() const noexcept {
  return {ring_.last_sequence(),
          lines_dropped_,
          splitters_[0].bytes_cut() + splitters_[1].bytes_cut() + message_bytes_cut_};
}

void line_capture::accept(output_stream from,
                          const raw_line& line,
                          time_point now,
                          const captured_line_sink& pass_on) {
  const auto& kept = ring_.push(from, std::string{line.text}, line.cut_bytes, now);
  if (!pass_on) {
    return; // nothing is kept from anybody
  }
  if (within_rate(line.text.size(), now)) {
    pass_on(kept);
  } else {
    ++lines_dropped_;
  }
}

bool line_capture::within_rate(std::size_t bytes, time_point now) noexcept {
  if (now - window_start_ >= std::chrono::seconds{1}) {
    window_start_ = now;
    window_lines_ = 0;
    window_bytes_ = 0;
  }
  if (window_lines_ >= lines_per_second_max_ || window_bytes_ >= bytes_per_second_max_) {
    return false;
  }
  ++window_lines_;
  window_bytes_ += bytes;
  return true;
}

line_splitter& line_capture::splitter(output_stream from) noexcept {
  return splitters_[static_cast<std::size_t>(from)];
}

} // namespace kraken::process
