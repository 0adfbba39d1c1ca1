// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// From files, environment and flags to one checked configuration, or to every mistake in them.
/// Starts nothing; reads nothing but the files it is told of.
#pragma once

#include "config/daemon_options.hpp"
#include "config/document.hpp"
#include "config/http_options.hpp"
#include "config/narya/narya_import.hpp"
#include "config/php_options.hpp"
#include "config/pool_options.hpp"
#include "config/process_options.hpp"
#include "kraken/base/result.hpp"
#include "kraken/model/child_spec.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kraken::config {

/// Who the daemon runs as.
enum class run_as : std::uint8_t { user, root };

/// A flag that is an option by another name: `--log-level debug`.
struct option_flag {
  std::string flag; ///< as given, for whoever asks where a value comes from
  std::string key;  ///< `log.level`
  std::string value;
};

/// What only the machine can tell of a container that is to be started: programs, files, accounts.
/// @param spec    with its names completed
/// @param written what it was read from, for the places
/// @param path    names of the containers from below the root joined by `/`
using container_check = std::function<void(const model::child_spec& spec,
                                           const node& written,
                                           const std::string& path,
                                           std::vector<config_error>& errors)>;

/// What only the machine can tell of the rest: the daemon's own files, the fronts' files.
/// @param from     with its names completed
/// @param document what it was read from, for the places
using daemon_check = std::function<void(
    const struct configuration& from, const node& document, std::vector<config_error>& errors)>;

/// What to load from. Order: default < file < environment < flag.
struct load_request {
  std::vector<std::string> files; ///< of `-c`, later over earlier; none: see `load`
  std::string target;             ///< of `kraken serve TARGET`: directory or worker script
  std::map<std::string, std::string> environment; ///< all of it; KRAKEN_* (NARYA_*) are read
  std::vector<std::string> sets;                  ///< of `--set`: `web.queue.timeout=5s`
  std::vector<option_flag> flags;                 ///< above `sets`
  std::optional<std::string> workers;             ///< of `--workers`: web.size
  std::optional<std::string> listen;              ///< of `--listen`: http.listen
  bool watch = false;                             ///< of `--watch`: of every pool
  narya_flags narya;                              ///< of `-config -host -port -workers`
  std::string directory = ".";                    ///< what relative names are relative to
  /// Whether `/dev/stdin` and `/dev/fd/N` may be pipes: of whoever reads once, at a command line.
  bool own_streams = false;
  run_as who = run_as::user;
  std::uint32_t cores = 0; ///< as many shards has a daemon whose file does not say; 0: unknown
  container_check machine; ///< empty: the files and accounts of this machine are not looked at
  daemon_check machine_of_daemon; ///< as well
};

/// What `kraken serve TARGET` took its target for, and why.
struct target_choice {
  std::string script;  ///< absolute: a worker script, or the index.php of a document root
  std::string because; ///< `public/ has an index.php: it runs anew for each request`
  std::string instead; ///< the command that takes what else is there; empty: nothing else is
};

/// A configuration without mistakes.
struct configuration {
  daemon_options daemon;
  model::child_spec root;            ///< id `Main`, kind `supervisor`; options are *_spec_options
  std::vector<std::string> warnings; ///< whole sentences with their place
  std::vector<std::string> files;    ///< absolute names, in the order read
  std::shared_ptr<const node> document; ///< as given, all layers; for `explain`
  std::optional<target_choice> choice;  ///< with a target
};

using config_errors = std::vector<config_error>;

/// Loads. Without files and target: `kraken.yaml` in `directory`, else `.rr.yaml`, `.nry.yaml`;
/// with a target the default topology: pool `web` and front `http` on 127.0.0.1:8888. A file
/// with Narya's keys (or name) is imported.
/// @return the configuration, or all mistakes found, at least one, in the order they are written
/// @thread any; reads files
[[nodiscard]] tl::expected<configuration, config_errors> load(const load_request& from);

/// All mistakes, a line each, as one error (errc::invalid_argument).
[[nodiscard]] error to_error(const config_errors& mistakes);

} // namespace kraken::config
