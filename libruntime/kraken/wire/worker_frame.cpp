// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The daemon's half of the worker protocol.
#include "kraken/wire/worker_frame.hpp"

#include "kraken/wire/detail/frame_put.hpp"
#include "kraken/wire/detail/lower_put.hpp"

namespace kraken::wire {

namespace {

constexpr std::uint32_t request_elements = 11; ///< at least

/// Frame header, all heads, the nested one too, and the default version: at most.
constexpr std::size_t request_overhead_max =
    worker_header_bytes + (request_elements + 4) * detail::msgpack_head_bytes_max + 3;

/// Bytes of the header array inside a REQUEST.
std::size_t header_array_bytes(std::span<const header_field> headers) noexcept {
  std::size_t bytes = headers.size() * 2 < 16 ? 1 : 3;
  for (const auto& field : headers) {
    bytes += detail::str_bytes(field.name.size()) + detail::str_bytes(field.value.size());
  }
  return bytes;
}

std::size_t request_bytes_max(const request_facts& facts, std::size_t headers) noexcept {
  const auto& head = *facts.head;
  return request_overhead_max + head.method_name.size() + head.target.size() + facts.path.size() +
         head.query.size() + facts.version.size() + facts.scheme.size() + head.host.size() +
         facts.remote.size() + headers + facts.body.size() + facts.folders.size() +
         facts.ends.size();
}

void append_empty_frame(byte_buffer& out, frame_type type, std::uint32_t stream) noexcept {
  detail::frame_writer{out, type, 0, stream}.finish();
}

/// An error that names the frame and its element.
tl::unexpected<error> broken(std::string_view frame, std::string_view element) {
  return fail(errc::protocol_error,
              std::string{frame} + " frame: bad or missing " + std::string{element});
}

/// Walks the pairs of a map whose keys are text; others are skipped.
/// @param each called with the key; must read or skip the value
template <class Each>
void for_each_key(msgpack_reader& reader, Each each) {
  for (std::uint32_t left = reader.read_map(); left != 0 && reader.ok(); --left) {
    if (reader.peek() == msgpack_type::str) {
      each(reader.read_str());
    } else {
      reader.skip();
      reader.skip();
    }
  }
}

void skip_values(msgpack_reader& reader, std::uint32_t count) {
  for (; count != 0 && reader.ok(); --count) {
    reader.skip();
  }
}

} // namespace

split_outcome
split_frame(std::string_view input, worker_frame& frame, std::size_t bytes_max) noexcept {
  using detail::length_bytes;
  if (input.size() < length_bytes) {
    return {split_outcome::kind::need_more, 0, worker_header_bytes - input.size()};
  }
  const std::size_t length = detail::get_u32(input.data());
  if (length < worker_header_bytes - length_bytes || length > bytes_max) {
    return {split_outcome::kind::bad_length, 0, 0};
  }
  const std::size_t whole = length + length_bytes;
  if (input.size() < whole) {
    return {split_outcome::kind::need_more, 0, whole - input.size()};
  }
  const auto flags = static_cast<unsigned>(static_cast<unsigned char>(input[5]));
  frame.type = static_cast<frame_type>(static_cast<unsigned char>(input[4]));
  frame.more = (flags & detail::more_flag) != 0;
  frame.recycle = (flags & detail::recycle_flag) != 0;
  frame.complete = (flags & detail::complete_flag) != 0;
  frame.pulls = (flags & detail::pulls_flag) != 0;
  frame.file = (flags & detail::file_flag) != 0;
  frame.stream = detail::get_u32(input.data() + 8);
  frame.payload = input.substr(worker_header_bytes, whole - worker_header_bytes);
  return {split_outcome::kind::done, whole, 0};
}

void append_welcome(byte_buffer& out, const welcome_facts& facts) noexcept {
  detail::frame_writer frame{out, frame_type::welcome, 0, 0};
  pack_map_head(out, facts.slab_worker ? 7 : 6);
  if (facts.slab_worker) {
    pack_str(out, "slab_worker");
    pack_uint(out, *facts.slab_worker);
  }
  pack_str(out, "protocol");
  pack_uint(out, worker_protocol_version);
  pack_str(out, "alias");
  pack_str(out, facts.alias);
  pack_str(out, "generation");
  pack_uint(out, facts.generation);
  pack_str(out, "request_timeout_ms");
  pack_uint(out, facts.request_timeout_ms);
  pack_str(out, "frame_bytes_max");
  pack_uint(out, facts.frame_bytes_max);
  pack_str(out, "args");
  pack_map_head(out, static_cast<std::uint32_t>(facts.args.size()));
  for (const auto& [key, value] : facts.args) {
    pack_str(out, key);
    pack_str(out, value);
  }
  frame.finish();
}

std::size_t request_frame_bytes_max(const request_facts& facts) noexcept {
  return request_bytes_max(facts, header_array_bytes(facts.head->headers()));
}

bool append_request_frame(byte_buffer& out,
                          std::uint32_t stream,
                          const request_facts& facts) noexcept {
  const request_head& head = *facts.head;
  const auto headers = head.headers();
  const std::size_t headers_bytes = header_array_bytes(headers);
  const std::size_t bytes_max = request_bytes_max(facts, headers_bytes);
  if (bytes_max > limits::frame_bytes_max) {
    return false;
  }
  std::string_view version = facts.version;
  if (version.empty()) {
    version = head.version_minor == 0 ? "1.0" : "1.1";
  }
  const auto local = local_end(facts.ends);
  char* const begin = out.prepare(bytes_max);
  char* at = begin + worker_header_bytes;
  at = detail::put_array_head(
      at,
      request_elements + detail::more_request_elements(facts.stored_bytes, facts.folders, local));
  at = detail::put_str(at, head.method_name);
  at = detail::put_str(at, head.target);
  at = detail::put_str(at, facts.path);
  at = detail::put_str(at, head.query);
  at = detail::put_str(at, version);
  at = detail::put_str(at, facts.scheme);
  at = detail::put_str(at, head.host);
  at = detail::put_str(at, facts.remote);
  at = detail::put_bin_head(at, static_cast<std::uint32_t>(headers_bytes));
  at = detail::put_array_head(at, static_cast<std::uint32_t>(headers.size() * 2));
  for (const auto& field : headers) {
    at = detail::put_str_head(at, static_cast<std::uint32_t>(field.name.size()));
    at = detail::put_lower_token(at, field.name);
    at = detail::put_str(at, field.value);
  }
  at = detail::put_bin(at, facts.body);
  at = detail::put_uint(at, facts.timeout_ms);
  at = detail::put_more_of_request(at, facts.stored_bytes, facts.folders, local);
  const auto whole = static_cast<std::size_t>(at - begin);
  detail::put_frame_header(begin, frame_type::request, 0, stream, whole - worker_header_bytes);
  out.commit(whole);
  return true;
}

void append_cancel(byte_buffer& out, std::uint32_t stream) noexcept {
  append_empty_frame(out, frame_type::cancel, stream);
}

void append_drain(byte_buffer& out) noexcept {
  append_empty_frame(out, frame_type::drain, 0);
}

void append_ping(byte_buffer& out, std::uint64_t token) noexcept {
  detail::frame_writer frame{out, frame_type::ping, 0, 0};
  pack_uint(out, token);
  frame.finish();
}

void append_pong(byte_buffer& out, std::string_view payload) noexcept {
  detail::frame_writer frame{out, frame_type::pong, 0, 0};
  out.append(payload);
  frame.finish();
}

result<worker_hello> decode_hello(std::string_view payload) {
  worker_hello hello;
  msgpack_reader reader{payload};
  for_each_key(reader, [&](std::string_view key) {
    if (key == "protocol") {
      hello.protocol = reader.read_uint();
    } else if (key == "pid") {
      hello.pid = reader.read_uint();
    } else if (key == "sdk") {
      hello.sdk = reader.read_str();
    } else if (key == "tier") {
      hello.tier = reader.read_str();
    } else if (key == "letters") {
      hello.letters = reader.read_bool();
    } else {
      reader.skip();
    }
  });
  if (!reader.ok() || !reader.at_end()) {
    return broken("HELLO", "map");
  }
  if (hello.protocol != worker_protocol_version) {
    return fail(errc::unsupported,
                "HELLO frame: protocol " + std::to_string(hello.protocol) +
                    ", spoken here: " + std::to_string(worker_protocol_version));
  }
  return hello;
}

result<worker_response> decode_response(std::string_view payload) {
  worker_response response;
  msgpack_reader reader{payload};
  const std::uint32_t elements = reader.read_array();
  if (elements < 3) {
    return broken("RESPONSE", "array of 3 or 4");
  }
  const std::uint64_t status = reader.read_uint();
  if (!reader.ok() || status < 100 || status > answer_status_max) {
    return broken("RESPONSE", "status");
  }
  response.status = static_cast<int>(status);
  const std::uint32_t texts = reader.read_array();
  const std::string_view headers = reader.rest();
  for (std::uint32_t left = texts; left != 0 && reader.ok(); --left) {
    static_cast<void>(reader.read_str());
  }
  if (!reader.ok() || texts % 2 != 0) {
    return broken("RESPONSE", "headers");
  }
  response.headers = flat_headers{headers, texts / 2};
  response.body = reader.read_bytes();
  if (!reader.ok()) {
    return broken("RESPONSE", "body");
  }
  if (elements > 3) {
    if (reader.peek() == msgpack_type::nil) {
      reader.read_nil();
    } else {
      response.memory_bytes = reader.read_uint();
    }
    skip_values(reader, elements - 4);
  }
  if (!reader.ok() || !reader.at_end()) {
    return broken("RESPONSE", "memory");
  }
  return response;
}

result<file_extent> decode_file_extent(std::string_view body) {
  if (body.size() != file_extent_bytes) {
    return broken("RESPONSE", "part of a file");
  }
  const auto number = [body](std::size_t at) {
    return std::uint64_t{detail::get_u32(body.data() + at)} << 32U |
           detail::get_u32(body.data() + at + 4);
  };
  const file_extent out{number(0), number(8)};
  if (out.count == 0) {
    return broken("RESPONSE", "part of a file");
  }
  return out;
}

result<std::string_view> decode_chunk(std::string_view payload) {
  msgpack_reader reader{payload};
  const std::string_view part = reader.read_bytes();
  if (!reader.ok() || !reader.at_end()) {
    return broken("CHUNK", "body");
  }
  return part;
}

result<worker_log> decode_log(std::string_view payload) {
  worker_log log;
  msgpack_reader reader{payload};
  const std::uint32_t elements = reader.read_array();
  if (elements < 2) {
    return broken("LOG", "array of 3");
  }
  log.level = reader.read_str();
  log.message = reader.read_str();
  if (elements > 2) {
    const bool is_map = reader.peek() == msgpack_type::map;
    const std::string_view context = reader.skip();
    log.context = is_map ? context : std::string_view{};
    skip_values(reader, elements - 3);
  }
  if (!reader.ok() || !reader.at_end()) {
    return broken("LOG", "element");
  }
  if (log.level != "debug" && log.level != "warn" && log.level != "error") {
    log.level = "info";
  }
  return log;
}

result<worker_fatal> decode_fatal(std::string_view payload) {
  worker_fatal fatal;
  msgpack_reader reader{payload};
  const std::uint32_t elements = reader.read_array();
  if (elements < 6) {
    return broken("FATAL", "array of 6");
  }
  fatal.type = reader.read_str();
  fatal.message = reader.read_str();
  fatal.file = reader.read_str();
  fatal.line = reader.read_int();
  fatal.trace = reader.read_str();
  for (std::uint32_t left = reader.read_array(); left != 0 && reader.ok(); --left) {
    fatal.parents.emplace_back(reader.read_str());
  }
  skip_values(reader, elements - 6);
  if (!reader.ok() || !reader.at_end()) {
    return broken("FATAL", "element");
  }
  return fatal;
}

} // namespace kraken::wire
