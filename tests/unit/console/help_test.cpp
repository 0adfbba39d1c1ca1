// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Help texts.
#include "console/help.hpp"

#include <catch2/catch.hpp>

namespace console = kraken::console;

TEST_CASE("the overview names every command once") {
  const std::string text = console::help_text();
  for (const auto& row : console::commands()) {
    INFO(row.name);
    const std::string entry = "\n  " + std::string{row.name} + " ";
    const std::size_t at = text.find(entry);
    REQUIRE(at != std::string::npos);
    CHECK(text.find(entry, at + 1) == std::string::npos);
  }
}

TEST_CASE("help of one command, whole") {
  CHECK(console::help_text(*console::find_command("scale")) ==
        R"(scale: change the number of workers of a pool

Usage: kraken scale ALIAS COUNT

Arguments:
  alias                     alias of the pool
  count                     number of workers, from size.min to size.max where these differ

Flags of every command:
  -o, --output FORM         table, wide, json, yaml or name (default table)
      --socket PATH         admin socket of the daemon (also KRAKEN_SOCKET)
      --timeout TIME        longest wait for an answer (default as long as it takes)
  -h, --help                show help of the command
  -V, --version             show the version

Exit codes:
  0    done
  1    limit_exceeded, start_failed, canceled, timeout, permission_denied
  2    invalid_argument, ambiguous, unsupported
  3    not_found
  4    unreachable
  5    busy, not_started

Examples:
  kraken scale web 8
)");
}

TEST_CASE("help says how long a command waits") {
  const auto help = [](std::string_view name) {
    return console::help_text(*console::find_command(name));
  };
  CHECK(help("tree").find("longest wait for an answer (default 30s)") != std::string::npos);
  CHECK(help("container:start").find("longest wait for an answer (default as long as it takes)") !=
        std::string::npos);
  CHECK(console::help_text().find("(default 30s, or as long as it takes)") != std::string::npos);
}

TEST_CASE("a flag whose value may be left out shows it") {
  const auto text = console::help_text(*console::find_command("stop"));
  CHECK(text.find("Usage: kraken stop [--now] [--wait[=TIME]]\n") != std::string::npos);
  CHECK(text.find("      --wait[=TIME]         until the daemon has ended") != std::string::npos);
}

TEST_CASE("help of a family lists its commands") {
  const std::string text = console::family_help("arch");
  CHECK(text.find("arch:start") != std::string::npos);
  CHECK(text.find("arch:stop") != std::string::npos);
  CHECK(text.find("project:") == std::string::npos);
  CHECK(console::family_help("nothing").empty());
}
