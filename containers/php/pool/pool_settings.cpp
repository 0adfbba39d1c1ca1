// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// From options to settings; every default is the option's.
#include "containers/php/pool/pool_settings.hpp"

#include "containers/program/launch_settings.hpp"

#include <limits>
#include <tuple>

namespace kraken::containers {

namespace {

// While its replacement boots a worker serves on, for fewer than as many requests again; so 1 stays
// 1. A Narya worker ends itself at the first number.
std::uint64_t requests_most(dialect speaks, std::uint64_t requests) {
  constexpr auto half = std::numeric_limits<std::uint64_t>::max() / 2;
  return requests == 0 || requests > half || speaks == dialect::narya ? requests : 2 * requests - 1;
}

std::vector<std::string> with_memory_limit(std::vector<std::string> argv, bytes limit) {
  if (limit != bytes{0} && !argv.empty()) {
    // Before the file's own arguments: what they say of it counts more.
    argv.insert(argv.begin() + 1, {"-d", "memory_limit=" + std::to_string(limit.value)});
  }
  return argv;
}

constexpr std::string_view look_every = "opcache.revalidate_freq";

// Who watches files wants what was saved now, not when opcache has looked. No part of `ini`: that
// would make other workers of it.
bool looks_at_each_request(const pool_settings& settings) {
  const std::string name{look_every};
  return settings.watch != config::watched_paths{} && !settings.ini.contains(name) &&
         !settings.ini_fixed.contains(name);
}

} // namespace

pool_settings make_settings(std::vector<std::string> argv, const config::pool_options& options) {
  pool_settings out;
  const bool program = options.carrier == config::worker_carrier::program;
  out.argv = program ? with_memory_limit(std::move(argv), options.memory_limit) : std::move(argv);
  out.speaks = options.dialect == config::worker_dialect::narya ? dialect::narya : dialect::kraken;
  out.carrier = options.carrier;
  const bool forks = !program && out.speaks == dialect::kraken;
  out.forks = forks ? options.fork_from : config::worker_template::off;
  out.warm = options.warm;
  out.by_slab = !program && out.speaks == dialect::kraken &&
                options.transport != config::worker_transport::socket;
  out.takes_files = !program && out.speaks == dialect::kraken;
  out.ini = options.ini;
  out.ini_fixed = options.ini_fixed;
  if (!program && options.memory_limit != bytes{0}) {
    out.ini.emplace("memory_limit", std::to_string(options.memory_limit.value));
  }
  out.count = options.size.count;
  out.scaling = {.min = options.size.min,
                 .max = options.size.max,
                 .gradual_idle = options.scale.gradual_idle,
                 .aggressive_idle = options.scale.aggressive_idle};
  out.queue_max = options.queue.max;
  out.queue_timeout = options.queue.timeout;
  out.request_timeout = options.request.timeout;
  out.recycle = {.requests = options.recycle.requests,
                 .requests_most = requests_most(out.speaks, options.recycle.requests),
                 .ttl = options.recycle.ttl,
                 .idle_ttl = options.recycle.idle,
                 .memory_soft = options.recycle.memory,
                 .memory_hard = options.recycle.memory_hard};

  out.process = options.process;
  out.watch = options.watch;
  out.output = options.output;
  return out;
}

std::shared_ptr<const pool_settings> settings_in(const model::child_spec& made) {
  const auto* const options = dynamic_cast<const made_options*>(made.options.get());
  return options == nullptr ? nullptr : options->with;
}

bool same_process(const pool_settings& one, const pool_settings& other) {
  const auto parts = [](const pool_settings& of) {
    return std::tie(
        of.argv, of.carrier, of.forks, of.warm, of.by_slab, of.ini, of.ini_fixed, of.process);
  };
  return parts(one) == parts(other);
}

process::launch_spec
process_spec(const pool_settings& settings, const std::string& path, std::uint64_t generation) {
  auto spec = launch_settings(settings.process);
  spec.environment.set.emplace("KRAKEN_ALIAS", path);
  spec.environment.set.emplace("KRAKEN_GENERATION", std::to_string(generation));
  return spec;
}

std::vector<std::string> template_argv(const pool_settings& settings,
                                       const std::string& native_program) {
  auto out = worker_argv(settings, native_program);
  const bool boots = settings.forks == config::worker_template::app &&
                     settings.carrier == config::worker_carrier::native;
  std::vector<std::string> words{boots ? "--template=app" : "--template=php"};
  for (const auto& each : boots ? settings.warm : std::vector<std::string>{}) {
    words.push_back("--warm=" + each);
  }
  out.insert(out.begin() + 1, words.begin(), words.end());
  return out;
}

std::vector<std::string> worker_argv(const pool_settings& settings,
                                     const std::string& native_program) {
  if (settings.carrier == config::worker_carrier::program) {
    return settings.argv;
  }
  std::vector<std::string> out{native_program};
  for (const auto& [name, value] : settings.ini) {
    out.insert(out.end(), {"-d", name + "=" + value});
  }
  if (looks_at_each_request(settings)) {
    out.insert(out.end(), {"-d", std::string{look_every} + "=0"});
  }
  for (const auto& [name, value] : settings.ini_fixed) {
    out.push_back("--fixed=" + name + "=" + value);
  }
  if (settings.carrier == config::worker_carrier::classic) {
    out.emplace_back("--classic");
  }
  // `[php, worker.php]` becomes native by its carrier alone.
  const bool names_php = settings.argv.size() > 1 && settings.argv.front() == "php";
  out.insert(out.end(), settings.argv.begin() + (names_php ? 1 : 0), settings.argv.end());
  return out;
}

} // namespace kraken::containers
