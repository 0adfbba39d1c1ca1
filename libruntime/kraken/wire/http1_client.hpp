// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The client's half of HTTP/1.1, as much as a console needs to talk to the admin API:
/// a request writer and an incremental response reader. No connection, no redirects.
#pragma once

#include "kraken/base/limits.hpp"
#include "kraken/wire/byte_buffer.hpp"
#include "kraken/wire/http1_chunked.hpp"
#include "kraken/wire/http1_field.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace kraken::wire {

/// A request to be written; views live as long as the call.
struct client_request {
  std::string_view method = "GET";
  std::string_view target = "/";
  std::string_view host = "localhost";
  std::span<const header_field> headers; ///< without Host and Content-Length
  std::string_view body;
};

/// Appends the whole request.
/// @return false, and nothing appended, for a method or name that is no token, a target with
///         blanks or controls, or a value with CR, LF or NUL
[[nodiscard]] bool append_request(byte_buffer& out, const client_request& request) noexcept;

/// A response head; views point into the bytes given to the reader.
struct client_response_head {
  int status = 0;
  std::string_view phrase;
  std::size_t field_count = 0;
  std::array<header_field, limits::http_header_fields> fields;

  [[nodiscard]] std::span<const header_field> headers() const noexcept {
    return {fields.data(), field_count};
  }

  /// Value of the first field of this name (lower case), empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view lower_name) const noexcept {
    return find_header(headers(), lower_name);
  }
};

enum class request_kind : std::uint8_t { ordinary, head };

/// Reads one response, informational ones before it skipped: bytes in, events out.
/// @thread not shared
class client_response_reader {
public:
  struct step {
    enum class kind : std::uint8_t {
      need_more, ///< drop `consumed`, append what arrives, call again
      head,      ///< `head()` is filled; its views live until the input moves
      data,      ///< `data` is the next part of the body
      done,      ///< the response is complete
      error,     ///< the server broke the protocol: `reason`
    };

    kind status = kind::need_more;
    std::size_t consumed = 0;
    std::string_view data;
    std::string_view reason; ///< static text
  };

  explicit client_response_reader(request_kind asked = request_kind::ordinary) noexcept
      : asked_(asked) {}

  /// @param input received bytes not consumed yet
  [[nodiscard]] step next(std::string_view input) noexcept;

  /// The server closed the connection: completes a body that runs until close.
  /// @return `done` or `error` (cut short)
  [[nodiscard]] step end_of_input() noexcept;

  [[nodiscard]] const client_response_head& head() const noexcept { return head_; }

  /// False when the connection cannot serve another request after this response.
  [[nodiscard]] bool reusable() const noexcept { return reusable_; }

private:
  enum class phase : std::uint8_t { head, length, chunked, until_close, finished };

  [[nodiscard]] step read_head(std::string_view input) noexcept;
  [[nodiscard]] step read_chunked(std::string_view input) noexcept;
  [[nodiscard]] std::string_view parse_head(std::string_view text) noexcept;
  [[nodiscard]] std::string_view choose_framing(std::uint8_t version_minor) noexcept;

  request_kind asked_;
  phase phase_ = phase::head;
  bool reusable_ = true;
  std::size_t scanned_ = 0;
  std::uint64_t left_ = 0;
  chunked_decoder chunks_;
  client_response_head head_;
};

} // namespace kraken::wire
