// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One event as one line of text or JSON that no field's content can break out of: no forged
/// lines, no terminal escapes. Pure: takes the time, writes nowhere.
#pragma once

#include "kraken/base/log.hpp"

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>

namespace kraken::log {

/// Renders an event without a line end.
/// @param event, field::key  names from our own sources, yet escaped like content in JSON
/// @return  text: `2025-01-31T09:05:03.007Z WARN  event key=value key="a b"`;
///          JSON: `{"time":...,"level":...,"event":...,"key":...}`. Control bytes (C0, DEL, C1),
///          U+2028 and U+2029 become `\xNN` in text, `\uNNNN` in JSON. What is not UTF-8 becomes
///          `\xNN` in text and U+FFFD in JSON
/// @thread  any (pure)
[[nodiscard]] std::string render(format style,
                                 std::chrono::system_clock::time_point at,
                                 level severity,
                                 std::string_view event,
                                 std::initializer_list<field> fields);

} // namespace kraken::log
