// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The worker's half of the worker protocol.
#include "kraken/wire/worker_side_frame.hpp"

#include "kraken/wire/detail/frame_put.hpp"

#include <array>

namespace kraken::wire {

namespace {

constexpr std::uint32_t request_elements_least = 11;

tl::unexpected<error> broken_at_worker(std::string_view frame) {
  return fail(errc::protocol_error, std::string{frame} + " frame: malformed payload");
}

} // namespace

void append_hello(byte_buffer& out, const worker_hello& hello) noexcept {
  detail::frame_writer frame{out, frame_type::hello, 0, 0};
  pack_map_head(out, 4);
  pack_str(out, "protocol");
  pack_uint(out, hello.protocol);
  pack_str(out, "sdk");
  pack_str(out, hello.sdk);
  pack_str(out, "pid");
  pack_uint(out, hello.pid);
  pack_str(out, "tier");
  pack_str(out, hello.tier);
  frame.finish();
}

void append_ready(byte_buffer& out, worker_intake from) noexcept {
  const unsigned flags = from == worker_intake::slab ? detail::pulls_flag : 0;
  detail::frame_writer{out, frame_type::ready, flags, 0}.finish();
}

namespace {

unsigned response_flags(response_part part, worker_after after) noexcept {
  return (part == response_part::whole ? 0 : detail::more_flag) |
         (part == response_part::complete ? detail::complete_flag : 0) |
         (after == worker_after::recycle ? detail::recycle_flag : 0);
}

void put_response(byte_buffer& out,
                  unsigned flags,
                  std::uint32_t stream,
                  int status,
                  std::span<const header_field> headers,
                  std::string_view body,
                  std::optional<std::uint64_t> memory_bytes) noexcept {
  detail::frame_writer frame{out, frame_type::response, flags, stream};
  pack_array_head(out, memory_bytes ? 4 : 3);
  pack_int(out, status);
  pack_array_head(out, static_cast<std::uint32_t>(headers.size() * 2));
  for (const auto& field : headers) {
    pack_str(out, field.name);
    pack_str(out, field.value);
  }
  pack_bin(out, body);
  if (memory_bytes) {
    pack_uint(out, *memory_bytes);
  }
  frame.finish();
}

} // namespace

void append_response(byte_buffer& out,
                     std::uint32_t stream,
                     int status,
                     std::span<const header_field> headers,
                     std::string_view body,
                     std::optional<std::uint64_t> memory_bytes,
                     response_part part,
                     worker_after after) noexcept {
  put_response(out, response_flags(part, after), stream, status, headers, body, memory_bytes);
}

void append_file_response(byte_buffer& out,
                          std::uint32_t stream,
                          int status,
                          std::span<const header_field> headers,
                          const file_extent& body,
                          std::optional<std::uint64_t> memory_bytes,
                          response_part part,
                          worker_after after) noexcept {
  std::array<char, file_extent_bytes> extent;
  char* at = extent.data();
  for (const auto number : {body.first, body.count}) {
    at = detail::put_u32(at, static_cast<std::uint32_t>(number >> 32U));
    at = detail::put_u32(at, static_cast<std::uint32_t>(number));
  }
  put_response(out,
               response_flags(part, after) | detail::file_flag,
               stream,
               status,
               headers,
               {extent.data(), extent.size()},
               memory_bytes);
}

void append_chunk_frame(byte_buffer& out,
                        std::uint32_t stream,
                        std::string_view part,
                        chunk_part which) noexcept {
  const unsigned flags = (which == chunk_part::last ? 0 : detail::more_flag) |
                         (which == chunk_part::complete ? detail::complete_flag : 0);
  detail::frame_writer frame{out, frame_type::chunk, flags, stream};
  pack_bin(out, part);
  frame.finish();
}

void append_log(byte_buffer& out,
                std::string_view level,
                std::string_view message,
                std::span<const header_field> context) noexcept {
  detail::frame_writer frame{out, frame_type::log, 0, 0};
  pack_array_head(out, 3);
  pack_str(out, level);
  pack_str(out, message);
  pack_map_head(out, static_cast<std::uint32_t>(context.size()));
  for (const auto& field : context) {
    pack_str(out, field.name);
    pack_str(out, field.value);
  }
  frame.finish();
}

void append_fatal(byte_buffer& out, const worker_fatal& fatal) noexcept {
  detail::frame_writer frame{out, frame_type::fatal, 0, 0};
  pack_array_head(out, 6);
  pack_str(out, fatal.type);
  pack_str(out, fatal.message);
  pack_str(out, fatal.file);
  pack_int(out, fatal.line);
  pack_str(out, fatal.trace);
  pack_array_head(out, static_cast<std::uint32_t>(fatal.parents.size()));
  for (const auto& parent : fatal.parents) {
    pack_str(out, parent);
  }
  frame.finish();
}

result<worker_welcome> decode_welcome(std::string_view payload) {
  worker_welcome welcome;
  msgpack_reader reader{payload};
  for (std::uint32_t left = reader.read_map(); left != 0 && reader.ok(); --left) {
    const std::string_view key = reader.read_str();
    if (key == "protocol") {
      welcome.protocol = reader.read_uint();
    } else if (key == "alias") {
      welcome.alias = reader.read_str();
    } else if (key == "generation") {
      welcome.generation = reader.read_uint();
    } else if (key == "request_timeout_ms") {
      welcome.request_timeout_ms = reader.read_uint();
    } else if (key == "frame_bytes_max") {
      welcome.frame_bytes_max = reader.read_uint();
    } else if (key == "slab_worker") {
      welcome.slab_worker = static_cast<std::uint32_t>(reader.read_uint());
    } else if (key == "args") {
      for (std::uint32_t args = reader.read_map(); args != 0 && reader.ok(); --args) {
        const std::string_view name = reader.read_str();
        welcome.args.insert_or_assign(std::string{name}, std::string{reader.read_str()});
      }
    } else {
      reader.skip();
    }
  }
  if (!reader.ok() || !reader.at_end()) {
    return broken_at_worker("WELCOME");
  }
  return welcome;
}

result<worker_request> decode_request(std::string_view payload) {
  worker_request request;
  msgpack_reader reader{payload};
  const std::uint32_t elements = reader.read_array();
  if (elements < request_elements_least) {
    return broken_at_worker("REQUEST");
  }
  for (auto* text : {&request.method,
                     &request.target,
                     &request.path,
                     &request.query,
                     &request.version,
                     &request.scheme,
                     &request.host,
                     &request.remote}) {
    *text = reader.read_str();
  }
  msgpack_reader headers{reader.read_bytes()};
  request.body = reader.read_bytes();
  request.timeout_ms = reader.read_uint();
  std::uint32_t more = elements - request_elements_least;
  if (more != 0) {
    request.stored_bytes = reader.read_uint();
    --more;
  }
  if (more != 0) {
    request.folders = reader.read_str();
    --more;
  }
  if (more != 0) {
    request.local = reader.read_str();
    --more;
  }
  for (; more != 0 && reader.ok(); --more) {
    reader.skip();
  }
  const std::uint32_t texts = headers.read_array();
  const std::string_view pairs = headers.rest();
  for (std::uint32_t left = texts; left != 0 && headers.ok(); --left) {
    static_cast<void>(headers.read_str());
  }
  if (!reader.ok() || !reader.at_end() || !headers.ok() || !headers.at_end() || texts % 2 != 0) {
    return broken_at_worker("REQUEST");
  }
  request.headers = flat_headers{pairs, texts / 2};
  return request;
}

char* append_request_with_room(byte_buffer& out,
                               std::uint32_t stream,
                               const worker_request& request) noexcept {
  detail::frame_writer frame{out, frame_type::request, 0, stream};
  pack_array_head(out,
                  request_elements_least + detail::more_request_elements(0, request.folders, {}));
  for (const auto text : {request.method,
                          request.target,
                          request.path,
                          request.query,
                          request.version,
                          request.scheme,
                          request.host,
                          request.remote}) {
    pack_str(out, text);
  }
  byte_buffer pairs;
  std::uint32_t count = 0;
  for (const auto field : request.headers) {
    pack_str(pairs, field.name);
    pack_str(pairs, field.value);
    ++count;
  }
  byte_buffer headers;
  pack_array_head(headers, count * 2);
  headers.append(pairs.view());
  pack_bin(out, headers.view());
  char* const head = out.prepare(detail::msgpack_head_bytes_max);
  const auto stored = static_cast<std::size_t>(request.stored_bytes);
  out.commit(static_cast<std::size_t>(
      detail::put_bin_head(head, static_cast<std::uint32_t>(stored)) - head));
  const auto at = out.size();
  out.reserve(stored);
  out.commit(stored);
  pack_uint(out, request.timeout_ms);
  char* const tail = out.prepare(2 * detail::msgpack_head_bytes_max + request.folders.size());
  out.commit(
      static_cast<std::size_t>(detail::put_more_of_request(tail, 0, request.folders, {}) - tail));
  frame.finish();
  return out.data() + at;
}

} // namespace kraken::wire
