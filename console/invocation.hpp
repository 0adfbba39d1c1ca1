// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A command line read by the command table: words in, one checked request and the console's own
/// options out. Carries nothing out.
#pragma once

#include "console/command_table.hpp"
#include "console/request.hpp"

#include "kraken/base/units.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace kraken::console {

/// How results are written (`-o`).
enum class form : std::uint8_t { table, wide, json, yaml, name };

/// What a command line asks for.
enum class wish : std::uint8_t { run, help, version };

struct invocation {
  const command_row* command = nullptr; ///< null: none was named
  command_request request;              ///< checked and complete
  std::vector<std::string> words;       ///< `place::program`: all words after the command, as given
  wish wants = wish::run;
  form output = form::table;
  std::string socket; ///< empty: not given
  milliseconds timeout = seconds{30};
};

/// Reads a command line.
/// @param words  without the program's name
/// @error errc::invalid_argument naming the word and, where one is near, the likely intention
/// @thread any (pure)
[[nodiscard]] result<invocation> parse_arguments(std::span<const std::string> words);

/// The form that faulty words ask for, as far as they can be read: errors have it, too.
/// @thread any (pure)
[[nodiscard]] form form_meant(std::span<const std::string> words);

} // namespace kraken::console
