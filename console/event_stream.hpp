// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Server-sent events as the admin API uses them: `id`, `event`, one line of `data`. Both halves:
/// the daemon writes, the console reads incrementally. Knows no connection.
#pragma once

#include "kraken/base/limits.hpp"
#include "kraken/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::console {

/// One server-sent event.
struct stream_event {
  std::uint64_t id = 0;
  std::string name = "message";
  std::string data;
};

/// The bytes of one event.
/// @param data  one line (JSON text); line ends in it are sent as several `data` lines
[[nodiscard]] std::string stream_text(const stream_event& event);

/// The comment that keeps an idle stream alive.
[[nodiscard]] std::string_view stream_heartbeat() noexcept;

/// Puts events together from pieces of a body.
/// @thread not shared
class stream_reader {
public:
  /// Longest event that is kept; a longer one is an error.
  static constexpr std::size_t event_bytes_max = limits::admin_answer_bytes_max;

  /// @param piece  next bytes of the body, cut anywhere
  /// @return the events that are complete now, possibly none
  /// @error errc::limit_exceeded when an event grows past `event_bytes_max`; the reader is unusable
  [[nodiscard]] result<std::vector<stream_event>> take(std::string_view piece);

private:
  void take_line(std::string_view line, std::vector<stream_event>& out);

  std::string line_;
  bool after_cr_ = false; ///< a following LF belongs to the same line end
  bool has_data_ = false;
  stream_event event_;
};

} // namespace kraken::console
