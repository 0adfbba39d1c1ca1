// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The look-ups of a launch, one by one.
#include "kraken/process/launch/launch_check.hpp"

#include "kraken/process/launch/detail/child_environment.hpp"
#include "kraken/process/launch/detail/identity.hpp"
#include "kraken/process/launch/detail/other_eyes.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <optional>

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kraken::process {

namespace {

std::optional<std::string> directory_fault(const std::string& name,
                                           const std::optional<detail::viewer>& who) {
  struct stat status {};
  if (::stat(name.c_str(), &status) != 0) {
    return errno == ENOENT || errno == ENOTDIR ? "there is no directory '" + name + "'"
                                               : errno_error("'" + name + "'").context;
  }
  if (!S_ISDIR(status.st_mode)) {
    return "'" + name + "' is not a directory";
  }
  return who ? detail::in_the_way_of(*who, name, detail::wish::enter) : std::nullopt;
}

/// Nothing when the child looks as the daemon does, or its account is not known.
std::optional<detail::viewer> viewer_of(const launch_spec& spec) {
  if (spec.user.empty()) {
    return std::nullopt;
  }
  const auto found = detail::find_identity(spec.user, spec.group);
  if (!found) {
    return std::nullopt;
  }
  return detail::viewer{found->uid, found->gid, spec.user, found->groups};
}

/// Of a program named by its file.
std::optional<std::string> file_fault(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    return errno == ENOENT || errno == ENOTDIR ? "there is no file '" + file + "'"
                                               : errno_error("'" + file + "'").context;
  }
  if (!S_ISREG(status.st_mode)) {
    return "'" + file + "' is not a file";
  }
  if (::faccessat(AT_FDCWD, file.c_str(), X_OK, AT_EACCESS) != 0) {
    return "'" + file + "' is not executable";
  }
  return std::nullopt;
}

std::optional<std::string> program_fault(const launch_spec& spec,
                                         const std::optional<detail::viewer>& who) {
  if (spec.argv.empty() || spec.argv.front().empty()) {
    return "there is no program to start";
  }
  auto program = spec.argv.front();
  if (program.find('/') != std::string::npos) {
    const bool relative = program.front() != '/' && !spec.directory.empty();
    program = relative ? spec.directory + "/" + program : program;
    if (auto fault = file_fault(program)) {
      return fault;
    }
    return who ? detail::in_the_way_of(*who, program, detail::wish::run) : std::nullopt;
  }
  const auto variables = detail::child_environment(spec.environment, ::environ, {});
  if (!variables) {
    return variables.error().context;
  }
  const auto path = detail::search_path(*variables);
  const auto found = detail::find_program(program, path);
  if (!found) {
    return found.error().code == errc::not_found // said once, so it may be long
               ? found.error().context + " '" + std::string{path} + "'"
               : found.error().context;
  }
  return who ? detail::in_the_way_of(*who, *found, detail::wish::run) : std::nullopt;
}

/// A hard limit may be raised then.
bool may_raise_limits() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  return ::syscall(SYS_capget, &header, sets.data()) == 0 &&
         (sets[CAP_TO_INDEX(CAP_SYS_RESOURCE)].effective & CAP_TO_MASK(CAP_SYS_RESOURCE)) != 0;
}

/// The most descriptors any process may be allowed; 0: not known.
std::uint64_t descriptors_max() {
  std::uint64_t most = 0;
  std::ifstream{"/proc/sys/fs/nr_open"} >> most;
  return most;
}

} // namespace

std::vector<limit_obstacle> find_limit_obstacles(const launch_spec& spec) {
  std::vector<limit_obstacle> out;
  const bool raises = may_raise_limits();
  const auto look = [&](std::string_view name, auto which, std::optional<std::uint64_t> wanted) {
    struct rlimit own {};
    if (!wanted || raises || ::getrlimit(which, &own) != 0 || *wanted <= own.rlim_max) {
      return;
    }
    out.push_back({name,
                   "'" + std::to_string(*wanted) + "' is above the hard limit of who starts it, " +
                       std::to_string(own.rlim_max)});
  };
  const auto most = descriptors_max();
  if (const auto wanted = spec.limits.open_files; wanted && most != 0 && *wanted > most) {
    out.push_back({"nofile",
                   "'" + std::to_string(*wanted) + "' is above fs.nr_open of this machine, " +
                       std::to_string(most)});
  } else {
    look("nofile", RLIMIT_NOFILE, wanted);
  }
  const auto count = [](const std::optional<bytes>& size) {
    return size ? std::optional{size->value} : std::nullopt;
  };
  look("as", RLIMIT_AS, count(spec.limits.address_space));
  look("core", RLIMIT_CORE, count(spec.limits.core));
  look("nproc", RLIMIT_NPROC, spec.limits.processes);
  return out;
}

std::vector<launch_obstacle> find_obstacles(const launch_spec& spec) {
  std::vector<launch_obstacle> out;
  const auto note = [&out](launch_part part, std::optional<std::string> text) {
    if (text) {
      out.push_back({part, std::move(*text)});
    }
    return text.has_value();
  };
  const auto who = viewer_of(spec);
  const bool nowhere =
      !spec.directory.empty() && note(launch_part::directory, directory_fault(spec.directory, who));
  const bool relative = !spec.argv.empty() && !spec.argv.front().empty() &&
                        spec.argv.front().front() != '/' &&
                        spec.argv.front().find('/') != std::string::npos;
  if (!nowhere || !relative) { // one mistake, told once
    note(launch_part::program, program_fault(spec, who));
  }
  if (!spec.user.empty()) {
    // A group of its own is needed only by who is given none.
    const std::string any_group = spec.group.empty() ? "" : "0";
    if (const auto found = detail::find_identity(spec.user, any_group); !found) {
      note(launch_part::user, found.error().context);
    }
  }
  if (!spec.group.empty()) {
    if (const auto found = detail::find_identity("", spec.group); !found) {
      note(launch_part::group, found.error().context);
    }
  }
  return out;
}

std::optional<std::string> find_reading_obstacle(const launch_spec& spec, const std::string& path) {
  const auto who = viewer_of(spec);
  struct stat status {};
  if (!who || ::stat(path.c_str(), &status) != 0) {
    return std::nullopt;
  }
  return detail::in_the_way_of(
      *who, path, S_ISDIR(status.st_mode) ? detail::wish::enter : detail::wish::read);
}

} // namespace kraken::process
