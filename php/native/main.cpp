// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The native PHP worker: a process the daemon starts, with the socket to it in KRAKEN_FD.
#include "classic_turn.hpp"
#include "command_line.hpp"
#include "sapi.hpp"
#include "worker_turn.hpp"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>

#include <fcntl.h>

namespace {

constexpr int exit_usage = 64;
constexpr int exit_software = 70;
constexpr std::string_view usage = "usage: kraken-php [-d NAME=VALUE]... SCRIPT [ARGUMENT]...\n"
                                   "       kraken-php [-d NAME=VALUE]... --classic DOCUMENT_ROOT\n"
                                   "This program is a worker and is started by the daemon:\n"
                                   "    kraken serve public/\n";

/// Taken out of the environment: a program the script starts must not take it for its own.
std::optional<kraken::unique_fd> take_channel() {
  // No other thread exists yet.
  const char* const given = std::getenv("KRAKEN_FD"); // NOLINT(concurrency-mt-unsafe)
  if (given == nullptr) {
    return std::nullopt;
  }
  const std::string_view text{given};
  int number = -1;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || number < 0 || ::fcntl(number, F_SETFD, FD_CLOEXEC) != 0) {
    return std::nullopt;
  }
  ::unsetenv("KRAKEN_FD"); // NOLINT(concurrency-mt-unsafe)
  return kraken::unique_fd{number};
}

int refuse(std::string_view why) {
  std::cerr << "kraken-php: " << why << ".\n" << usage;
  return exit_usage;
}

} // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view{argv[1]} == "--version") {
    std::cout << "kraken-php " KRAKEN_VERSION " (PHP " << kraken::php::built_for() << ")\n";
    return 0;
  }
  const auto asked =
      kraken::php::read_command_line({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)});
  if (!asked) {
    return refuse(asked.error().context);
  }
  auto channel = take_channel();
  if (!channel) {
    return refuse("KRAKEN_FD names no open descriptor");
  }
  std::error_code none;
  const auto target = std::filesystem::absolute(asked->target, none).lexically_normal();

  kraken::php::daemon_link link{std::move(*channel)};
  kraken::php::carrier serving{link, asked->mode};
  auto welcome = link.greet("kraken-php " KRAKEN_VERSION);
  if (!welcome) {
    std::cerr << "kraken-php: " << welcome.error().text() << '\n';
    return exit_software;
  }
  serving.welcome = std::move(*welcome);
  auto file = target.has_filename() ? target : target.parent_path();
  serving.script = {file.parent_path().string(), file.string(), "/" + file.filename().string(), {}};

  kraken::php::engine engine{serving, argv[0], asked->settings};
  if (!engine.start()) {
    return exit_software;
  }
  if (asked->mode == kraken::php::run_mode::classic) {
    return kraken::php::run_classic(serving, file.string());
  }
  const auto first = static_cast<int>(asked->first_argument) + 1;
  return kraken::php::run_worker(serving, argc - first, argv + first);
}
