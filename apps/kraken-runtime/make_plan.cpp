// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Options of the daemon, one by one.
#include "apps/kraken-runtime/make_plan.hpp"

#include "apps/kraken-runtime/machine/daemon_check.hpp"
#include "apps/kraken-runtime/machine/descriptor_check.hpp"
#include "apps/kraken-runtime/machine/machine_check.hpp"
#include "config/explain.hpp"
#include "kraken/base/log.hpp"
#include "kraken/process/host/runtime_directory.hpp"

#include <filesystem>
#include <fstream>

namespace kraken::runtime {

void log_warnings(const daemon_plan& plan) {
  for (const auto& each : plan.warnings) {
    log::warn("configuration", {{"warning", each}});
  }
}

void log_choice(const daemon_plan& plan) {
  if (!plan.choice) {
    return;
  }
  const auto& [script, because, instead] = *plan.choice;
  if (instead.empty()) {
    log::info("target_chosen", {{"script", script}, {"because", because}});
  } else {
    log::info("target_chosen", {{"script", script}, {"because", because}, {"instead", instead}});
  }
}

namespace {

/// The file that was found is read again, and missed when it is gone: no other one takes its place.
config::load_request same_file(config::load_request request, const config::configuration& loaded) {
  if (request.files.empty() && request.target.empty() && !request.narya.config &&
      !loaded.files.empty()) {
    request.files = {std::filesystem::path{loaded.files.front()}.filename().string()};
  }
  request.own_streams = false; // the daemon waits for nobody
  return request;
}

/// As if the daemon had been started with these.
config::load_request reading_instead(config::load_request request, std::vector<std::string> files) {
  request.files = std::move(files);
  request.narya.config.reset();
  return request;
}

} // namespace

result<daemon_plan> make_plan(const config::load_request& request) {
  auto asked = request;
  asked.cores = usable_cores();
  asked.machine = check_machine;
  asked.machine_of_daemon = [](const auto& from, const auto& document, auto& errors) {
    check_daemon(from, document, nullptr, errors); // plugins may have more classes
  };
  auto loaded = config::load(asked);
  if (!loaded) {
    return fail(config::to_error(loaded.error()));
  }
  daemon_plan plan;
  plan.warnings = std::move(loaded->warnings);
  warn_of_descriptors(loaded->root, plan.warnings);
  plan.choice = std::move(loaded->choice);
  plan.node = loaded->daemon.node;
  plan.daemon = loaded->daemon;
  plan.root = loaded->root;
  plan.shards = loaded->daemon.shards;
  plan.stop_within = loaded->daemon.shutdown.deadline;
  plan.config_files = loaded->files;
  plan.spool_directory = loaded->daemon.spool.directory.empty() ? process::spool_directory()
                                                                : loaded->daemon.spool.directory;
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
  plan.read_again = [asked = same_file(request, *loaded)](const std::vector<std::string>& instead) {
    auto again = make_plan(instead.empty() ? asked : reading_instead(asked, instead));
    if (again) {
      log_warnings(*again);
    }
    return again;
  };
  return plan;
}

} // namespace kraken::runtime
