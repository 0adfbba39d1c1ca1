// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// From options to what the launcher would look for.
#include "apps/kraken-runtime/machine/machine_check.hpp"

#include "apps/kraken-runtime/machine/installed_files.hpp"
#include "containers/program/launch_settings.hpp"
#include "kraken/base/words.hpp"
#include "kraken/process/host/own_files.hpp"
#include "kraken/process/launch/launch_check.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

#include <sched.h>

namespace kraken::runtime {

namespace {

/// A container's program as the launcher would get it.
struct wanted_program {
  process::launch_spec spec;
  std::string_view key = "start";    ///< option that names it
  std::optional<std::size_t> script; ///< argument that has to be a file
  bool directory_serves = false;     ///< or may be a directory
  bool beside_daemon = false;        ///< the program is ours; `start` has only its arguments
};

bool is_php(std::string_view program) {
  const auto name = program.substr(program.rfind('/') + 1);
  return name.starts_with("php") && name.find_first_not_of("0123456789.", 3) == name.npos;
}

/// The script among the arguments of PHP's command line program; none when it runs something else.
std::optional<std::size_t> script_of(const std::vector<std::string>& argv) {
  constexpr std::array<std::string_view, 3> with_value{"-d", "-c", "-z"};
  constexpr std::array<std::string_view, 1> without{"-n"};
  for (std::size_t at = 1; at < argv.size(); ++at) {
    const std::string_view word = argv[at];
    if (std::ranges::find(with_value, word) != with_value.end()) {
      ++at;
    } else if (word == "-f") {
      return at + 1 < argv.size() ? std::optional{at + 1} : std::nullopt;
    } else if (!word.starts_with('-')) {
      return at;
    } else if (std::ranges::find(without, word) == without.end() && !word.starts_with("-d")) {
      return std::nullopt; // -r, -S and whatever else has no file, or another meaning
    }
  }
  return std::nullopt;
}

std::optional<wanted_program> program_of(const model::child_spec& spec) {
  wanted_program out;
  const auto take = [&out, &spec](const config::process_options& options) {
    out.spec = containers::launch_settings(options);
    out.spec.argv = spec.start;
  };
  if (const auto* pool = dynamic_cast<const config::pool_spec_options*>(spec.options.get())) {
    take(pool->values.process);
    if (pool->values.carrier != config::worker_carrier::program) {
      out.beside_daemon = true;
      out.script = spec.start.size() > 1 && spec.start.front() == "php" ? 1 : 0;
      out.directory_serves = pool->values.carrier == config::worker_carrier::classic;
      out.spec.argv = {find_native_program()};
      return out;
    }
  } else if (const auto* run =
                 dynamic_cast<const config::process_spec_options*>(spec.options.get())) {
    take(run->values.process);
  } else if (const auto* php = dynamic_cast<const config::php_spec_options*>(spec.options.get())) {
    take(php->values.process);
    out.spec.argv = {php->values.binary};
    out.key = "binary";
    return out;
  } else if (spec.kind == "process" && spec.options == nullptr) { // as a command makes them
    take({});
  } else {
    return std::nullopt;
  }
  if (!spec.start.empty() && is_php(spec.start.front())) {
    out.script = script_of(spec.start);
  }
  return out;
}

/// Where the option, or a word of it, is written.
config::place place_of(const config::node& written, std::string_view key, std::size_t word = 0) {
  const auto* found = written.find(key);
  if (found == nullptr) {
    return written.at;
  }
  return word < found->items.size() ? found->items[word].at : found->at;
}

std::string_view key_of(process::launch_part part, std::string_view program_key) {
  switch (part) {
  case process::launch_part::program:
    return program_key;
  case process::launch_part::directory:
    return "cwd";
  case process::launch_part::user:
    return "user";
  case process::launch_part::group:
    return "group";
  }
  return program_key;
}

/// `{}` when the script is there.
std::string script_fault(const std::string& script, const wanted_program& wanted) {
  std::error_code failed;
  const auto file = std::filesystem::path{wanted.spec.directory} / script;
  const auto status = std::filesystem::status(file, failed);
  if (std::filesystem::is_regular_file(status) ||
      (wanted.directory_serves && std::filesystem::is_directory(status))) {
    return process::find_reading_obstacle(wanted.spec, file.string()).value_or("");
  }
  const auto* what = wanted.directory_serves ? "file or directory" : "file";
  return std::filesystem::exists(status)
             ? "'" + file.string() + "' is not a " + what
             : "there is no " + std::string{what} + " '" + file.string() + "'";
}

/// What a container of PHP is told to load, read as its user.
void check_php_files(const config::php_options& php,
                     const process::launch_spec& who,
                     const config::node& written,
                     const std::string& path,
                     std::vector<config::config_error>& errors) {
  const auto look = [&](std::string_view key, const std::string& file) {
    auto fault = process::find_file_obstacle(file, process::file_use::read);
    if (!fault) {
      fault = process::find_reading_obstacle(who, file);
    }
    if (fault) {
      errors.push_back({place_of(written, key), path + "." + std::string{key}, std::move(*fault)});
    }
  };
  if (!php.package.empty()) {
    look("package", php.package + "/bin/container.php");
  }
  if (!php.autoload.empty()) {
    look("autoload", php.autoload);
  }
}

/// The program that tells whether the container serves, or still does.
void check_probe(std::string_view section,
                 const std::string& command,
                 process::launch_spec& who, ///< is given the program's words
                 const config::node& written,
                 const std::string& path,
                 std::vector<config::config_error>& errors) {
  auto words = split_words(command);
  if (!words) {
    return; // told where it was read
  }
  who.argv = std::move(*words);
  for (auto& each : process::find_obstacles(who)) {
    if (each.part == process::launch_part::program) { // the others are the container's own
      const auto* at = written.find(section);
      errors.push_back({at == nullptr ? written.at : place_of(*at, "exec"),
                        path + "." + std::string{section} + ".exec",
                        std::move(each.text)});
    }
  }
}

} // namespace

std::uint32_t usable_cores() {
  cpu_set_t usable;
  CPU_ZERO(&usable);
  if (::sched_getaffinity(0, sizeof usable, &usable) != 0) {
    return 1;
  }
  return static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&usable)));
}

