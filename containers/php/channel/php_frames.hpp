// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a container in PHP and the daemon say to each other about verbs and the end: commands for
/// the daemon with their results, DRAIN with its reason. Pure; moves no bytes.
#pragma once

#include "kraken/actor/incarnation.hpp"
#include "kraken/base/result.hpp"
#include "kraken/wire/byte_buffer.hpp"
#include "kraken/wire/container_frame.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::containers {

// @thread any (pure), all of them
/// DRAIN with its `then`.
void append_farewell(wire::byte_buffer& out, actor::farewell why);

/// RESULT of a COMMAND: the text, or a list of names.
void append_done(wire::byte_buffer& out, std::uint32_t stream, std::string_view text);
void append_names(wire::byte_buffer& out,
                  std::uint32_t stream,
                  const std::vector<std::string>& names);
/// RESULT that says why not; the class is empty: the daemon answers, nothing was thrown.
void append_refused(wire::byte_buffer& out, std::uint32_t stream, const error& why);

/// COMMAND as received.
struct php_command {
  std::string target; ///< empty: the daemon itself
  std::string name;
  std::map<std::string, std::string, std::less<>> params; ///< numbers and truths as text
};

/// @error errc::protocol_error for what is no COMMAND; errc::invalid_argument for a parameter that
///        is neither text nor number
[[nodiscard]] result<php_command> decode_command(std::string_view payload);

} // namespace kraken::containers
