// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Heads and numbers of MessagePack, by the tables of its specification.
#include "kraken/wire/msgpack_stream.hpp"

#include "kraken/wire/detail/msgpack_put.hpp"

#include <array>
#include <bit>
#include <limits>

namespace kraken::wire {

namespace {

using detail::msgpack_head_bytes_max;

/// Appends with one of the `put_` functions of detail/msgpack_put.hpp.
template <class Put>
void pack_with(byte_buffer& out, std::size_t bytes_max, Put put) noexcept {
  char* const at = out.prepare(bytes_max);
  out.commit(static_cast<std::size_t>(put(at) - at));
}

} // namespace

void pack_nil(byte_buffer& out) noexcept {
  out.push_back('\xc0');
}

void pack_bool(byte_buffer& out, bool value) noexcept {
  out.push_back(value ? '\xc3' : '\xc2');
}

void pack_uint(byte_buffer& out, std::uint64_t value) noexcept {
  pack_with(out, msgpack_head_bytes_max, [=](char* at) { return detail::put_uint(at, value); });
}

void pack_int(byte_buffer& out, std::int64_t value) noexcept {
  pack_with(out, msgpack_head_bytes_max, [=](char* at) { return detail::put_int(at, value); });
}

void pack_real(byte_buffer& out, double value) noexcept {
  pack_with(out, msgpack_head_bytes_max, [=](char* at) {
    return detail::put_u64(detail::put_byte(at, 0xcb), std::bit_cast<std::uint64_t>(value));
  });
}

void pack_str(byte_buffer& out, std::string_view text) noexcept {
  pack_with(out, msgpack_head_bytes_max + text.size(), [=](char* at) {
    return detail::put_str(at, text);
  });
}

void pack_bin(byte_buffer& out, std::string_view data) noexcept {
  pack_with(out, msgpack_head_bytes_max + data.size(), [=](char* at) {
    return detail::put_bin(at, data);
  });
}

void pack_array_head(byte_buffer& out, std::uint32_t count) noexcept {
  pack_with(
      out, msgpack_head_bytes_max, [=](char* at) { return detail::put_array_head(at, count); });
}

void pack_map_head(byte_buffer& out, std::uint32_t pairs) noexcept {
  pack_with(out, msgpack_head_bytes_max, [=](char* at) { return detail::put_map_head(at, pairs); });
}

namespace {

constexpr std::uint64_t sign_extend(std::uint64_t value, unsigned bits) noexcept {
  const std::uint64_t sign = 1ULL << (bits - 1);
  return (value ^ sign) - sign;
}

struct format_row {
  msgpack_type type = msgpack_type::invalid;
  std::uint8_t length = 0; ///< bytes of number or length behind the code; 0: `value` is it
  std::uint8_t value = 0;
};

/// Codes c0..df of the specification, in order.
constexpr std::array<format_row, 32> format_table{{
    {msgpack_type::nil, 0, 0},     {msgpack_type::invalid, 0, 0}, {msgpack_type::boolean, 0, 0},
    {msgpack_type::boolean, 0, 1}, {msgpack_type::bin, 1, 0},     {msgpack_type::bin, 2, 0},
    {msgpack_type::bin, 4, 0},     {msgpack_type::ext, 1, 0},     {msgpack_type::ext, 2, 0},
    {msgpack_type::ext, 4, 0},     {msgpack_type::real, 4, 0},    {msgpack_type::real, 8, 0},
    {msgpack_type::uint, 1, 0},    {msgpack_type::uint, 2, 0},    {msgpack_type::uint, 4, 0},
    {msgpack_type::uint, 8, 0},    {msgpack_type::sint, 1, 0},    {msgpack_type::sint, 2, 0},
    {msgpack_type::sint, 4, 0},    {msgpack_type::sint, 8, 0},    {msgpack_type::ext, 0, 1},
    {msgpack_type::ext, 0, 2},     {msgpack_type::ext, 0, 4},     {msgpack_type::ext, 0, 8},
    {msgpack_type::ext, 0, 16},    {msgpack_type::str, 1, 0},     {msgpack_type::str, 2, 0},
    {msgpack_type::str, 4, 0},     {msgpack_type::array, 2, 0},   {msgpack_type::array, 4, 0},
    {msgpack_type::map, 2, 0},     {msgpack_type::map, 4, 0},
}};

std::uint64_t load_number(const char* from, std::size_t bytes) noexcept {
  switch (bytes) {
  case 1:
    return static_cast<unsigned char>(*from);
  case 2:
    return detail::get_u16(from);
  case 4:
    return detail::get_u32(from);
  default:
    return detail::get_u64(from);
  }
}

} // namespace

inline msgpack_reader::head msgpack_reader::head_here() const noexcept {
  if (at_ == end_) {
    return {0, msgpack_type::end, 0};
  }
  const auto code = static_cast<unsigned>(static_cast<unsigned char>(*at_));
  if (code >= 0xa0 && code < 0xc0) {
    return {code & 0x1fU, msgpack_type::str, 1};
  }
  if (code < 0x80) {
    return {code, msgpack_type::uint, 1};
  }
  if (code < 0xa0) {
    return {code & 0x0fU, code < 0x90 ? msgpack_type::map : msgpack_type::array, 1};
  }
  if (code >= 0xe0) {
    return {sign_extend(code, 8), msgpack_type::sint, 1};
  }
  return long_head(code);
}

msgpack_reader::head msgpack_reader::long_head(unsigned code) const noexcept {
  const auto& row = format_table[code - 0xc0];
  if (left() <= row.length) {
    return {};
  }
  head found{row.value, row.type, static_cast<std::uint8_t>(1U + row.length)};
  if (row.length != 0) {
    found.value = load_number(at_ + 1, row.length);
    if (row.type == msgpack_type::sint) {
      found.value = sign_extend(found.value, row.length * 8U);
    }
  }
  if (row.type == msgpack_type::ext) {
    ++found.value; // the type of the extension stands before its data
  }
  return found;
}

inline std::string_view msgpack_reader::take(const head& at) noexcept {
  if (left() - at.bytes < at.value) {
    failed_ = true;
    return {};
  }
  const std::string_view bytes{at_ + at.bytes, static_cast<std::size_t>(at.value)};
  at_ = bytes.data() + bytes.size();
  return bytes;
}

msgpack_type msgpack_reader::peek() const noexcept {
  return failed_ ? msgpack_type::invalid : head_here().type;
}

std::uint64_t msgpack_reader::read_uint() noexcept {
  const head at = head_here();
  if (failed_ || (at.type != msgpack_type::uint && at.type != msgpack_type::sint) ||
      (at.type == msgpack_type::sint && static_cast<std::int64_t>(at.value) < 0)) {
    failed_ = true;
    return 0;
  }
  at_ += at.bytes;
  return at.value;
}

std::int64_t msgpack_reader::read_int() noexcept {
  const head at = head_here();
  const bool fits =
      at.type == msgpack_type::sint ||
      (at.type == msgpack_type::uint &&
       at.value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
  if (failed_ || !fits) {
    failed_ = true;
    return 0;
  }
  at_ += at.bytes;
  return static_cast<std::int64_t>(at.value);
}

bool msgpack_reader::read_bool() noexcept {
  const head at = head_here();
  if (failed_ || at.type != msgpack_type::boolean) {
    failed_ = true;
    return false;
  }
  at_ += at.bytes;
  return at.value != 0;
}

double msgpack_reader::read_real() noexcept {
  const head at = head_here();
  if (failed_ || at.type != msgpack_type::real) {
    failed_ = true;
    return 0;
  }
  at_ += at.bytes;
  return at.bytes == 5
             ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(at.value)))
             : std::bit_cast<double>(at.value);
}