void check_machine(const model::child_spec& spec,
                   const config::node& written,
                   const std::string& path,
                   std::vector<config::config_error>& errors) {
  auto wanted = program_of(spec);
  if (!wanted || !spec.autostart) {
    return;
  }
  bool nowhere = false;
  for (const auto& each : process::find_obstacles(wanted->spec)) {
    nowhere = nowhere || each.part == process::launch_part::directory;
    const auto key = key_of(each.part, wanted->key);
    const bool ours = wanted->beside_daemon && each.part == process::launch_part::program;
    errors.push_back({place_of(written, ours ? "carrier" : key),
                      path + "." + std::string{ours ? "carrier" : key},
                      ours ? each.text + " (kraken-php is a package of its own)" : each.text});
  }
  for (auto& [limit, text] : process::find_limit_obstacles(wanted->spec)) {
    const auto* limits = written.find("limits");
    errors.push_back({limits == nullptr ? written.at : place_of(*limits, limit),
                      path + ".limits." + std::string{limit},
                      std::move(text)});
  }
  if (const auto* php = dynamic_cast<const config::php_spec_options*>(spec.options.get())) {
    check_php_files(php->values, wanted->spec, written, path, errors);
  }
  if (wanted->script && *wanted->script < spec.start.size() && !nowhere) {
    if (auto fault = script_fault(spec.start[*wanted->script], *wanted); !fault.empty()) {
      errors.push_back(
          {place_of(written, "start", *wanted->script), path + ".start", std::move(fault)});
    }
  }
  if (spec.ready.how == model::ready_spec::mode::exec) {
    check_probe("ready", spec.ready.target, wanted->spec, written, path, errors);
  }
  if (spec.alive.how == model::alive_spec::mode::exec) {
    check_probe("alive", spec.alive.target, wanted->spec, written, path, errors);
  }
}

} // namespace kraken::runtime
