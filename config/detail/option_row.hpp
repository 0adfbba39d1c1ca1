// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Rows made from members: where the type of an option becomes plain functions. Private to the
/// room; used by the files that hold tables.
#pragma once

#include "config/detail/field_count.hpp"
#include "config/detail/value_codec.hpp"
#include "config/option_table.hpp"

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace kraken::config {

/// Of a row's member: its type.
template <auto Member>
struct member_of_row;

template <class T, class V, V T::*Member>
struct member_of_row<Member> {
  using object = T;
  using value = V;
};

/// The row of `Member`.
template <auto Member>
constexpr option_row row(std::string_view key, option_traits traits) {
  using object = typename member_of_row<Member>::object;
  using value = typename member_of_row<Member>::value;
  return {key,
          traits,
          [](void* at) -> void* { return &(static_cast<object*>(at)->*Member); },
          [](void* at, const node& from, const option_traits& how, reader& in) {
            value_codec<value>::read(*static_cast<value*>(at), from, how, in);
          },
          [](const void* at, exposure how) {
            return value_codec<value>::write(*static_cast<const value*>(at), how);
          },
          [] { return value_codec<value>::describe(); }};
}

/// Whether every field of `T` has a row.
/// @param without fields that are read by hand
template <class T>
constexpr bool every_field_has_a_row(std::size_t without = 0) {
  return option_table<T>::rows.size() + without == detail::field_count<T>();
}

} // namespace kraken::config
