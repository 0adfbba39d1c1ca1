// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The native PHP worker: a process the daemon starts, with the socket to it in KRAKEN_FD.
#include "classic_turn.hpp"
#include "command_line.hpp"
#include "fork_hazards.hpp"
#include "fork_point.hpp"
#include "joining.hpp"
#include "kraken/process/launch/template_link.hpp"
#include "sapi.hpp"
#include "template_door.hpp"
#include "worker_turn.hpp"

#include <filesystem>
#include <iostream>
#include <optional>

namespace {

constexpr int exit_usage = 64;
constexpr int exit_software = 70;
constexpr std::string_view usage = "usage: kraken-php [-d NAME=VALUE]... SCRIPT [ARGUMENT]...\n"
                                   "       kraken-php [-d NAME=VALUE]... --classic DOCUMENT_ROOT\n"
                                   "This program is a worker and is started by the daemon:\n"
                                   "    kraken serve public/\n";

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
  std::error_code none;
  const auto target = std::filesystem::absolute(asked->target, none).lexically_normal();
  const bool classic = asked->mode == kraken::php::run_mode::classic;
  if (classic && !std::filesystem::is_directory(target, none)) {
    std::cerr << "kraken-php: " << target.string() << ": "
              << (none ? none.message() : "not a folder")
              << "; carrier classic starts with the document root\n";
    return exit_software;
  }

  kraken::php::daemon_link link{kraken::unique_fd{}};
  kraken::php::carrier serving{link, asked->mode};
  std::optional<kraken::php::template_door> door;
  if (asked->forks) {
    auto socket = kraken::php::take_descriptor(kraken::process::template_link::variable);
    if (!socket) {
      return refuse("--template is for the daemon");
    }
    serving.door = &door.emplace(std::move(*socket));
    serving.warm = kraken::php::rehearsal{asked->warm};
  } else if (auto joined = kraken::php::join_daemon(serving); !joined) {
    if (joined.error().code == kraken::errc::not_found) {
      return refuse(joined.error().context);
    }
    std::cerr << "kraken-php: " << joined.error().text() << '\n';
    return exit_software;
  }
  auto file = target.has_filename() ? target : target.parent_path();
  serving.script = {file.parent_path().string(), file.string(), "/" + file.filename().string(), {}};

  kraken::php::engine engine{serving, argv[0], asked->settings, asked->fixed};
  if (!engine.start()) {
    return exit_software;
  }
  if (classic || asked->forks == kraken::php::fork_time::php) {
    kraken::php::become_worker(serving);
  } else if (door) {
    kraken::php::remember_openers();
  }
  const auto first = static_cast<int>(asked->first_argument) + 1;
  const int code = classic ? kraken::php::run_classic(serving, file.string())
                           : kraken::php::run_worker(serving, argc - first, argv + first);
  if (const auto why = link.complaint(); !why.empty()) {
    std::cerr << "kraken-php: " << why << ".\n";
    return exit_software;
  }
  return code;
}
