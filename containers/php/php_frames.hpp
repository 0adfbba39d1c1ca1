// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The frames between the daemon and a container in PHP beside those every worker has: its own
/// state, failures it lives on after, commands for the daemon. Pure; moves no bytes.
#pragma once

#include "kraken/actor/incarnation.hpp"
#include "kraken/base/result.hpp"
#include "kraken/wire/byte_buffer.hpp"
#include "kraken/wire/worker_frame.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::containers {

// @thread any (pure), all of them
void append_state(wire::byte_buffer& out, int state, std::string_view phase);
void append_resume(wire::byte_buffer& out);
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
