// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Frames of the worker protocol, version 1, as docs/reference/worker-protocol.md describes
/// them byte by byte: encoders of what the daemon says, decoders of what workers say. The other
/// direction is in `worker_side_frame.hpp`. Moves no bytes over any socket.
#pragma once

#include "kraken/base/limits.hpp"
#include "kraken/base/result.hpp"
#include "kraken/wire/byte_buffer.hpp"
#include "kraken/wire/http1_request.hpp"
#include "kraken/wire/msgpack_stream.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken::wire {

inline constexpr unsigned worker_protocol_version = 1;
inline constexpr std::size_t worker_header_bytes = 12; ///< the length field included
/// Of an answer. Clients take what is above 599 for a 5xx (RFC 9110, 15); nginx passes it on.
inline constexpr int answer_status_max = 999;

enum class frame_type : std::uint8_t {
  hello = 0x01,
  welcome = 0x02,
  ready = 0x03,
  request = 0x10,
  response = 0x11,
  chunk = 0x12,
  cancel = 0x13,
  ping = 0x20,
  pong = 0x21,
  drain = 0x22,
  log = 0x30,
  fatal = 0x31,
  message = 0x40, ///< 0x40..0x46 are reserved: messages between containers
  call = 0x41,
  reply = 0x42,
  command = 0x43,
  result = 0x44,
  vars = 0x45,
  ensure = 0x46,
};

/// One frame, its payload a view into the bytes it was split from.
struct worker_frame {
  frame_type type = frame_type::ping; ///< may hold a value outside the enum: ignore it
  bool more = false;
  bool recycle = false;
  bool complete = false; ///< with `more`: the client has it all, the worker is still at it
  bool pulls = false;    ///< of READY: the worker takes its requests from the slab
  bool file = false;     ///< of RESPONSE: the body is a part of the file that came along
  std::uint32_t stream = 0;
  std::string_view payload;
};

struct split_outcome {
  enum class kind : std::uint8_t { need_more, done, bad_length };

  kind status = kind::need_more;
  std::size_t consumed = 0; ///< `done`: bytes of the frame
  std::size_t needed = 0;   ///< `need_more`: bytes until the frame is whole, as far as known
};

/// Takes the first frame off received bytes.
/// @param bytes_max greatest value of the length field
/// @thread any (pure)
[[nodiscard]] split_outcome split_frame(std::string_view input,
                                        worker_frame& frame,
                                        std::size_t bytes_max = limits::frame_bytes_max) noexcept;

/// What WELCOME tells a worker.
struct welcome_facts {
  std::string_view alias;
  std::uint64_t generation = 0;
  std::uint64_t request_timeout_ms = 0;
  std::uint64_t frame_bytes_max = limits::frame_bytes_max;
  std::optional<std::uint32_t> slab_worker{}; ///< which worker of the slab it is, if it has one
  std::span<const std::pair<std::string, std::string>> args;
};

void append_welcome(byte_buffer& out, const welcome_facts& facts) noexcept;

/// A request for a worker; views live as long as the call.
struct request_facts {
  const request_head* head = nullptr;
  std::string_view path;    ///< decoded
  std::string_view version; ///< `2`; empty: `1.0` or `1.1` from the head
  std::string_view scheme = "http";
  std::string_view remote;        ///< `ip:port`, empty for unix sockets
  std::string_view body;          ///< empty when it stands in a file
  std::uint64_t stored_bytes = 0; ///< of a body in a file, whose descriptor goes beside the frame
  std::uint64_t timeout_ms = 0;   ///< 0: none
  std::string_view folders{};     ///< whose files the answer may name, each ended by a NUL
  std::string_view ends{};        ///< `remote` and the server's own `ip:port`, a blank between;
                                  ///< empty: a unix socket
};

/// Of `request_facts::ends`, or of what has no second half.
[[nodiscard]] constexpr std::string_view remote_end(std::string_view ends) noexcept {
  return ends.substr(0, ends.find(' '));
}

/// @return empty: it says nothing of the server
[[nodiscard]] constexpr std::string_view local_end(std::string_view ends) noexcept {
  const auto blank = ends.find(' ');
  return blank == std::string_view::npos ? std::string_view{} : ends.substr(blank + 1);
}

