// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Splitting of an output stream at line ends.
#include "kraken/process/output/line_splitter.hpp"

#include <algorithm>

namespace kraken::process {

void line_splitter::feed(std::string_view bytes, const raw_line_sink& sink) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    if (end == std::string_view::npos) {
      take(bytes);
      return;
    }
    finish_line(bytes.substr(0, end), sink);
    bytes.remove_prefix(end + 1);
  }
}

void line_splitter::flush(const raw_line_sink& sink) {
  if (!partial_.empty() || cut_of_line_ > 0) {
    finish_line({}, sink);
  }
}

void line_splitter::take(std::string_view part) {
  // One byte more than the limit is kept: it may be the '\r' of a line that just fits.
  const auto room = max_ + 1 - partial_.size();
  const auto kept = std::min(room, part.size());
  partial_.append(part.substr(0, kept));
  cut_of_line_ += part.size() - kept;
}

void line_splitter::finish_line(std::string_view last_part, const raw_line_sink& sink) {
  std::string_view line = last_part;
  if (!partial_.empty() || last_part.size() > max_) {
    take(last_part);
    line = partial_;
  }
  if (cut_of_line_ == 0 && !line.empty() && line.back() == '\r') {
    line.remove_suffix(1);
  }
  if (line.size() > max_) {
    cut_of_line_ += line.size() - max_;
    line = line.substr(0, max_);
  }
  bytes_cut_ += cut_of_line_;
  sink(raw_line{line, cut_of_line_});
  partial_.clear();
  cut_of_line_ = 0;
}

} // namespace kraken::process
