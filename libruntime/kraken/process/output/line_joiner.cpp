// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/process/output/line_joiner.hpp"

namespace kraken::process {

void line_joiner::feed(std::string_view bytes, const whole_lines_sink& sink) {
  if (const auto first = bytes.find('\n'); first != std::string_view::npos && !begun_.empty()) {
    begun_.append(bytes.substr(0, first + 1));
    bytes.remove_prefix(first + 1);
    sink(begun_);
    begun_.clear();
  }
  if (const auto last = bytes.rfind('\n'); last != std::string_view::npos) {
    sink(bytes.substr(0, last + 1));
    bytes.remove_prefix(last + 1);
  }
  while (begun_.size() + bytes.size() > max_) {
    const auto fits = max_ - begun_.size();
    begun_.append(bytes.substr(0, fits)).append("\n");
    bytes.remove_prefix(fits);
    sink(begun_);
    begun_.clear();
  }
  begun_.append(bytes);
}

void line_joiner::flush(const whole_lines_sink& sink) {
  if (!begun_.empty()) {
    begun_.append("\n");
    sink(begun_);
    begun_.clear();
  }
}

} // namespace kraken::process
