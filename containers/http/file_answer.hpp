// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What an application that answers with a file says of it, in the head of its response. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace kraken::containers {

/// Calls `take(name, value)` for each field of a response's head.
/// @param head status line to blank line, as `wire::response_writer` writes it
void each_field(std::string_view head,
                const std::function<void(std::string_view name, std::string_view value)>& take);

/// The file a response wishes to be sent in place of its body; empty: none.
/// @param answer head and body of a response
[[nodiscard]] std::string wished_file(std::string_view answer);

} // namespace kraken::containers
