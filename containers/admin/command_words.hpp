// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a command's outcome is called: the sentences of the command table, and the Kraken
/// framework's own reasons where it has them. Decides nothing about containers.
#pragma once

#include "console/command_table.hpp"
#include "kraken/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace kraken::containers {

/// Whether a child of this kind belongs to a verb's family: `thread:` is about containers inside
/// the daemon with a behaviour of their own (native, fiber), `process:` about all others, every
/// other family about both.
/// @thread any (pure)
[[nodiscard]] bool belongs_to(std::string_view family, std::string_view kind);

/// The sentence of a command that was carried out.
/// @param alias    the container as it was named in the command
/// @param changed  whether anything changed; if not, it was so already
[[nodiscard]] std::string
done_sentence(const console::command_row& row, std::string_view alias, bool changed);

/// The reason of a failure as the framework words it; other errors come back as they are.
[[nodiscard]] error
worded(const console::command_row& row, std::string_view alias, const error& why);

} // namespace kraken::containers
