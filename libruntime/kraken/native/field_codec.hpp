// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Structs as MessagePack maps, by a list of their fields.
#pragma once

#include "kraken/native/codec.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

namespace kraken::native {

/// A member of a struct and its key.
template <class T, class V>
struct field {
  std::string_view key;
  V T::*member;
};

template <class T, class V>
field(std::string_view, V T::*) -> field<T, V>;

/// To be specialised for structs: `static constexpr auto list = std::tuple{field{"key", &T::key},
/// ...}`. Written as a map; when read, keys it does not know are passed over and absent ones keep
/// the member's initializer. With `static constexpr bool no_others = true` a key it does not know
/// refuses the whole: for what people type, who would not notice a default in place of it.
template <class T>
struct fields;

template <class T>
concept has_fields = requires {
  fields<T>::list;
};

template <has_fields T>
struct codec<T> {
  static constexpr std::string_view name = "a map of its fields";
  static void write(wire::byte_buffer& out, const T& what) {
    std::apply(
        [&](const auto&... one) {
          wire::pack_map_head(out, static_cast<std::uint32_t>(sizeof...(one)));
          (write_field(out, one, what), ...);
        },
        fields<T>::list);
  }
  /// @error errc::invalid_argument naming a field that there is not; of what is no map there is
  ///        nothing to say here
  static result<void> check(std::string_view bytes) requires(fields<T>::no_others) {
    const auto known = std::apply(
        [](const auto&... one) { return std::array<std::string_view, sizeof...(one)>{one.key...}; },
        fields<T>::list);
    wire::msgpack_reader in(bytes);
    for (auto left = in.read_map(); left > 0 && in.ok(); --left) {
      const auto key = in.read_bytes();
      if (in.ok() && std::ranges::find(known, key) == known.end()) {
        return fail(no_such_field(key, known));
      }
      in.skip();
    }
    return {};
  }
  static void read(wire::msgpack_reader& in, T& into) {
    for (auto left = in.read_map(); left > 0 && in.ok(); --left) {
      const auto key = in.read_bytes();
      const bool known =
          std::apply([&](const auto&... one) { return (read_field(in, one, key, into) || ...); },
                     fields<T>::list);
      if (!known) {
        in.skip();
      }
    }
  }

private:
  template <class V>
  static void write_field(wire::byte_buffer& out, const field<T, V>& one, const T& what) {
    wire::pack_str(out, one.key);
    codec<V>::write(out, what.*one.member);
  }
  template <class V>
  static bool
  read_field(wire::msgpack_reader& in, const field<T, V>& one, std::string_view key, T& into) {
    if (one.key != key) {
      return false;
    }
    codec<V>::read(in, into.*one.member);
    return true;
  }
};

} // namespace kraken::native
