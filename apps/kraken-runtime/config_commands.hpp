// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// `config:validate`, `config:explain` and `config:init`: what can be done to a configuration
/// without a daemon. Each answers on standard output and gives an exit code.
#pragma once

#include "apps/kraken-runtime/command_line.hpp"
#include "containers/native/class_catalogue.hpp"
#include "kraken/base/result.hpp"

#include <span>
#include <string>
#include <string_view>

namespace kraken::runtime {

/// Says on standard error what went wrong and which command to try next.
/// @param sentence of the command; empty: none of its own
/// @return the exit code for `why`
[[nodiscard]] int report(const error& why, std::string_view next, std::string_view sentence = {});

/// The same as the admin API's error object when the words ask for JSON.
[[nodiscard]] int
report(const error& why, std::string_view next, std::span<const std::string> words);

/// `command` for the files of `request`: the same files looked at by another command.
[[nodiscard]] std::string with_files(std::string_view command, const config::load_request& request);

[[nodiscard]] int validate(const command_line& line, const containers::class_catalogue& classes);
[[nodiscard]] int explain(const command_line& line);

/// Writes a first configuration.
[[nodiscard]] int init(const command_line& line);

} // namespace kraken::runtime
