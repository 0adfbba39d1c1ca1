// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a connection keeps of a request until its line of the access log is written: the request
/// itself is gone by the time its answer is. Only connections of a front with such a log have one.
#pragma once

#include "containers/http/access/access_log.hpp"
#include "kraken/base/clock.hpp"
#include "kraken/wire/byte_buffer.hpp"
#include "kraken/wire/http1_request.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kraken::containers {

/// The form of the lines.
enum class access_format : std::uint8_t {
  text,     ///< as the daemon's own log
  json,     ///< one object
  combined, ///< Apache's
};

/// Where a front's lines go and how they look; the same for all its shards.
struct access_target {
  std::shared_ptr<access_log> log;
  access_format format = access_format::text;
  std::string container; ///< path of the front
};

/// Whether the client got all there was.
enum class delivery : std::uint8_t { complete, cut_off };

/// @thread its connection's
class access_note {
public:
  explicit access_note(std::shared_ptr<const access_target> to) : to_(std::move(to)) {}

  /// A request has been understood.
  /// @param bytes of its head
  void begin(std::string_view bytes, const wire::request_head& head, time_point now);
  /// A request could not be read.
  /// @param input what came, from its first byte
  void begin_unreadable(std::string_view input, time_point now);

  /// All that is put out before this, in bytes of the connection, belongs to something else.
  void mark(std::uint64_t put_out) noexcept { mark_ = put_out; }
  [[nodiscard]] std::uint64_t marked() const noexcept { return mark_; }

  /// A part of the answer's body is on its way.
  void count_body(std::size_t bytes) noexcept { body_ += bytes; }
  /// A part of it will not leave.
  /// @param bytes perhaps with its framing
  void uncount_body(std::uint64_t bytes) noexcept { body_ -= std::min(body_, bytes); }
  /// The head of a streamed answer is.
  void answers_with(int status) noexcept { status_ = status; }

  /// Writes the line of the request under way. One that was never begun has no first line.
  /// @param status 0: as `answers_with` said
  void finish(std::string_view peer, int status, delivery how, time_point now);

private:
  void render_event(std::string_view peer, delivery how, std::chrono::microseconds took);
  void render_combined(std::string_view peer);

  std::shared_ptr<const access_target> to_;
  wire::byte_buffer line_;
  bool begun_ = false;
  std::chrono::system_clock::time_point at_;
  time_point began_{};
  std::string request_;
  std::string host_;
  std::optional<std::string> user_;
  std::optional<std::string> referer_;
  std::optional<std::string> agent_;
  int status_ = 0;
  std::uint64_t body_ = 0;
  std::uint64_t mark_ = 0;
};

/// Bytes behind the head of a whole response.
/// @param response status line, fields, body
[[nodiscard]] std::size_t body_size_of(std::string_view response) noexcept;

} // namespace kraken::containers
