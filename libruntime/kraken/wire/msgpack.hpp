// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// MessagePack values as a small tree, for control frames. Decoded and validated by msgpack-cxx,
/// behind `msgpack.cpp`. Not for the data path: that is `msgpack_stream.hpp`.
#pragma once

#include "kraken/base/limits.hpp"
#include "kraken/base/result.hpp"
#include "kraken/wire/byte_buffer.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kraken::wire {

/// A decoded value of a control frame. Not for the data path.
struct msgpack_value {
  struct binary {
    std::string bytes;

    friend bool operator==(const binary&, const binary&) = default;
  };
  using array = std::vector<msgpack_value>;

  struct map { ///< as many values as keys, in the order received
    std::vector<msgpack_value> keys;
    std::vector<msgpack_value> values;

    friend bool operator==(const map& left, const map& right);
  };

  std::variant<std::monostate,
               bool,
               std::int64_t,
               std::uint64_t,
               double,
               std::string,
               binary,
               array,
               map>
      data; ///< int64 holds negative numbers only

  /// The value of a string key; nullptr if this is no map or has no such key.
  [[nodiscard]] const msgpack_value* find(std::string_view key) const noexcept;
  [[nodiscard]] std::string_view text(std::string_view otherwise = {}) const noexcept;
  [[nodiscard]] std::int64_t number(std::int64_t otherwise = 0) const noexcept;

  friend bool operator==(const msgpack_value& left, const msgpack_value& right);
};

/// Decodes exactly one value. Memory stays in proportion to `bytes`, whatever lengths claim.
/// @error errc::parse_error for anything but one whole value; extension types; depth over
///        limits::msgpack_depth_max; more than limits::msgpack_values_max values
[[nodiscard]] result<msgpack_value> unpack_value(std::string_view bytes);

/// Appends the value, shortest forms.
void pack_value(byte_buffer& out, const msgpack_value& value);

/// True when `bytes` is exactly one value no deeper than limits::msgpack_depth_max.
[[nodiscard]] bool is_msgpack(std::string_view bytes) noexcept;

} // namespace kraken::wire
