// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Parser for the head of an HTTP/1.x request (RFC 9112), strict on everything that two
/// implementations could read differently. Reads no body (`http1_chunked.hpp` does) and
/// applies no policy: routes, methods and body sizes are the front's.
#pragma once

#include "kraken/base/limits.hpp"
#include "kraken/wire/http1_field.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace kraken::wire {

enum class http_method : std::uint8_t {
  get,
  head,
  post,
  put,
  delete_,
  options,
  patch,
  trace,
  other,
};

/// Bounds on a request head; the defaults are the product's limits.
struct request_limits {
  std::size_t line_bytes = limits::http_request_line_bytes; ///< request line; above: 414
  std::size_t header_bytes = limits::http_header_bytes;     ///< all fields; above: 431
  std::size_t field_bytes = limits::http_header_line_bytes; ///< one field; above: 431
  std::size_t field_count = limits::http_header_fields;     ///< <= http_header_fields; above: 431
};

/// A parsed request head. Views point into the bytes given to the parser (or to the literal `/`,
/// for an absolute target without a path). About 3 KiB:
/// keep one per event loop, not one per connection; the parser needs it only for its last call.
struct request_head {
  http_method method = http_method::other;
  std::string_view method_name;
  std::string_view target;  ///< as received
  std::string_view path;    ///< raw path of the target, starts with `/` (`*` for OPTIONS *)
  std::string_view query;   ///< raw, without `?`
  std::string_view host;    ///< authority of an absolute target, else Host; empty only in 1.0
  std::string_view upgrade; ///< value of Upgrade when Connection names it, else empty
  std::string_view text;    ///< what these and the fields are views of, but for the literal `/` as
                            ///< `path`; empty: nobody has parsed this head

  std::optional<std::uint64_t> content_length;

  std::uint8_t version_minor = 1; ///< 0 or 1
  bool chunked = false;
  bool keep_alive = true;
  bool expect_continue = false; ///< a body follows and its sender waits for 100
  bool path_is_plain = true;    ///< `path` has nothing to decode: it is its own result
  bool scheme_is_https = false; ///< absolute target `https://`

  std::size_t field_count = 0;
  std::array<header_field, limits::http_header_fields> fields;

  /// Fields in order, duplicates kept, Host included (with an absolute target: its authority).
  /// Not among them: `Proxy` and names with `_`, which a CGI environment would confuse.
  [[nodiscard]] std::span<const header_field> headers() const noexcept {
    return {fields.data(), field_count};
  }

  /// Value of the first field of this name, empty if there is none.
  /// @param lower_name the name in lower case
  [[nodiscard]] std::string_view header(std::string_view lower_name) const noexcept {
    return find_header(headers(), lower_name);
  }

  /// True when body bytes follow the head.
  [[nodiscard]] bool has_body() const noexcept {
    return chunked || content_length.value_or(0) != 0;
  }
};

/// What a call of the parser found.
struct parse_outcome {
  enum class kind : std::uint8_t {
    need_more, ///< call again with the same bytes and more behind them
    done,      ///< the head is complete; the body starts at `consumed`
    error,     ///< answer `http_status` and close the connection
  };

  kind status = kind::need_more;
  std::size_t consumed = 0; ///< bytes of the head, leading blank lines included
  int http_status = 0;      ///< 400 405 414 417 431 501 505
  std::string_view reason;  ///< static text, for the log and the error's body
};

/// Parses one request head after another. Between calls it remembers only how far it has
/// looked (no views), so the bytes may move and input one byte at a time costs no more than
/// twice the work. The verdict never depends on how the bytes were split.
/// @thread not shared
class request_parser {
public:
  request_parser() noexcept = default;
  explicit request_parser(const request_limits& bounds) noexcept : limits_(bounds) {}

  /// @param input everything received and not yet consumed, from the start of this head
  /// @param head  filled when the outcome is `done`; otherwise its content means nothing
  /// @error 400 for any breach of RFC 9112, 405 CONNECT, 414 and 431 limits, 417 unknown
  ///        expectation, 501 unknown transfer coding, 505 version other than 1.x
  /// @cost no allocation; O(new bytes), plus one pass over the head at the end
  [[nodiscard]] parse_outcome parse(std::string_view input, request_head& head) noexcept;

  /// Forgets a head that was begun. `parse` does so itself on `done` and `error`.
  void reset() noexcept { at_ = position{}; }

private:
  /// `check` looks at lines only, `store` also fills the head.
  enum class pass : std::uint8_t { check, store };

  struct position {
    std::size_t line_start = 0;   ///< first byte of the line that is not complete yet
    std::size_t scanned = 0;      ///< bytes known to hold no line end
    std::size_t fields_start = 0; ///< 0 until the request line is complete
    std::size_t blank_lines = 0;  ///< before the request line
    std::size_t field_lines = 0;  ///< complete ones, dropped ones too
  };

  [[nodiscard]] parse_outcome walk(std::string_view input, request_head& head, pass how) noexcept;
  [[nodiscard]] parse_outcome
  walk_fields(std::string_view input, request_head& head, pass how) noexcept;

  request_limits limits_;
  position at_;
};

/// The method's enumerator; `other` for a token that is none of the known (case matters).
[[nodiscard]] http_method method_of(std::string_view name) noexcept;

} // namespace kraken::wire
