// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The daemon's program: words and environment in, exit code out.
#include "apps/kraken-runtime/command_line.hpp"
#include "apps/kraken-runtime/daemon.hpp"
#include "config/explain.hpp"
#include "config/reference_page.hpp"
#include "config/schema.hpp"
#include "console/command_table.hpp"
#include "console/failure.hpp"
#include "console/help.hpp"
#include "containers/native/class_catalogue.hpp"
#include "kraken/base/log.hpp"
#include "kraken/native/daemon.hpp"
#include "kraken/process/runtime_directory.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
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

int report(const error& why, std::string_view next, std::string_view sentence = {}) {
  std::cerr << console::failure_text(sentence, why, next);
  return row_of(why.code).exit_code;
}

/// The same files looked at by another command.
std::string with_files(std::string_view command, const config::load_request& request) {
  std::string out{command};
  for (const auto& file : request.files) {
    out += " -c " + file;
  }
  return out;
}

void log_warnings(const daemon_plan& plan) {
  for (const auto& each : plan.warnings) {
    log::warn("configuration", {{"warning", each}});
  }
}

result<daemon_plan> make_plan(const config::load_request& request) {
  auto loaded = config::load(request);
  if (!loaded) {
    return fail(config::to_error(loaded.error()));
  }
  daemon_plan plan;
  plan.warnings = std::move(loaded->warnings);
  plan.node = loaded->daemon.node;
  plan.daemon = loaded->daemon;
  plan.root = loaded->root;
  plan.shards = loaded->daemon.shards;
  plan.stop_within = loaded->daemon.shutdown.deadline;
  plan.config_files = loaded->files;
  plan.php = loaded->daemon.php;
  plan.logging = {loaded->daemon.log.level, loaded->daemon.log.format, loaded->daemon.log.file};
  plan.admin_socket = loaded->daemon.admin.socket.empty()
                          ? process::runtime_directory() + "/kraken.sock"
                          : loaded->daemon.admin.socket;
  plan.shown_configuration = config::to_json(*loaded);
  plan.admin_listen = loaded->daemon.admin.listen;
  if (!plan.admin_listen.empty()) {
    std::ifstream file{loaded->daemon.admin.token_file};
    if (!(file >> plan.admin_token)) {
      return fail(errc::invalid_argument,
                  "admin.token_file: no token can be read from '" +
                      loaded->daemon.admin.token_file + "'");
    }
  }
  plan.read_again = [request] {
    auto again = make_plan(request);
    if (again) {
      log_warnings(*again);
    }
    return again;
  };
  return plan;
}

int serve(const command_line& line, const containers::class_catalogue& classes) {
  auto plan = make_plan(line.load);
  if (!plan) {
    const bool nothing = line.load.files.empty() && !std::filesystem::exists("kraken.yaml");
    return report(plan.error(),
                  nothing ? "kraken config:init" : with_files("kraken config:validate", line.load));
  }
  if (auto ready = log::configure(plan->logging); !ready) {
    return report(ready.error(), "kraken serve --set log.file=FILE");
  }
  log_warnings(*plan); // in the form asked for
  daemon daemon{std::move(*plan), classes};
  const auto code = daemon.run();
  if (!code) {
    return report(code.error(),
                  code.error().code == errc::already_running ? "kraken tree"
                                                             : "kraken serve --help");
  }
  return *code;
}

int validate(const command_line& line) {
  const auto loaded = config::load(line.load);
  if (!loaded) {
    return report(config::to_error(loaded.error()),
                  "kraken help config:validate",
                  console::find_command("config:validate")->failure);
  }
  for (const auto& each : loaded->warnings) {
    std::cerr << "warning: " << each << "\n";
  }
  std::cout << "Configuration is valid.\n";
  return 0;
}

int explain(const command_line& line) {
  const auto loaded = config::load(line.load);
  if (!loaded) {
    return report(config::to_error(loaded.error()),
                  with_files("kraken config:validate", line.load));
  }
  const auto key = line.arguments.empty() ? std::string{} : line.arguments.front();
  const auto text = config::explain(*loaded, key);
  if (text.empty()) {
    return report(config::unknown_option(*loaded, key), "kraken config:explain");
  }
  std::cout << text;
  return 0;
}

int init(const command_line& line) {
  const auto name = line.arguments.empty() ? std::string{"kraken.yaml"} : line.arguments.front();
  if (std::filesystem::exists(name) && !line.flags.contains("force")) {
    return report(error{errc::already_exists, "'" + name + "' exists already"},
                  "kraken config:init --force " + name);
  }
  std::ofstream file{name, std::ios::trunc};
  auto text = config::init_template();
  if (::geteuid() == 0) {
    // Workers do not run as root unless somebody says so: the first file must load as it is.
    constexpr std::string_view hint = "# user: www-data";
    if (const auto at = text.find(hint); at != std::string::npos) {
      text.replace(at, hint.size(), "user: www-data  ");
    }
  }
  file << text;
  if (!file.flush()) {
    return report(errno_error("write '" + name + "'"), "kraken config:init");
  }
  std::cout << "Configuration has been written.\n";
  return 0;
}

/// `--config-explain` is `kraken config:explain`.
std::string command_meant(const std::vector<std::string>& words) {
  constexpr std::string_view family = "--config-";
  const bool config = !words.empty() && words.front().starts_with(family);
  return config ? "config:" + words.front().substr(family.size()) : "serve";
}

int run_program(const std::vector<std::string>& words,
                const containers::class_catalogue& classes) {
  auto line = read_command_line(words);
  if (!line) {
    return report(line.error(), "kraken help " + command_meant(words));
  }
  line->load.environment = whole_environment();
  line->load.who = ::geteuid() == 0 ? config::run_as::root : config::run_as::user;
  switch (line->wants) {
  case mode::serve:
    return serve(*line, classes);
  case mode::validate:
    return validate(*line);
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
  return runtime::run_program({argv + (argc > 0 ? 1 : 0), argv + argc}, catalogue);
}
