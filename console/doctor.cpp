// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The checks, each a function from the facts to one finding.
#include "console/doctor.hpp"

#include "console/detail/json.hpp"

#include <algorithm>
#include <array>

namespace kraken::console {

namespace {

constexpr std::uint64_t open_files_wanted = 65'536;
constexpr std::uint64_t somaxconn_wanted = 4'096; // our listeners ask for that many

finding good(std::string check, std::string found) {
  return {std::move(check), severity::good, std::move(found), {}};
}

finding advice(std::string check, std::string found, std::string hint) {
  return {std::move(check), severity::advice, std::move(found), std::move(hint)};
}

finding problem(std::string check, std::string found, std::string hint) {
  return {std::move(check), severity::problem, std::move(found), std::move(hint)};
}

std::string_view minor_of(std::string_view version) {
  const auto second = version.find('.', version.find('.') + 1);
  return version.substr(0, std::min(second, version.size()));
}

finding check_php(const machine_facts& facts) {
  if (facts.php) {
    return good("php", "php " + facts.php->version);
  }
  if (!facts.native_version.empty()) {
    return advice("php",
                  "there is no php on the PATH; only kraken-php can run PHP",
                  "apt install php8.2-cli");
  }
  return problem("php", "there is no php on the PATH", "apt install php8.2-cli");
}

finding check_msgpack(const machine_facts& facts) {
  if (!facts.php || facts.php->msgpack) {
    return good("msgpack", facts.php ? "php-msgpack is loaded" : "not needed");
  }
  return advice("msgpack",
                "php-msgpack is not loaded; the package's own codec is slower",
                "apt install php-msgpack");
}

finding check_native(const machine_facts& facts) {
  if (!facts.native_failure.empty()) {
    return problem("kraken-php",
                   "it does not run: " + facts.native_failure,
                   "apt install libphp8.2-embed, the version it was built for");
  }
  if (facts.native_version.empty()) {
    return advice("kraken-php",
                  "it is not installed; `carrier: native` and `classic` need it",
                  "apt install libphp8.2-embed php8.2-dev, and build again");
  }
  if (facts.php && minor_of(facts.php->version) != minor_of(facts.native_version)) {
    return advice("kraken-php",
                  "it is PHP " + facts.native_version + ", the command line is " +
                      facts.php->version + ": an application may see either",
                  "update-alternatives --config php");
  }
  return good("kraken-php", "kraken-php with PHP " + facts.native_version);
}

finding check_opcache(const machine_facts& facts) {
  if (facts.native_version.empty()) {
    return good("opcache", "kraken-php is not there to use it");
  }
  const auto folder = "/etc/php/" + std::string{minor_of(facts.native_version)} + "/embed";
  if (!facts.native_php || !facts.native_php->opcache) {
    return problem("opcache",
                   "kraken-php does not load it: each request compiles its scripts anew",
                   "apt install php8.2-opcache; phpenmod -s embed opcache");
  }
  if (!facts.native_php->opcache_enabled) {
    return problem(
        "opcache", "it is loaded and off", "opcache.enable = 1 in " + folder + "/php.ini");
  }
  return good("opcache", "on in kraken-php");
}

finding check_jit(const machine_facts& facts) {
  const bool on = facts.native_php && facts.native_php->jit;
  return on ? advice("jit",
                     "on: it pays for computation, hardly for pages, and takes its buffer",
                     "opcache.jit_buffer_size = 0 unless you have measured a gain")
            : good("jit", "off, as is best for pages");
}

finding check_time_limit(const machine_facts& facts) {
  constexpr std::string_view usual = "30"; // in every php.ini as it comes
  const auto limit = facts.native_php ? facts.native_php->time_limit : std::string{};
  if (limit.empty() || limit == usual || limit == "0") {
    return good("time-limit", "php.ini sets none of its own");
  }
  return advice("time-limit",
                "php.ini says max_execution_time = " + limit + ": kraken-php does not heed it",
                "ini: {max_execution_time: " + limit + "} of the pool, or its request.timeout");
}

finding check_xdebug(const machine_facts& facts) {
  const bool loaded =
      (facts.php && facts.php->xdebug) || (facts.native_php && facts.native_php->xdebug);
  return loaded ? advice("xdebug", "loaded: PHP is several times slower", "phpdismod xdebug")
                : good("xdebug", "not loaded");
}

finding check_open_files(const machine_facts& facts) {
  const auto found = "the hard limit is " + std::to_string(facts.open_files);
  if (facts.open_files < open_files_wanted) {
    return advice("open-files",
                  found + ": each connection and each worker takes some",
                  "LimitNOFILE=" + std::to_string(open_files_wanted) +
                      " in the service, or ulimit -Hn");
  }
  return good("open-files", found);
}

finding check_backlog(const machine_facts& facts) {
  const auto found = "net.core.somaxconn is " + std::to_string(facts.somaxconn);
  if (facts.somaxconn < somaxconn_wanted) {
    return advice("backlog",
                  found + ": bursts of new connections are refused early",
                  "sysctl -w net.core.somaxconn=" + std::to_string(somaxconn_wanted));
  }
  return good("backlog", found);
}

finding check_kernel(const machine_facts& facts) {
  if (!facts.pidfd) {
    return problem("kernel",
                   "it knows no pidfd: processes cannot be supervised safely",
                   "Linux 5.4 or later, and a sandbox that allows pidfd_open");
  }
  if (!facts.clone3) {
    return advice("kernel",
                  "it knows no clone3, or a sandbox forbids it: workers start more slowly",
                  "Linux 5.3 or later; allow clone3 in the container's seccomp profile");
  }
  return good("kernel", "pidfd and clone3");
}

finding check_cgroup(const machine_facts& facts) {
  const std::string hint = "run as a service with Delegate=yes (docs/guides/systemd.md)";
  if (!facts.cgroup_unified) {
    return advice("cgroup", "there is no cgroup v2: the kernel cannot limit a subtree", hint);
  }
  if (!facts.cgroup_memory) {
    return advice("cgroup", "the memory controller is not there for this process", hint);
  }
  if (!facts.cgroup_writable) {
    return advice("cgroup", "this process's group is not delegated to it", hint);
  }
  return good("cgroup", "delegated, with the memory controller");
}

finding check_socket(const machine_facts& facts) {
  const auto& path = facts.socket_directory;
  switch (facts.socket_state) {
  case directory_state::foreign:
    return problem("socket",
                   path + " belongs to another user: the daemon will refuse it",
                   "--set admin.socket=PATH, or remove it");
  case directory_state::served:
    return good("socket", path + " belongs to another user, whose daemon answers this one");
  case directory_state::open:
    return problem("socket", path + " can be written by others", "chmod 700 " + path);
  case directory_state::shared:
    return advice("socket",
                  path + " is for everybody: somebody else may take the name first",
                  "--set admin.socket=PATH in a folder of your own");
  case directory_state::absent:
    return good("socket", path + " is made when the daemon starts");
  case directory_state::ours:
    break;
  }
  return good("socket", path + " is private");
}

finding check_user(const machine_facts& facts) {
  return facts.root
             ? advice("user",
                      "root: what the daemon starts is root too unless it says otherwise",
                      "user: and group: in pools and processes, or the service of the package")
             : good("user", "not root");
}

std::string coloured_level(severity level, const style& look) {
  const auto word = to_string(level);
  if (look.colours == paint::plain || level == severity::good) {
    return std::string{word};
  }
  const std::string_view colour = level == severity::problem ? "\x1b[31m" : "\x1b[33m";
  return std::string{colour}.append(word).append("\x1b[0m");
}

} // namespace

std::vector<finding> diagnose(const machine_facts& facts) {
  std::vector<finding> out;
  for (const auto check : {check_php,
                           check_msgpack,
                           check_native,
                           check_opcache,
                           check_jit,
                           check_time_limit,
                           check_xdebug,
                           check_open_files,
                           check_backlog,
                           check_kernel,
                           check_cgroup,
                           check_socket,
                           check_user}) {
    out.push_back(check(facts));
  }
  return out;
}

std::string render_findings(std::span<const finding> findings, const style& look) {
  constexpr std::size_t check_columns = 12;
  constexpr std::size_t level_columns = 9;
  std::string out;
  for (const auto& each : findings) {
    const auto level = to_string(each.level);
    out.append(each.check)
        .append(check_columns - std::min(each.check.size(), check_columns - 1), ' ');
    out.append(coloured_level(each.level, look)).append(level_columns - level.size(), ' ');
    out.append(printable(each.found)).append("\n");
    if (!each.hint.empty()) {
      out.append(check_columns + level_columns, ' ').append("Try: ");
      out.append(printable(each.hint)).append("\n");
    }
  }
  return out;
}

std::string to_json(std::span<const finding> findings) {
  auto out = detail::json_value::array();
  for (const auto& each : findings) {
    out.push_back({{"check", each.check},
                   {"level", to_string(each.level)},
                   {"found", each.found},
                   {"hint", each.hint}});
  }
  return detail::dump(out);
}

std::string_view to_string(severity level) noexcept {
  switch (level) {
  case severity::good:
    return "good";
  case severity::advice:
    return "advice";
  case severity::problem:
    return "problem";
  }
  return "problem";
}

} // namespace kraken::console
