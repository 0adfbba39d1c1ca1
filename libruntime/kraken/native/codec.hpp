// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// C++ types as MessagePack values and back: the usual ones; structs are in field_codec.hpp. Reads
/// what others wrote without trusting it; keeps nothing.
#pragma once

#include "kraken/base/result.hpp"
#include "kraken/wire/byte_buffer.hpp"
#include "kraken/wire/msgpack.hpp"
#include "kraken/wire/msgpack_stream.hpp"

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace kraken::native {

/// Any MessagePack value, as a tree.
using value = wire::msgpack_value;

/// One MessagePack value as bytes, shared and never written again; null means nil.
using packed = std::shared_ptr<const std::string>;

/// How a `T` is written and read. To be specialised for types of one's own that are no list of
/// fields, with
///   static constexpr std::string_view name;                    what errors call it
///   static void write(wire::byte_buffer& out, const T& what);
///   static void read(wire::msgpack_reader& in, T& into);       fails `in` if it does not fit
template <class T>
struct codec;

template <>
struct codec<std::monostate> {
  static constexpr std::string_view name = "nothing";
  static void write(wire::byte_buffer& out, std::monostate) { wire::pack_nil(out); }
  static void read(wire::msgpack_reader& in, std::monostate&) { in.read_nil(); }
};

template <>
struct codec<bool> {
  static constexpr std::string_view name = "a truth value";
  static void write(wire::byte_buffer& out, bool what) { wire::pack_bool(out, what); }
  static void read(wire::msgpack_reader& in, bool& into) { into = in.read_bool(); }
};

template <std::integral T>
struct codec<T> {
  static constexpr std::string_view name = "a whole number in range";
  static void write(wire::byte_buffer& out, T what) {
    if constexpr (std::signed_integral<T>) {
      wire::pack_int(out, what);
    } else {
      wire::pack_uint(out, what);
    }
  }
  static void read(wire::msgpack_reader& in, T& into) {
    auto ahead = in; // stays before a number that does not fit
    if constexpr (std::signed_integral<T>) {
      keep(ahead.read_int(), ahead, in, into);
    } else {
      keep(ahead.read_uint(), ahead, in, into);
    }
  }

private:
  template <class Wide>
  static void
  keep(Wide read, const wire::msgpack_reader& ahead, wire::msgpack_reader& in, T& into) {
    if (!ahead.ok() || !std::in_range<T>(read)) {
      in.fail();
      return;
    }
    into = static_cast<T>(read);
    in = ahead;
  }
};

template <>
struct codec<double> {
  static constexpr std::string_view name = "a number";
  static void write(wire::byte_buffer& out, double what) { wire::pack_real(out, what); }
  static void read(wire::msgpack_reader& in, double& into) {
    // Other languages write 2.0 as 2.
    const auto is = in.peek();
    into = is == wire::msgpack_type::uint || is == wire::msgpack_type::sint
               ? static_cast<double>(in.read_int())
               : in.read_real();
  }
};

template <>
struct codec<std::string> {
  static constexpr std::string_view name = "text";
  static void write(wire::byte_buffer& out, std::string_view what) { wire::pack_str(out, what); }
  static void read(wire::msgpack_reader& in, std::string& into) { into = in.read_bytes(); }
};

template <>
struct codec<value> {
  static constexpr std::string_view name = "a value";
  static void write(wire::byte_buffer& out, const value& what) { wire::pack_value(out, what); }
  static void read(wire::msgpack_reader& in, value& into) {
    auto ahead = in;
    auto read = wire::unpack_value(ahead.skip());
    if (!read) {
      in.fail();
      return;
    }
    into = std::move(*read);
    in = ahead;
  }
};

template <class T>
struct codec<std::optional<T>> {
  static constexpr std::string_view name = codec<T>::name;
  static void write(wire::byte_buffer& out, const std::optional<T>& what) {
    what ? codec<T>::write(out, *what) : wire::pack_nil(out);
  }
  static void read(wire::msgpack_reader& in, std::optional<T>& into) {
    if (in.peek() == wire::msgpack_type::nil) {
      in.read_nil();
      into.reset();
      return;
    }
    codec<T>::read(in, into.emplace());
  }
};

template <class T>
struct codec<std::vector<T>> {
  static constexpr std::string_view name = "a list";
  static void write(wire::byte_buffer& out, const std::vector<T>& what) {
    wire::pack_array_head(out, static_cast<std::uint32_t>(what.size()));
    for (const auto& one : what) {
      codec<T>::write(out, one);
    }
  }
  static void read(wire::msgpack_reader& in, std::vector<T>& into) {
    into.clear(); // grows by what arrives, never by what a length announces
    for (auto left = in.read_array(); left > 0 && in.ok(); --left) {
      T one{};
      codec<T>::read(in, one);
      into.push_back(std::move(one));
    }
  }
};

template <class T>
struct codec<std::map<std::string, T>> {
  static constexpr std::string_view name = "a map with text keys";
  static void write(wire::byte_buffer& out, const std::map<std::string, T>& what) {
    wire::pack_map_head(out, static_cast<std::uint32_t>(what.size()));
    for (const auto& [key, one] : what) {
      wire::pack_str(out, key);
      codec<T>::write(out, one);
    }
  }
  static void read(wire::msgpack_reader& in, std::map<std::string, T>& into) {
    into.clear();
    for (auto left = in.read_map(); left > 0 && in.ok(); --left) {
      std::string key(in.read_bytes());
      codec<T>::read(in, into[std::move(key)]);
    }
  }
};

/// `what` as MessagePack; texts of any type as text.
template <class T>
[[nodiscard]] packed pack(const T& what) {
  wire::byte_buffer out;
  if constexpr (std::convertible_to<const T&, std::string_view>) {
    wire::pack_str(out, what);
  } else {
    codec<T>::write(out, what);
  }
  return std::make_shared<const std::string>(out.view());
}

/// Why `bytes` are no `wanted`; names what was found and where.
[[nodiscard]] error
not_a(std::string_view wanted, std::string_view bytes, const wire::msgpack_reader& stopped);

/// Why a map with `key` is not of these fields; names the one that may be meant, else all.
[[nodiscard]] error no_such_field(std::string_view key, std::span<const std::string_view> known);

/// The one value in `bytes` as a `T`.
/// @error errc::invalid_argument naming what was expected and what was found
template <class T>
[[nodiscard]] result<T> unpack(std::string_view bytes) {
  if constexpr (requires { codec<T>::check(bytes); }) {
    if (auto good = codec<T>::check(bytes); !good) {
      return fail(std::move(good.error()));
    }
  }
  wire::msgpack_reader in(bytes);
  T into{};
  codec<T>::read(in, into);
  if (!in.ok() || !in.at_end()) {
    return fail(not_a(codec<T>::name, bytes, in));
  }
  return into;
}

} // namespace kraken::native
