// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The words `kraken-php` is called with. Runs nothing.
#pragma once

#include "carrier.hpp"
#include "kraken/base/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::php {

/// When a template forks its workers.
enum class fork_time : std::uint8_t {
  php, ///< PHP has started
  app, ///< the script waits for its first request
};

struct command_line {
  run_mode mode = run_mode::worker;
  std::optional<fork_time> forks;    ///< this process is a template
  std::vector<std::string> settings; ///< `name=value`, as of `php -d`
  std::vector<std::string> fixed;    ///< names of those that no script changes
  std::vector<std::string> warm;     ///< what a template serves to itself before it forks
  std::string target;                ///< the script, or the document root
  std::size_t first_argument = 0;    ///< index of `target` in the words
};

/// @param words without the program's name
/// @error errc::invalid_argument
[[nodiscard]] result<command_line> read_command_line(std::span<const char* const> words);

} // namespace kraken::php
