// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Keeping and finding the last lines.
#include "kraken/process/output/log_ring.hpp"

#include <algorithm>

namespace kraken::process {

const captured_line&
log_ring::push(output_stream from, std::string text, std::uint64_t cut_bytes, time_point at) {
  bytes_ += text.size();
  lines_.push_back({++last_, from, std::move(text), cut_bytes, at});
  // The newest line stays even if it alone exceeds the bytes: it is bounded by its own limit.
  while (lines_.size() > 1 && (lines_.size() > lines_max_ || bytes_ > bytes_max_)) {
    bytes_ -= lines_.front().text.size();
    lines_.pop_front();
  }
  return lines_.back();
}

std::vector<captured_line> log_ring::after(std::uint64_t sequence, std::size_t lines_max) const {
  const auto first = std::upper_bound(
      lines_.begin(), lines_.end(), sequence, [](std::uint64_t wanted, const captured_line& line) {
        return wanted < line.sequence;
      });
  const auto there = static_cast<std::size_t>(std::distance(first, lines_.end()));
  return {first, first + static_cast<std::ptrdiff_t>(std::min(there, lines_max))};
}

std::string log_ring::tail(std::size_t bytes_max,
                           std::uint64_t after,
                           std::optional<output_stream> only) const {
  std::vector<const captured_line*> chosen;
  std::size_t size = 0;
  for (auto line = lines_.rbegin(); line != lines_.rend(); ++line) {
    if (only && line->from != *only) {
      continue;
    }
    if (line->sequence <= after || size + line->text.size() + 1 > bytes_max) {
      break;
    }
    size += line->text.size() + 1;
    chosen.push_back(&*line);
  }
  std::string out;
  out.reserve(size);
  for (auto line = chosen.rbegin(); line != chosen.rend(); ++line) {
    out.append((*line)->text).push_back('\n');
  }
  return out;
}

} // namespace kraken::process
