// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Writer for HTTP/1.1 responses: decides the framing (RFC 9112 §6), refuses fields that would
/// break a message apart and drops those the server owns. Appends to a byte_buffer; sends nothing.
#pragma once

#include "kraken/wire/byte_buffer.hpp"
#include "kraken/wire/http1_field.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace kraken::wire {

/// `OK` for 200 and so on; `Unknown` for a code without a registered phrase.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

enum class connection_after : std::uint8_t { keep, close };

/// How the body of a response is delimited, which the sender of the body must follow.
enum class body_framing : std::uint8_t {
  length,  ///< exactly the bytes announced
  chunked, ///< `append_chunk` for each part, `append_last_chunk` at the end
  close,   ///< raw bytes, then close the connection
  none,    ///< no body bytes at all (HEAD, 204, 304)
};

/// What the request says about its response.
struct response_context {
  std::string_view date;          ///< 29 bytes, IMF-fixdate
  std::uint8_t version_minor = 1; ///< of the request: 0 or 1
  bool head = false;              ///< the request's method is HEAD
  connection_after after = connection_after::keep;
};

/// Writes one response head straight into a buffer: `begin`, any number of `field`s, then one of
/// the `end`s. After `field` gave `refused`, call `abandon` and answer 502 instead.
/// @thread not shared
class response_writer {
public:
  enum class verdict : std::uint8_t {
    written,
    dropped, ///< the server owns this field: framing and connection are not the application's
    refused, ///< no token as name, or CR, LF or NUL in the value
  };

  response_writer(byte_buffer& out, const response_context& context) noexcept
      : out_(out), context_(context), start_(out.size()) {}

  /// @param status 200..599; interim responses have functions of their own
  void begin(int status) noexcept;

  /// Content-Length, Transfer-Encoding, Connection, Keep-Alive and Upgrade are dropped.
  /// A Date replaces the server's. `Status: 404 Nope`, as CGI programs say it, is dropped as well;
  /// as the first field, and of this very status, it gives the status line its words.
  [[nodiscard]] verdict field(std::string_view name, std::string_view value) noexcept;

  /// Ends the head of a response whose whole body is known, and appends the body.
  /// HEAD, 204 and 304 get no body; HEAD keeps the length it would have had.
  body_framing end_with_body(std::string_view body) noexcept;

  /// Ends the head of a response whose body of `body_bytes` the caller appends itself.
  body_framing end_with_length(std::uint64_t body_bytes) noexcept;

  /// Ends the head of a response of unknown length: chunked in 1.1, otherwise until close.
  body_framing end_streaming() noexcept;

  /// Removes from the buffer all that was written since construction.
  void abandon() noexcept { out_.truncate(start_); }

  /// What the connection must do once the response is sent: `close` framing forces it.
  [[nodiscard]] connection_after after() const noexcept { return context_.after; }

private:
  [[nodiscard]] char* put_common(char* at) const noexcept;
  [[nodiscard]] bool bodiless() const noexcept;

  byte_buffer& out_;
  response_context context_;
  std::size_t start_;
  std::size_t line_end_ = 0; ///< of the status line
  int status_ = 0;
  bool has_date_ = false;
  std::string_view head_length_; ///< Content-Length an application gave to a HEAD request
};

/// Appends one chunk; nothing for an empty part, which would end the body.
void append_chunk(byte_buffer& out, std::string_view part) noexcept;

/// Appends the end of a chunked body.
void append_last_chunk(byte_buffer& out) noexcept;

/// Appends a whole `103 Early Hints`; not for HTTP/1.0 clients. Fields the server owns are dropped.
/// @return false, and nothing appended, when a field is one `response_writer` would refuse
[[nodiscard]] bool append_early_hints(byte_buffer& out,
                                      std::span<const header_field> fields) noexcept;

/// `100 Continue`, whole.
inline constexpr std::string_view continue_response = "HTTP/1.1 100 Continue\r\n\r\n";

/// Appends a whole error response: small text/plain body, `nosniff`, Retry-After for 503.
/// @param status 400..599
/// @param detail one line for the body after the phrase; empty: the phrase alone
/// @param retry_after_s seconds for 503; other statuses ignore it
void append_error(byte_buffer& out,
                  const response_context& context,
                  int status,
                  std::string_view detail,
                  unsigned retry_after_s = 1) noexcept;

} // namespace kraken::wire
