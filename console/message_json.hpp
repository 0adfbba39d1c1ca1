// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Values of messages between JSON, which people type and read, and MessagePack, which containers
/// exchange. Sends nothing.
#pragma once

#include "kraken/base/result.hpp"

#include <string>
#include <string_view>

namespace kraken::console {

/// JSON text as one MessagePack value, shortest forms. Numbers stay integers where they are.
/// @error errc::invalid_argument when it is no JSON, or deeper than limits::msgpack_depth_max
/// @thread any (pure)
[[nodiscard]] result<std::string> message_from_json(std::string_view json);

/// One MessagePack value as JSON text on one line. What JSON does not have becomes what is nearest:
/// bytes that are no UTF-8 are replaced by U+FFFD, keys that are no strings by their text, numbers
/// that are none (NaN, infinite) by null.
/// @param bytes empty: null
/// @error errc::protocol_error when it is not one value
/// @thread any (pure)
[[nodiscard]] result<std::string> json_from_message(std::string_view bytes);

} // namespace kraken::console