/// Bytes that REQUEST takes besides header fields and body, at most: what a caller leaves free
/// when it checks a request against the frame limit.
[[nodiscard]] std::size_t request_frame_bytes_max(const request_facts& facts) noexcept;

/// Appends one REQUEST in one pass.
/// @param stream not 0
/// @return false, and nothing appended, when the frame would exceed limits::frame_bytes_max
[[nodiscard]] bool
append_request_frame(byte_buffer& out, std::uint32_t stream, const request_facts& facts) noexcept;

void append_cancel(byte_buffer& out, std::uint32_t stream) noexcept;
void append_drain(byte_buffer& out) noexcept;

/// @param token any number; the worker sends it back
void append_ping(byte_buffer& out, std::uint64_t token) noexcept;

/// Answers a PING of the worker.
/// @param payload the PING's payload
void append_pong(byte_buffer& out, std::string_view payload) noexcept;

/// Headers of a RESPONSE: a list that was checked when the frame was decoded, walked in place.
class flat_headers {
public:
  class iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = header_field;
    using difference_type = std::ptrdiff_t;
    using pointer = const header_field*;
    using reference = header_field;

    iterator(std::string_view bytes, std::uint32_t left) noexcept : at_(bytes), left_(left) {
      load();
    }

    [[nodiscard]] header_field operator*() const noexcept { return now_; }

    iterator& operator++() noexcept {
      --left_;
      load();
      return *this;
    }

    [[nodiscard]] bool operator==(const iterator& other) const noexcept {
      return left_ == other.left_;
    }

  private:
    void load() noexcept {
      if (left_ != 0) {
        now_.name = at_.read_str();
        now_.value = at_.read_str();
      }
    }

    msgpack_reader at_;
    std::uint32_t left_;
    header_field now_;
  };

  flat_headers() noexcept = default;
  flat_headers(std::string_view bytes, std::uint32_t pairs) noexcept
      : bytes_(bytes), pairs_(pairs) {}

  [[nodiscard]] iterator begin() const noexcept { return {bytes_, pairs_}; }
  [[nodiscard]] iterator end() const noexcept { return {{}, 0}; }
  [[nodiscard]] std::size_t size() const noexcept { return pairs_; }

private:
  std::string_view bytes_;
  std::uint32_t pairs_ = 0;
};

/// A RESPONSE; views point into the frame.
struct worker_response {
  int status = 0;       ///< 100..599
  flat_headers headers; ///< names and values not checked for HTTP yet
  std::string_view body;
  std::optional<std::uint64_t> memory_bytes;
};

/// Which bytes of the file that came along are the body: what a RESPONSE with FILE has there.
struct file_extent {
  std::uint64_t first = 0;
  std::uint64_t count = 0; ///< not 0
};

inline constexpr std::size_t file_extent_bytes = 16; ///< two big-endian numbers

/// @param body of the RESPONSE
/// @error errc::protocol_error
[[nodiscard]] result<file_extent> decode_file_extent(std::string_view body);

/// What HELLO says of a worker.
struct worker_hello {
  std::uint64_t protocol = 0;
  std::uint64_t pid = 0; ///< as claimed; believe the pidfd instead
  std::string_view sdk;
  std::string_view tier;
  bool letters = false; ///< takes messages, calls and commands of other containers
};

/// LOG: level is one of debug, info, warn, error (unknown becomes info).
struct worker_log {
  std::string_view level;
  std::string_view message;
  std::string_view context; ///< one MessagePack map, or empty
};

/// FATAL: the last words of a worker.
struct worker_fatal {
  std::string type; ///< class of the error
  std::string message;
  std::string file;
  std::int64_t line = 0;
  std::string trace;
  std::vector<std::string> parents; ///< classes the error derives from
};

// Decoders of payloads. An error means: kill the worker.
// @error errc::protocol_error naming the frame and the element
[[nodiscard]] result<worker_hello> decode_hello(std::string_view payload);
[[nodiscard]] result<worker_response> decode_response(std::string_view payload);
[[nodiscard]] result<std::string_view> decode_chunk(std::string_view payload);
[[nodiscard]] result<worker_log> decode_log(std::string_view payload);
[[nodiscard]] result<worker_fatal> decode_fatal(std::string_view payload);

} // namespace kraken::wire
