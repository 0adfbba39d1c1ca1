// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A command request checked by the command table, and what it means to the runtime. Console and
/// daemon use the same functions. Carries nothing out.
#pragma once

#include "console/api_json.hpp"
#include "console/command_table.hpp"

#include <span>
#include <string>
#include <string_view>

namespace kraken::console {

/// Checks names and values against the row and fills in the defaults.
/// @return the request with every argument and flag that has a value or a default
/// @error errc::invalid_argument for a missing, unknown or ill-formed argument or flag
/// @thread any (pure)
[[nodiscard]] result<command_request> complete(const command_row& row, command_request request);

/// The container a request concerns: `alias`, `parent/alias`, or empty for root and none.
/// @thread any (pure)
[[nodiscard]] std::string subject_of(const command_row& row, const command_request& request);

/// A complete request as the runtime's command. `create` has a spec with id, name and the
/// family's kind (`process`, `thread`); what the name stands for is the daemon's to find out.
/// @param request  as `complete` gave it
/// @error errc::unsupported for commands without an effect on a container
/// @thread any (pure)
[[nodiscard]] result<model::command> model_command(const command_row& row,
                                                   const command_request& request);

/// The words of an argument or flag that is repeatable; empty ones are none.
[[nodiscard]] std::vector<std::string> words_between_commas(std::string_view text);

/// A sentence of the command table with `{alias}` replaced.
/// @param alias  the container's alias as it was given
[[nodiscard]] std::string sentence_of(std::string_view text, std::string_view alias);

/// One line: `kraken process:create PARENT ALIAS NAME [--flags FLAGS]`.
[[nodiscard]] std::string usage_of(const command_row& row);

/// Whether `text` is a value of this type.
/// @error errc::invalid_argument saying what was expected and what was there
/// @thread any (pure)
[[nodiscard]] result<void>
check_value(value_type type, std::span<const std::string_view> choices, std::string_view text);

/// Whether the output of a command has this form (`-o`).
/// @error errc::invalid_argument naming those it has
[[nodiscard]] result<void> check_form(const command_row& row, std::string_view form);

/// The error for a flag nobody knows; names the nearest one.
/// @param row  the command it was given to; null: none yet
[[nodiscard]] error unknown_flag(const command_row* row, std::string_view name);

} // namespace kraken::console
