// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Choosing of environment variables and search in PATH.
#include "kraken/process/launch/detail/child_environment.hpp"

#include "kraken/base/variable_name.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kraken::process::detail {

namespace {

// KRAKEN_DEBUG is for workers: errors go into their answers.
constexpr std::array<std::string_view, 6> clean_names{
    "PATH", "HOME", "LANG", "TZ", "TMPDIR", "KRAKEN_DEBUG"};
constexpr std::array<std::string_view, 1> clean_prefixes{"LC_"};

// Values of the daemon's options, secrets among them.
constexpr std::string_view own_prefix = "KRAKEN_";

// What a service manager says of sockets it has given to the daemon (sd_listen_fds(3)).
constexpr std::array<std::string_view, 3> activation_names{
    "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"};

enum class candidate : std::uint8_t { absent, not_executable, executable };

candidate look_at(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return candidate::absent;
  }
  return ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0 ? candidate::executable
                                                                    : candidate::not_executable;
}

} // namespace

bool is_daemons_own(std::string_view name) noexcept {
  return (name.starts_with(own_prefix) && !on_clean_allowlist(name)) ||
         std::find(activation_names.begin(), activation_names.end(), name) !=
             activation_names.end();
}

bool on_clean_allowlist(std::string_view name) noexcept {
  return std::find(clean_names.begin(), clean_names.end(), name) != clean_names.end() ||
         std::any_of(clean_prefixes.begin(), clean_prefixes.end(), [&](std::string_view prefix) {
           return name.substr(0, prefix.size()) == prefix;
         });
}

result<variable_map> child_environment(const environment_spec& spec,
                                       const char* const* own,
                                       const variable_map& defaults) {
  variable_map out;
  if (spec.base != environment_base::empty && own != nullptr) {
    for (; *own != nullptr; ++own) {
      const std::string_view entry{*own};
      const auto equals = entry.find('=');
      if (equals == std::string_view::npos || equals == 0) {
        continue;
      }
      const auto name = entry.substr(0, equals);
      if (spec.base == environment_base::inherit ? !is_daemons_own(name)
                                                 : on_clean_allowlist(name)) {
        out.insert_or_assign(std::string{name}, std::string{entry.substr(equals + 1)});
      }
    }
  }
  for (const auto& [name, value] : defaults) {
    out.insert_or_assign(name, value);
  }
  for (const auto& [name, value] : spec.set) {
    if (const auto fault = variable_fault(name, value); !fault.empty()) {
      return fail(errc::invalid_argument,
                  "environment variable '" + name + "': " + std::string{fault});
    }
    out.insert_or_assign(name, value);
  }
  return out;
}

std::string_view search_path(const variable_map& variables) {
  constexpr std::string_view standard = "/usr/local/bin:/usr/bin:/bin";
  const auto path = variables.find("PATH");
  return path == variables.end() ? standard : std::string_view{path->second};
}

result<std::string> find_program(const std::string& program, std::string_view path) {
  if (program.find('/') != std::string::npos) {
    return program;
  }
  std::string not_executable;
  std::string_view rest = path;
  while (!rest.empty()) {
    const auto colon = rest.find(':');
    const auto directory = rest.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view{} : rest.substr(colon + 1);
    if (directory.empty() || directory.front() != '/') {
      continue; // relative to a directory the child is not in yet, and an old way to be fooled
    }
    auto full = std::string{directory} + "/" + program;
    switch (look_at(full)) {
    case candidate::executable:
      return full;
    case candidate::not_executable:
      not_executable = std::move(full);
      break;
    case candidate::absent:
      break;
    }
  }
  if (!not_executable.empty()) {
    return fail(errc::permission_denied, "'" + not_executable + "' is not executable");
  }
  return fail(errc::not_found, "no program '" + program + "' in PATH");
}

} // namespace kraken::process::detail
