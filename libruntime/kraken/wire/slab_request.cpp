// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/wire/slab_request.hpp"

#include "kraken/wire/detail/frame_put.hpp"
#include "kraken/wire/detail/lower_put.hpp"

#include <array>
#include <cstring>
#include <numeric>

namespace kraken::wire {

namespace {

constexpr std::size_t texts = 8;
// Lengths of the texts, of the folders, of the fields and of the body; then the time.
constexpr std::size_t length_count = texts + 3;
constexpr std::size_t request_head_bytes = length_count * sizeof(std::uint32_t) + 8;

// As in worker_frame.cpp: frame header, all heads.
constexpr std::size_t frame_overhead_max =
    worker_header_bytes + (texts + 8) * detail::msgpack_head_bytes_max;
constexpr std::uint32_t frame_elements = 11;

using text_list = std::array<std::string_view, texts>;

char* put_plain_u32(char* at, std::size_t value) noexcept {
  const auto narrow = static_cast<std::uint32_t>(value);
  std::memcpy(at, &narrow, sizeof narrow);
  return at + sizeof narrow;
}

std::uint32_t get_plain_u32(const char* from) noexcept {
  std::uint32_t value = 0;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// By hand: eleven of them are the whole of reading a request.
[[gnu::always_inline]] inline std::string_view take_text(const char*& at, std::uint32_t bytes) {
  const std::string_view text{at, bytes};
  at += bytes;
  return text;
}

std::string_view version_of(const request_facts& facts) noexcept {
  if (!facts.version.empty()) {
    return facts.version;
  }
  return facts.head->version_minor == 0 ? "1.0" : "1.1";
}

text_list texts_of(const request_facts& facts) noexcept {
  const auto& head = *facts.head;
  return {head.method_name,
          head.target,
          facts.path,
          head.query,
          version_of(facts),
          facts.scheme,
          head.host,
          facts.ends.empty() ? facts.remote : facts.ends};
}

std::size_t field_bytes_of(const request_facts& facts) noexcept {
  std::size_t bytes = 0;
  for (const auto& field : facts.head->headers()) {
    bytes += slab_field_head_bytes + field.name.size() + field.value.size();
  }
  return bytes;
}

} // namespace

bool slab_field_reader::next(header_field& out) noexcept {
  if (left_.size() < slab_field_head_bytes) {
    return false;
  }
  const std::size_t name = get_plain_u32(left_.data());
  const std::size_t value = get_plain_u32(left_.data() + 4);
  if (name + value > left_.size() - slab_field_head_bytes) {
    return false;
  }
  out.name = left_.substr(slab_field_head_bytes, name);
  out.value = left_.substr(slab_field_head_bytes + name, value);
  left_.remove_prefix(slab_field_head_bytes + name + value);
  return true;
}

char* put_slab_field(char* at, std::string_view name, std::string_view value) noexcept {
  at = put_plain_u32(at, name.size());
  at = put_plain_u32(at, value.size());
  at = detail::put_bytes(at, name);
  return detail::put_bytes(at, value);
}

std::size_t slab_request_bytes(const request_facts& facts) noexcept {
  std::size_t bytes =
      request_head_bytes + facts.folders.size() + field_bytes_of(facts) + facts.body.size();
  for (const auto text : texts_of(facts)) {
    bytes += text.size();
  }
  return bytes;
}

void put_slab_request(char* at, const request_facts& facts) noexcept {
  char* const lengths = at;
  char* next = at;
  at += request_head_bytes;
  for (const auto text : texts_of(facts)) {
    next = put_plain_u32(next, text.size());
    at = detail::put_bytes(at, text);
  }
  next = put_plain_u32(next, facts.folders.size());
  at = detail::put_bytes(at, facts.folders);
  const char* const fields = at;
  for (const auto& field : facts.head->headers()) {
    at = put_plain_u32(at, field.name.size());
    at = put_plain_u32(at, field.value.size());
    at = detail::put_lower_token(at, field.name);
    at = detail::put_bytes(at, field.value);
  }
  next = put_plain_u32(next, static_cast<std::size_t>(at - fields));
  put_plain_u32(next, facts.body.size());
  std::memcpy(lengths + length_count * sizeof(std::uint32_t), &facts.timeout_ms, 8);
  detail::put_bytes(at, facts.body);
}

result<slab_request> read_slab_request(std::string_view bytes) {
  if (bytes.size() < request_head_bytes) {
    return fail(errc::protocol_error, "slab request: shorter than its header");
  }
  std::array<std::uint32_t, length_count> lengths;
  std::memcpy(lengths.data(), bytes.data(), sizeof lengths);
  const auto whole = std::accumulate(lengths.begin(), lengths.end(), std::uint64_t{0});
  if (whole > bytes.size() - request_head_bytes) {
    return fail(errc::protocol_error, "slab request: longer than its slot");
  }
  const char* at = bytes.data() + request_head_bytes;
  result<slab_request> read;
  auto& out = *read;
  out.method = take_text(at, lengths[0]);
  out.target = take_text(at, lengths[1]);
  out.path = take_text(at, lengths[2]);
  out.query = take_text(at, lengths[3]);
  out.version = take_text(at, lengths[4]);
  out.scheme = take_text(at, lengths[5]);
  out.host = take_text(at, lengths[6]);
  out.ends = take_text(at, lengths[7]);
  out.folders = take_text(at, lengths[8]);
  out.fields = take_text(at, lengths[9]);
  out.body = take_text(at, lengths[10]);
  std::memcpy(&out.timeout_ms, bytes.data() + sizeof lengths, sizeof out.timeout_ms);
  return read;
}

bool append_request_frame(byte_buffer& out,
                          std::uint32_t stream,
                          const slab_request& request,
                          std::uint64_t stored_bytes) noexcept {
  const text_list all{request.method,
                      request.target,
                      request.path,
                      request.query,
                      request.version,
                      request.scheme,
                      request.host,
                      remote_end(request.ends)};
  std::size_t headers = 3;
  std::uint32_t pairs = 0;
  header_field field;
  for (slab_field_reader reader{request.fields}; reader.next(field); ++pairs) {
    headers += detail::str_bytes(field.name.size()) + detail::str_bytes(field.value.size());
  }
  if (pairs * 2 < 16) {
    headers -= 2; // the short head of an array
  }
  const auto local = local_end(request.ends);
  std::size_t most =
      frame_overhead_max + local.size() + headers + request.folders.size() + request.body.size();
  for (const auto text : all) {
    most += text.size();
  }
  if (most > limits::frame_bytes_max) {
    return false;
  }
  char* const begin = out.prepare(most);
  const auto elements =
      frame_elements + detail::more_request_elements(stored_bytes, request.folders, local);
  char* at = detail::put_array_head(begin + worker_header_bytes, elements);
  for (const auto text : all) {
    at = detail::put_str(at, text);
  }
  at = detail::put_bin_head(at, static_cast<std::uint32_t>(headers));
  at = detail::put_array_head(at, pairs * 2);
  slab_field_reader reader{request.fields};
  while (reader.next(field)) {
    at = detail::put_str(at, field.name);
    at = detail::put_str(at, field.value);
  }
  at = detail::put_bin(at, request.body);
  at = detail::put_uint(at, request.timeout_ms);
  at = detail::put_more_of_request(at, stored_bytes, request.folders, local);
  const auto whole = static_cast<std::size_t>(at - begin);
  detail::put_frame_header(begin, frame_type::request, 0, stream, whole - worker_header_bytes);
  out.commit(whole);
  return true;
}

} // namespace kraken::wire
