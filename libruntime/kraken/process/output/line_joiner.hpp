// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Bytes of one output stream in, runs of whole lines out, as they were written. Unlike
/// `line_splitter` it throws nothing away. Pure: reads no descriptor.
#pragma once

#include "kraken/base/limits.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace kraken::process {

/// Gets one or more whole lines with their ends; valid during the call only.
using whole_lines_sink = std::function<void(std::string_view)>;

/// What has no line end yet is kept until it has. Where more than the limit has none the line is
/// ended, and goes on as another one, so memory stays bounded.
/// @thread not shared
class line_joiner {
public:
  explicit line_joiner(std::size_t line_bytes_max = limits::line_of_file_bytes_max) noexcept
      : max_(line_bytes_max) {}

  void feed(std::string_view bytes, const whole_lines_sink& sink);

  /// The stream has ended: what it began is a line.
  void flush(const whole_lines_sink& sink);

private:
  std::size_t max_;
  std::string begun_;
};

} // namespace kraken::process
