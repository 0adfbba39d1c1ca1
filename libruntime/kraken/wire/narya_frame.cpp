// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The Narya dialect: keys, types and order as its engine emits them; tolerances as its workers
/// need them (an empty PHP array is a list, not a map).
#include "kraken/wire/narya_frame.hpp"

#include "kraken/wire/detail/grouped_headers.hpp"
#include "kraken/wire/detail/msgpack_put.hpp"

#include <charconv>
#include <limits>

namespace kraken::wire {

namespace {

constexpr std::size_t narya_length_bytes = 4;

/// Room for the keys and heads of a request map; the texts come on top.
constexpr std::size_t narya_overhead_max = 512;

std::size_t narya_bytes_max(const narya_request& request,
                            const detail::grouped_headers& headers) noexcept {
  const auto& head = *request.head;
  std::size_t bytes = narya_overhead_max + head.method_name.size() + head.target.size() +
                      request.uri.size() + request.path.size() + head.query.size() +
                      headers.bytes_max() + request.body.size() + request.remote.size() +
                      head.host.size() + request.scheme.size();
  for (const auto& pair : request.server) {
    bytes += pair.name.size() + pair.value.size() + 2 * detail::msgpack_head_bytes_max;
  }
  return bytes;
}

char* put_text(char* at, std::string_view key, std::string_view value) noexcept {
  return detail::put_str(detail::put_str(at, key), value);
}

/// The keys of later upstream versions.
char* put_extended(char* at, const narya_request& request) noexcept {
  at = put_text(at, "protocol", request.head->version_minor == 0 ? "1.0" : "1.1");
  at = detail::put_str(at, "server");
  at = detail::put_map_head(at, static_cast<std::uint32_t>(request.server.size()));
  for (const auto& pair : request.server) {
    at = put_text(at, pair.name, pair.value);
  }
  return at;
}

char* put_request(char* at,
                  const narya_request& request,
                  const detail::grouped_headers& headers) noexcept {
  const auto& head = *request.head;
  const bool extended = request.keys == narya_request::key_set::extended;
  const bool later = request.worker_id == narya_worker_later;
  const bool has_worker = request.worker_id != 0;
  at = detail::put_map_head(at, 12U + (has_worker ? 1U : 0U) + (extended ? 2U : 0U));
  at = detail::put_u64(detail::put_byte(detail::put_str(at, "id"), 0xcf), request.id);
  at = put_text(at, "method", head.method_name);
  at = put_text(at, "uri", request.uri.empty() ? head.target : request.uri);
  at = put_text(at, "path", request.path);
  at = put_text(at, "query", head.query);
  at = headers.put(detail::put_str(at, "headers"));
  at = detail::put_bin(detail::put_str(at, "body"), request.body);
  at = put_text(at, "remote_addr", request.remote);
  at = put_text(at, "host", head.host);
  at = put_text(at, "scheme", request.scheme);
  at = detail::put_uint(detail::put_str(at, "timeout_ms"), request.timeout_ms);
  if (has_worker && !later) {
    at = detail::put_uint(detail::put_str(at, "worker_id"), request.worker_id);
  }
  at = put_text(at, "runtime_version", narya_runtime_version);
  if (extended) {
    at = put_extended(at, request);
  }
  // At the very end and of a fixed width, so that it can be written over.
  return later ? detail::put_u32(detail::put_byte(detail::put_str(at, "worker_id"), 0xce), 0) : at;
}

tl::unexpected<error> broken_narya(std::string_view key) {
  return fail(errc::protocol_error, "narya response: bad or missing '" + std::string{key} + "'");
}

bool is_number(msgpack_type type) noexcept {
  return type == msgpack_type::uint || type == msgpack_type::sint;
}

/// The next key of a map; empty for one that is no text, which no key we know is.
std::string_view read_key(msgpack_reader& reader) noexcept {
  if (reader.peek() == msgpack_type::str) {
    return reader.read_str();
  }
  reader.skip();
  return {};
}

/// A status as int, float or numeric text; 0 for any other value.
std::int64_t read_status(msgpack_reader& reader) noexcept {
  const auto type = reader.peek();
  if (is_number(type)) {
    return reader.read_int();
  }
  if (type == msgpack_type::real) {
    const double value = reader.read_real();
    // The comparison is false for NaN, and keeps the conversion defined.
    return value >= 100 && value < 600 ? static_cast<std::int64_t>(value) : 0;
  }
  if (type == msgpack_type::str) {
    const std::string_view text = reader.read_str();
    const char* const end = text.data() + text.size();
    std::int64_t value = 0;
    return std::from_chars(text.data(), end, value).ptr == end ? value : 0;
  }
  reader.skip();
  return 0;
}

/// What PHP would take for true.
bool read_truth(msgpack_reader& reader) noexcept {
  const auto type = reader.peek();
  if (type == msgpack_type::boolean) {
    return reader.read_bool();
  }
  if (type == msgpack_type::str) {
    const std::string_view text = reader.read_str();
    return !text.empty() && text != "0";
  }
  // A zero is the one number whose only byte is zero.
  return reader.skip() != std::string_view{"\0", 1} && is_number(type);
}

/// nil and the empty list mean what the empty map means.
std::uint32_t read_map_or_nothing(msgpack_reader& reader) noexcept {
  if (reader.peek() == msgpack_type::nil) {
    reader.read_nil();
    return 0;
  }
  if (reader.peek() == msgpack_type::array) {
    if (reader.read_array() != 0) {
      reader.fail();
    }
    return 0;
  }
  return reader.read_map();
}

std::string_view read_bytes_or_nil(msgpack_reader& reader) noexcept {
  if (reader.peek() == msgpack_type::nil) {
    reader.read_nil();
    return {};
  }
  return reader.read_bytes();
}

/// Moves past a header value: anything PHP would print without complaint.
void check_scalar(msgpack_reader& reader) noexcept {
  const auto type = reader.peek();
  if (type == msgpack_type::array || type == msgpack_type::map || type == msgpack_type::ext) {
    reader.fail();
  }
  reader.skip();
}

void read_headers(msgpack_reader& reader, narya_response& response) noexcept {
  response.header_count = read_map_or_nothing(reader);
  response.headers = reader.rest();
  for (std::uint32_t left = response.header_count; left != 0 && reader.ok(); --left) {
    static_cast<void>(reader.read_str());
    if (reader.peek() == msgpack_type::array) {
      for (std::uint32_t values = reader.read_array(); values != 0 && reader.ok(); --values) {
        check_scalar(reader);
      }
    } else {
      check_scalar(reader);
    }
  }
}

void read_meta(msgpack_reader& reader, narya_response& response) noexcept {
  for (std::uint32_t left = read_map_or_nothing(reader); left != 0 && reader.ok(); --left) {
    const std::string_view key = read_key(reader);
    if (key == "recycle") {
      response.recycle = read_truth(reader);
    } else if (key == "mem_usage" && reader.peek() == msgpack_type::uint) {
      response.memory_bytes = reader.read_uint();
    } else {
      reader.skip();
    }
  }
}

/// @return false for another request's id; workers may leave it out
bool id_matches(msgpack_reader& reader, std::uint64_t expected) noexcept {
  if (reader.peek() == msgpack_type::nil) {
    reader.read_nil();
    return true;
  }
  return reader.read_uint() == expected;
}

} // namespace

bool append_narya_request(byte_buffer& out, const narya_request& request) noexcept {
  const detail::grouped_headers headers{request.head->headers()};
  const std::size_t bytes_max = narya_bytes_max(request, headers);
  // The bound is a little above the frame; checking it keeps an oversized body from being copied.
  if (bytes_max > limits::narya_frame_bytes_max + narya_overhead_max + headers.bytes_max()) {
    return false;
  }
  char* const begin = out.prepare(bytes_max);
  char* const end = put_request(begin + narya_length_bytes, request, headers);
  const auto whole = static_cast<std::size_t>(end - begin);
  if (whole - narya_length_bytes > limits::narya_frame_bytes_max) {
    return false;
  }
  detail::put_u32(begin, static_cast<std::uint32_t>(whole - narya_length_bytes));
  out.commit(whole);
  return true;
}

void put_narya_worker(byte_buffer& out, std::uint32_t worker_id) noexcept {
  detail::put_u32(out.data() + out.size() - sizeof worker_id, worker_id);
}

split_outcome split_narya_frame(std::string_view input, std::string_view& payload) noexcept {
  if (input.size() < narya_length_bytes) {
    return {split_outcome::kind::need_more, 0, narya_length_bytes - input.size()};
  }
  const std::size_t length = detail::get_u32(input.data());
  if (length == 0 || length > limits::narya_frame_bytes_max) {
    return {split_outcome::kind::bad_length, 0, 0};
  }
  const std::size_t whole = length + narya_length_bytes;
  if (input.size() < whole) {
    return {split_outcome::kind::need_more, 0, whole - input.size()};
  }
  payload = input.substr(narya_length_bytes, length);
  return {split_outcome::kind::done, whole, 0};
}

result<narya_response> decode_narya_response(std::string_view payload, std::uint64_t expected_id) {
  narya_response response;
  std::int64_t status = 0;
  msgpack_reader reader{payload};
  for (std::uint32_t left = reader.read_map(); left != 0; --left) {
    const std::string_view key = read_key(reader);
    if (key == "id") {
      if (!id_matches(reader, expected_id)) {
        return broken_narya("id");
      }
    } else if (key == "status") {
      status = read_status(reader);
    } else if (key == "headers") {
      read_headers(reader, response);
    } else if (key == "body") {
      response.body = read_bytes_or_nil(reader);
    } else if (key == "error") {
      response.error = read_bytes_or_nil(reader);
    } else if (key == "_meta") {
      read_meta(reader, response);
    } else {
      reader.skip();
    }
    if (!reader.ok()) {
      return broken_narya(key);
    }
  }
  if (!reader.ok() || !reader.at_end()) {
    return broken_narya("map");
  }
  if (!response.error.empty()) {
    response.status = 500; // status and headers of a failed handler mean nothing
    response.header_count = 0;
    return response;
  }
  if (status < 100 || status > 599) {
    return broken_narya("status");
  }
  response.status = static_cast<int>(status);
  return response;
}

std::string_view narya_headers::scalar() noexcept {
  const auto print = [this](auto value) {
    const auto end = std::to_chars(std::begin(scratch_), std::end(scratch_), value).ptr;
    return std::string_view{scratch_, static_cast<std::size_t>(end - scratch_)};
  };
  const auto type = reader_.peek();
  if (type == msgpack_type::str || type == msgpack_type::bin) {
    return reader_.read_bytes();
  }
  if (type == msgpack_type::uint) {
    return print(reader_.read_uint());
  }
  if (type == msgpack_type::sint) {
    return print(reader_.read_int());
  }
  if (type == msgpack_type::real) {
    return print(reader_.read_real());
  }
  if (type == msgpack_type::boolean) {
    return reader_.read_bool() ? "1" : ""; // as PHP casts it
  }
  reader_.skip(); // nil
  return {};
}

bool narya_headers::next(header_field& field) noexcept {
  while (values_left_ == 0) {
    if (names_left_ == 0) {
      return false;
    }
    --names_left_;
    name_ = reader_.read_str();
    values_left_ = reader_.peek() == msgpack_type::array ? reader_.read_array() : 1;
  }
  --values_left_;
  field = {name_, scalar()};
  return true;
}

} // namespace kraken::wire
