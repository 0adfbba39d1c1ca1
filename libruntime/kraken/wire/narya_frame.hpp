// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Frames of the Narya dialect (u32 length + MessagePack map), so that its unmodified PHP
/// workers run here: request encoder, tolerant response decoder, handshake bytes.
/// Workers are started and sockets opened elsewhere.
#pragma once

#include "kraken/base/limits.hpp"
#include "kraken/base/result.hpp"
#include "kraken/wire/byte_buffer.hpp"
#include "kraken/wire/http1_field.hpp"
#include "kraken/wire/msgpack_stream.hpp"
#include "kraken/wire/worker_frame.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace kraken::wire {

inline constexpr std::string_view narya_greeting = "NARYA1";    ///< daemon first, one write
inline constexpr std::string_view narya_greeting_answer = "OK"; ///< all the worker says
inline constexpr std::string_view narya_runtime_version = "2.0.0";

/// A worker_id that is filled in when the worker is known: `put_narya_worker`.
inline constexpr std::uint64_t narya_worker_later = ~std::uint64_t{0};

/// A request in the dialect's terms; views live as long as the call.
struct narya_request {
  std::uint64_t id = 0;
  const request_head* head = nullptr;
  std::string_view path; ///< decoded
  std::string_view uri;  ///< empty: the target as received
  std::string_view body;
  std::string_view remote; ///< `ip:port`
  std::string_view scheme = "http";
  std::uint64_t timeout_ms = 0;
  std::uint64_t worker_id = 0;          ///< the key is omitted for 0, as the original does
  std::span<const header_field> server; ///< CGI map of later SDKs
  /// `extended` adds the keys `protocol` and `server`, which later SDKs read.
  enum class key_set : std::uint8_t { original, extended } keys = key_set::original;
};

/// Appends one request frame.
/// @return false, and nothing appended, when the frame would exceed the dialect's 10 MiB
[[nodiscard]] bool append_narya_request(byte_buffer& out, const narya_request& request) noexcept;

/// Names the worker of a request made with `narya_worker_later`.
/// @param out ends with that request's frame
void put_narya_worker(byte_buffer& out, std::uint32_t worker_id) noexcept;

/// A response; views point into the frame. Headers are walked with `narya_headers`.
struct narya_response {
  int status = 0;                 ///< 100..599
  std::string_view headers;       ///< the map's pairs, checked
  std::uint32_t header_count = 0; ///< pairs in the map: one name may have many values
  std::string_view body;
  std::string_view error; ///< not empty: answer 500, keep the text for the log
  bool recycle = false;
  std::uint64_t memory_bytes = 0; ///< `_meta.mem_usage`, 0 if absent
};

/// Takes the first frame off received bytes.
/// @param payload a view into `input` when the outcome is `done`
/// @thread any (pure)
[[nodiscard]] split_outcome split_narya_frame(std::string_view input,
                                              std::string_view& payload) noexcept;

/// Decodes a response with the tolerances of the dialect: `headers` may be an empty array or have
/// scalar values, `status` may be a float or numeric text, `recycle` any truth.
/// @param expected_id the request's id
/// @error errc::protocol_error: answer 502 and replace the worker
[[nodiscard]] result<narya_response> decode_narya_response(std::string_view payload,
                                                           std::uint64_t expected_id);

/// One header line of a response. Integers arrive as text in `scratch`.
class narya_headers {
public:
  explicit narya_headers(const narya_response& response) noexcept
      : reader_(response.headers), names_left_(response.header_count) {}

  /// @return false after the last; otherwise `field` is the next line, valid until the next call
  [[nodiscard]] bool next(header_field& field) noexcept;

private:
  [[nodiscard]] std::string_view scalar() noexcept;

  msgpack_reader reader_;
  std::uint32_t names_left_;
  std::uint32_t values_left_ = 0;
  std::string_view name_;
  char scratch_[32] = {};
};

} // namespace kraken::wire
