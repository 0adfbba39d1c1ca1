// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The words `kraken-runtime` is started with, read by the rows of the console's command table.
/// Opens no file.
#pragma once

#include "config/loader.hpp"
#include "kraken/base/result.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace kraken::runtime {

enum class mode : std::uint8_t {
  serve,
  validate,
  explain,
  schema,
  init,
  help,
  version,
  narya_version
};

struct command_line {
  mode wants = mode::serve;
  config::load_request load;
  std::map<std::string, std::string> flags; ///< of the command, by long name
  std::vector<std::string> arguments;       ///< what is no flag
};

/// @param words  without the program's name; the first may be `--config-validate` and the like
/// @error errc::invalid_argument naming the word (exit code 2, as Narya's own)
[[nodiscard]] result<command_line> read_command_line(std::span<const std::string> words);

} // namespace kraken::runtime
