// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The number of fields of an aggregate, so that a table without a row for a field does not
/// compile. Private to the room.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace kraken::config::detail {

/// Stands for a value of any type; exists only in unevaluated code.
struct any_value {
  template <class T>
  requires(!std::is_same_v<T, std::in_place_t>)
  operator T() const; // NOLINT(google-explicit-constructor)
};

template <std::size_t>
using any_value_at = any_value;

template <class T, std::size_t... I>
constexpr bool takes_values(std::index_sequence<I...>) {
  return requires {
    T{any_value_at<I>{}...};
  };
}

/// Fields of the aggregate `T`.
template <class T, std::size_t N = 0>
constexpr std::size_t field_count() {
  static_assert(std::is_aggregate_v<T>);
  if constexpr (!takes_values<T>(std::make_index_sequence<N + 1>{})) {
    return N;
  } else {
    return field_count<T, N + 1>();
  }
}

} // namespace kraken::config::detail
