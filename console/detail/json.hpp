// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The JSON library as the console uses it: ordered members, no exceptions. Private to the three
/// JSON sources of this room.
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/base/result.hpp"
#include "kraken/base/units.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace kraken::console::detail {

// Members keep the order in which they are written: people read them too.
using json_value = nlohmann::ordered_json;

/// Text of a value; bytes that are no UTF-8 are replaced, because logs may hold anything.
[[nodiscard]] inline std::string dump(const json_value& value, int indent = -1) {
  return value.dump(indent, ' ', false, json_value::error_handler_t::replace);
}

/// @error errc::parse_error when the text is not JSON
[[nodiscard]] inline result<json_value> parse_json(std::string_view text) {
  json_value value = json_value::parse(text, nullptr, false);
  if (value.is_discarded()) {
    return fail(errc::parse_error, "the text is not JSON");
  }
  return value;
}

/// Monotonic time in whole milliseconds, the unit of `gauges::busy_since_ms`.
[[nodiscard]] inline std::int64_t steady_ms(time_point at) {
  return std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count();
}

} // namespace kraken::console::detail