std::string_view msgpack_reader::read_str() noexcept {
  const head at = head_here();
  if (failed_ || at.type != msgpack_type::str) {
    failed_ = true;
    return {};
  }
  return take(at);
}

std::string_view msgpack_reader::read_bytes() noexcept {
  const head at = head_here();
  if (failed_ || (at.type != msgpack_type::str && at.type != msgpack_type::bin)) {
    failed_ = true;
    return {};
  }
  return take(at);
}

std::uint32_t msgpack_reader::read_count(msgpack_type wanted, std::size_t each) noexcept {
  const head at = head_here();
  if (failed_ || at.type != wanted || at.value > (left() - at.bytes) / each) {
    failed_ = true;
    return 0;
  }
  at_ += at.bytes;
  return static_cast<std::uint32_t>(at.value);
}

std::uint32_t msgpack_reader::read_array() noexcept {
  return read_count(msgpack_type::array, 1);
}

std::uint32_t msgpack_reader::read_map() noexcept {
  return read_count(msgpack_type::map, 2);
}

void msgpack_reader::read_nil() noexcept {
  if (peek() != msgpack_type::nil) {
    failed_ = true;
    return;
  }
  ++at_;
}

std::string_view msgpack_reader::skip() noexcept {
  const char* const start = at_;
  const std::uint64_t inside = skip_one(limits::msgpack_depth_max);
  if (inside != 0) {
    skip_inside(inside);
  }
  return failed_ ? std::string_view{}
                 : std::string_view{start, static_cast<std::size_t>(at_ - start)};
}

std::uint64_t msgpack_reader::skip_one(std::size_t depth_left) noexcept {
  const head at = head_here();
  if (failed_ || at.type == msgpack_type::end || at.type == msgpack_type::invalid) {
    failed_ = true;
    return 0;
  }
  if (at.type == msgpack_type::array || at.type == msgpack_type::map) {
    if (depth_left == 0) {
      failed_ = true;
      return 0;
    }
    return at.type == msgpack_type::array ? read_array() : std::uint64_t{read_map()} * 2;
  }
  if (at.type == msgpack_type::str || at.type == msgpack_type::bin ||
      at.type == msgpack_type::ext) {
    static_cast<void>(take(at));
  } else {
    at_ += at.bytes;
  }
  return 0;
}

void msgpack_reader::skip_inside(std::uint64_t values) noexcept {
  std::array<std::uint64_t, limits::msgpack_depth_max> left{}; // values to come at each depth
  std::size_t depth = 0;
  left[0] = values;
  for (;;) {
    --left[depth];
    const std::uint64_t inside = skip_one(left.size() - depth - 1);
    if (failed_) {
      return;
    }
    if (inside != 0) {
      left[++depth] = inside;
    }
    while (left[depth] == 0) {
      if (depth == 0) {
        return;
      }
      --depth;
    }
  }
}

} // namespace kraken::wire
