// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The console program without its process: words in, text and an exit code out. Everything it
/// needs of the world is in `surroundings`, so that tests need neither daemon nor terminal.
#pragma once

#include "console/client.hpp"
#include "console/doctor.hpp"
#include "console/invocation.hpp"
#include "console/render.hpp"

#include <functional>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::console {

struct surroundings {
  std::ostream& out; ///< results
  std::ostream& err; ///< errors, each ending with the next command to try
  style look{};
  seconds utc_offset{0}; ///< for the times people read
  std::string version;
  const monotonic_clock& clock;

  /// Reaches the daemon this invocation means.
  std::function<std::unique_ptr<api_transport>(const invocation&)> connect;

  /// Becomes the daemon's program with these arguments; returns only when that failed.
  std::function<error(const std::vector<std::string>& arguments)> become_program;

  /// Shows in one line, in place of the last, what goes on while a command lasts; an empty text
  /// takes it away. Empty: there is no terminal.
  std::function<void(std::string_view)> show_progress{};

  /// Carries out `top` and `shell`, which need the terminal itself; empty: they are refused.
  std::function<int(const invocation&, surroundings&)> interact{};

  /// Gathers the facts for `doctor`; empty: it is refused.
  std::function<machine_facts(const invocation&)> look_at_machine{};
};

/// Carries out one command line.
/// @param words  without the program's name
/// @return the process's exit code: 0, or that of the error's row in the errc table
[[nodiscard]] int run(std::span<const std::string> words, surroundings& around);

} // namespace kraken::console
