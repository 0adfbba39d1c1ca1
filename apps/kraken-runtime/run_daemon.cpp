// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The daemon's program: words and environment in, exit code out.
#include "apps/kraken-runtime/command_line.hpp"
#include "apps/kraken-runtime/config_commands.hpp"
#include "apps/kraken-runtime/daemon.hpp"
#include "apps/kraken-runtime/make_plan.hpp"
#include "config/schema.hpp"
#include "console/command_table.hpp"
#include "console/help.hpp"
#include "containers/native/class_catalogue.hpp"
#include "containers/native/plugin_loader.hpp"
#include "kraken/base/log.hpp"
#include "kraken/model/cause.hpp"
#include "kraken/native/daemon.hpp"
#include "kraken/process/host/guardian.hpp"

#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace kraken::runtime {

namespace {

std::map<std::string, std::string> whole_environment() {
  std::map<std::string, std::string> out;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view line = *each;
    const auto equal = line.find('=');
    if (equal != std::string_view::npos) {
      out.emplace(line.substr(0, equal), line.substr(equal + 1));
    }
  }
  return out;
}

// In the guardian. An end in good order has been logged by the daemon itself.
void say_how_it_ended(const exit_status& how, const process::bereaved& left) {
  if (how.by_signal || left.killed != 0) {
    static_cast<void>(log::reopen()); // the file may have been rotated since
    log::error("daemon_died",
               {{"by", how.by_signal ? model::signal_name(how.value) : "exit"},
                {"code", how.value},
                {"processes_left", left.fallen},
                {"killed", left.killed}});
  }
}

result<void> add_plugins(const std::vector<std::string>& paths,
                         containers::class_catalogue& classes) {
  for (const auto& path : paths) {
    auto loaded = containers::load_plugin(path);
    if (!loaded) {
      return fail(loaded.error().code, "native.plugins: " + loaded.error().context);
    }
    log::info("plugin_loaded", {{"file", path}, {"classes", loaded->size()}});
    if (auto added = classes.add(std::move(*loaded), path); !added) {
      return fail(added.error().code, "native.plugins: " + added.error().context);
    }
  }
  return {};
}

/// What helps against a configuration with mistakes: the first of them says where it is.
std::string next_after(const error& why, const config::load_request& asked) {
  const std::string_view text = why.context;
  if (text.starts_with("--")) {
    return "kraken help serve";
  }
  if (text.starts_with("KRAKEN_")) {
    return "unset " + std::string{text.substr(0, text.find(':'))};
  }
  if (!asked.target.empty()) {
    return "kraken help serve";
  }
  const bool nothing = asked.files.empty() && !std::filesystem::exists("kraken.yaml");
  return nothing ? "kraken config:init" : with_files("kraken config:validate", asked);
}

int serve(const command_line& line, containers::class_catalogue& classes) {
  auto plan = make_plan(line.load);
  if (!plan) {
    return report(plan.error(), next_after(plan.error(), line.load));
  }
  if (auto ready = log::configure(plan->logging); !ready) {
    return report(ready.error(), "kraken serve --set log.file=FILE");
  }
  log_warnings(*plan); // in the form asked for
  log_choice(*plan);
  std::optional<pidfd> guardian;
  if (!process::has_guardian()) {
    auto guarded = process::enter_guarded(say_how_it_ended);
    if (!guarded) {
      return report(guarded.error(), "kraken serve");
    }
    guardian = std::move(*guarded);
  }
  // Here is the only thread there is, in the process that will use them.
  if (auto added = add_plugins(plan->daemon.native.plugins, classes); !added) {
    return report(added.error(), with_files("kraken config:explain native.plugins", line.load));
  }
  daemon daemon{std::move(*plan), classes, std::move(guardian)};
  const auto code = daemon.run();
  if (!code) {
    return report(code.error(),
                  code.error().code == errc::already_running ? "kraken tree"
                  : code.error().code == errc::conflict      ? "ss -ltnp (who listens where)"
                                                             : "kraken serve --help");
  }
  return *code;
}

/// `--config-explain` is `kraken config:explain`.
std::string command_meant(const std::vector<std::string>& words) {
  constexpr std::string_view family = "--config-";
  const bool config = !words.empty() && words.front().starts_with(family);
  return config ? "config:" + words.front().substr(family.size()) : "serve";
}

int run_program(const std::vector<std::string>& words, containers::class_catalogue& classes) {
  auto line = read_command_line(words);
  if (!line) {
    return report(line.error(), "kraken help " + command_meant(words), words);
  }
  line->load.environment = whole_environment();
  line->load.who = ::geteuid() == 0 ? config::run_as::root : config::run_as::user;
  switch (line->wants) {
  case mode::serve:
    return serve(*line, classes);
  case mode::validate:
    return validate(*line, classes);
  case mode::explain:
    return explain(*line);
  case mode::init:
    return init(*line);
  case mode::schema:
    std::cout << config::json_schema();
    return 0;
  case mode::help:
    std::cout << console::help_text(*console::find_command("serve"));
    return 0;
  case mode::version:
    std::cout << "kraken-runtime " KRAKEN_VERSION "\n";
    return 0;
  case mode::narya_version:
    std::cout << "Narya Runtime Engine v2.0.0\n";
    return 0;
  }
  return 0;
}

} // namespace

} // namespace kraken::runtime

int kraken::native::run_daemon(int argc, char** argv, container_classes classes) {
  containers::class_catalogue catalogue;
  if (auto added = catalogue.add(std::move(classes), "this program"); !added) {
    return runtime::report(added.error(), "another name for it");
  }
  const int code = runtime::run_program({argv + (argc > 0 ? 1 : 0), argv + argc}, catalogue);
  std::cout.flush();
  return std::cout.good() || code != 0 ? code : 1; // what was asked for did not get out
}
