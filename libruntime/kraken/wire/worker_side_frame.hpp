// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The worker's half of the worker protocol: encoders of what a worker says and decoders of what
/// the daemon says. For workers written in C++ and for tests; the daemon itself does not use it.
#pragma once

#include "kraken/wire/worker_frame.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace kraken::wire {

/// first: chunks follow. complete: the body is whole, but the worker goes on with the request until
/// its last chunk.
enum class response_part : std::uint8_t { whole, first, complete };
enum class chunk_part : std::uint8_t { more, last, complete };
enum class worker_after : std::uint8_t { keep, recycle };

void append_hello(byte_buffer& out, const worker_hello& hello) noexcept;
/// How a worker gets its requests.
enum class worker_intake : std::uint8_t { socket, slab };

void append_ready(byte_buffer& out, worker_intake from = worker_intake::socket) noexcept;

/// @param headers written in order
void append_response(byte_buffer& out,
                     std::uint32_t stream,
                     int status,
                     std::span<const header_field> headers,
                     std::string_view body,
                     std::optional<std::uint64_t> memory_bytes = std::nullopt,
                     response_part part = response_part::whole,
                     worker_after after = worker_after::keep) noexcept;

/// RESPONSE whose body is a part of a file: its descriptor must go beside the frame's first byte.
/// @param part not `first`
void append_file_response(byte_buffer& out,
                          std::uint32_t stream,
                          int status,
                          std::span<const header_field> headers,
                          const file_extent& body,
                          std::optional<std::uint64_t> memory_bytes,
                          response_part part,
                          worker_after after) noexcept;

void append_chunk_frame(byte_buffer& out,
                        std::uint32_t stream,
                        std::string_view part,
                        chunk_part which) noexcept;

/// @param context pairs of text, written as a map
void append_log(byte_buffer& out,
                std::string_view level,
                std::string_view message,
                std::span<const header_field> context) noexcept;

void append_fatal(byte_buffer& out, const worker_fatal& fatal) noexcept;

/// WELCOME as received.
struct worker_welcome {
  std::uint64_t protocol = 0;
  std::string alias;
  std::uint64_t generation = 0;
  std::uint64_t request_timeout_ms = 0;
  std::uint64_t frame_bytes_max = 0;
  std::optional<std::uint32_t> slab_worker; ///< number in the slab of KRAKEN_SLAB
  std::map<std::string, std::string> args;
};

/// REQUEST as received; views point into the frame.
struct worker_request {
  std::string_view method, target, path, query, version, scheme, host, remote;
  flat_headers headers;
  std::string_view body;
  std::uint64_t timeout_ms = 0;
  std::string_view folders;       ///< whose files the answer may name, each ended by a NUL
  std::uint64_t stored_bytes = 0; ///< not 0: of the body, in the file that came beside the frame
  std::string_view local;         ///< the server's `ip:port`; empty: not told
};

// @error errc::protocol_error naming the frame and the element
[[nodiscard]] result<worker_welcome> decode_welcome(std::string_view payload);
[[nodiscard]] result<worker_request> decode_request(std::string_view payload);

/// Appends a REQUEST once more, as if its body had never been in a file: for who knows only those.
/// @param request as received; its `stored_bytes` must leave the frame within its limit
/// @return where so many bytes of the body are to be written before `out` is used
[[nodiscard]] char* append_request_with_room(byte_buffer& out,
                                             std::uint32_t stream,
                                             const worker_request& request) noexcept;

} // namespace kraken::wire
