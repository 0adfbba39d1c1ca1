// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Members of JSON objects read by type: absent or odd ones give the default, wrong shapes are
/// errors. For the reading sources of this room.
#pragma once

#include "console/detail/json.hpp"

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace kraken::console::detail {

/// @error errc::parse_error naming `what` and the shape there is
[[nodiscard]] inline result<json_value>
parse_shape(std::string_view text, json_value::value_t shape, std::string_view what) {
  auto value = parse_json(text);
  if (value && value->type() != shape) {
    return fail(errc::parse_error,
                std::string{what} + ": expected " +
                    (shape == json_value::value_t::array ? "an array" : "an object") + ", got " +
                    value->type_name());
  }
  return value;
}

[[nodiscard]] inline std::string text_member(const json_value& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

template <class Number>
[[nodiscard]] Number number_member(const json_value& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<Number>() : Number{};
}

[[nodiscard]] inline bool truth_member(const json_value& object, const char* name, bool fallback) {
  const auto found = object.find(name);
  return found != object.end() && found->is_boolean() ? found->get<bool>() : fallback;
}

[[nodiscard]] inline std::vector<std::string> texts_member(const json_value& object,
                                                           const char* name) {
  std::vector<std::string> out;
  const auto found = object.find(name);
  if (found != object.end() && found->is_array()) {
    for (const json_value& item : *found) {
      if (item.is_string()) {
        out.push_back(item.get<std::string>());
      }
    }
  }
  return out;
}

/// Reads every element of an array with `read`; the first that fails is the answer.
template <class Read>
[[nodiscard]] auto read_list(std::string_view text, std::string_view what, Read read)
    -> result<std::vector<typename std::invoke_result_t<Read, const json_value&>::value_type>> {
  auto list = parse_shape(text, json_value::value_t::array, what);
  if (!list) {
    return fail(list.error());
  }
  std::vector<typename std::invoke_result_t<Read, const json_value&>::value_type> out;
  for (const json_value& item : *list) {
    auto record = read(item);
    if (!record) {
      return fail(record.error());
    }
    out.push_back(std::move(*record));
  }
  return out;
}

} // namespace kraken::console::detail
