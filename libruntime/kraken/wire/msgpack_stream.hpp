// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// MessagePack as a stream: writer functions for the fixed formats of the specification and a
/// pull reader, both without allocation because every request passes through them. The tests hold
/// them against msgpack-cxx, which reads and writes everything else (`msgpack.hpp`).
#pragma once

#include "kraken/base/limits.hpp"
#include "kraken/wire/byte_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kraken::wire {

// Writers: each appends one value, or the head of one, in its shortest form.
void pack_nil(byte_buffer& out) noexcept;
void pack_bool(byte_buffer& out, bool value) noexcept;
void pack_uint(byte_buffer& out, std::uint64_t value) noexcept;
void pack_int(byte_buffer& out, std::int64_t value) noexcept;
void pack_real(byte_buffer& out, double value) noexcept;         ///< always 64 bit
void pack_str(byte_buffer& out, std::string_view text) noexcept; ///< text < 4 GiB
void pack_bin(byte_buffer& out, std::string_view data) noexcept; ///< data < 4 GiB
void pack_array_head(byte_buffer& out, std::uint32_t count) noexcept;
void pack_map_head(byte_buffer& out, std::uint32_t pairs) noexcept;

/// What the next value is.
enum class msgpack_type : std::uint8_t {
  nil,
  boolean,
  uint,
  sint,
  real,
  str,
  bin,
  array,
  map,
  ext,
  end,     ///< no bytes left
  invalid, ///< 0xc1, or the value is cut short
};

/// A cursor over MessagePack bytes. Reads move it past one value or one container head; a read
/// that does not fit leaves it in place and marks it failed, and every later read fails too, so
/// that one check at the end is enough. Lengths are believed only as far as bytes are there.
/// @thread not shared      @cost no allocation
class msgpack_reader {
public:
  explicit msgpack_reader(std::string_view bytes) noexcept
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  [[nodiscard]] bool ok() const noexcept { return !failed_; }
  [[nodiscard]] bool at_end() const noexcept { return at_ == end_; }
  [[nodiscard]] std::string_view rest() const noexcept { return {at_, left()}; }

  [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }

  [[nodiscard]] msgpack_type peek() const noexcept;

  [[nodiscard]] std::uint64_t read_uint() noexcept; ///< any int form >= 0
  [[nodiscard]] std::int64_t read_int() noexcept;   ///< any int form that fits
  [[nodiscard]] bool read_bool() noexcept;
  [[nodiscard]] double read_real() noexcept; ///< float 32 or 64
  [[nodiscard]] std::string_view read_str() noexcept;
  [[nodiscard]] std::string_view read_bytes() noexcept; ///< str or bin
  [[nodiscard]] std::uint32_t read_array() noexcept;    ///< count; each takes >= 1 byte
  [[nodiscard]] std::uint32_t read_map() noexcept;      ///< pairs; each takes >= 2 bytes
  void read_nil() noexcept;

  /// Moves past one whole value.
  /// @return its bytes
  std::string_view skip() noexcept;

  /// Marks the reader failed: for a value that has the right form and the wrong meaning.
  void fail() noexcept { failed_ = true; }

private:
  struct head {              // 16 bytes: travels in registers
    std::uint64_t value = 0; ///< number, length or count
    msgpack_type type = msgpack_type::invalid;
    std::uint8_t bytes = 0; ///< of the head itself
  };

  [[nodiscard]] head head_here() const noexcept;
  [[nodiscard]] head long_head(unsigned code) const noexcept;

  /// Moves past a scalar, or past the head of a container.
  /// @return values inside that container
  [[nodiscard]] std::uint64_t skip_one(std::size_t depth_left) noexcept;
  void skip_inside(std::uint64_t values) noexcept;

  [[nodiscard]] std::string_view take(const head& at) noexcept;
  [[nodiscard]] std::uint32_t read_count(msgpack_type wanted, std::size_t each) noexcept;

  const char* at_;
  const char* end_;
  bool failed_ = false;
};

} // namespace kraken::wire
