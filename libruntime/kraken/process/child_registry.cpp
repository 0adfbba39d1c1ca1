// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Finding orphans in /proc and ending them.
#include "kraken/process/child_registry.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <memory>
#include <optional>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kraken::process {

namespace {

// Opened by a launch and for watching it: /dev/null, two pipes, the pidfd, /proc/PID/statm.
constexpr std::uint64_t launch_descriptors = 7;

constexpr std::size_t proc_file_bytes_max = 4U << 20U; // environ and argv of one process at most

result<std::string> read_proc_file(const std::string& path) {
  const unique_fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) {
    return fail(errno_error("open " + path));
  }
  std::string text;
  std::array<char, 4096> part{};
  while (text.size() < proc_file_bytes_max) {
    const auto length = ::read(file.get(), part.data(), part.size());
    if (length < 0) {
      return fail(errno_error("read " + path));
    }
    if (length == 0) {
      break;
    }
    text.append(part.data(), static_cast<std::size_t>(length));
  }
  return text;
}

bool is_child_of(pid_t parent, std::string_view pid) {
  const auto stat = read_proc_file("/proc/" + std::string{pid} + "/stat");
  if (!stat) {
    return false; // ended meanwhile
  }
  // "PID (name) STATE PPID ...", and the name may hold anything.
  const auto name_end = stat->rfind(") ");
  if (name_end == std::string::npos || name_end + 4 >= stat->size()) {
    return false;
  }
  const char* const at = stat->data() + name_end + 4;
  pid_t found = 0;
  return std::from_chars(at, stat->data() + stat->size(), found).ec == std::errc{} &&
         found == parent;
}

// /proc/PID/task/TID/children would be shorter, but not every kernel has it.
result<std::vector<pid_t>> own_children() {
  struct close_directory {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
  };
  const std::unique_ptr<DIR, close_directory> directory{::opendir("/proc")};
  if (!directory) {
    return fail(errno_error("open /proc"));
  }
  const auto self = ::getpid();
  std::vector<pid_t> out;
  // The stream is this call's own: readdir is safe.
  while (const auto* entry = ::readdir(directory.get())) { // NOLINT(concurrency-mt-unsafe)
    const std::string_view name{entry->d_name};
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec == std::errc{} &&
        is_child_of(self, name)) {
      out.push_back(pid);
    }
  }
  return out;
}

// Empty if it has none, or wiped it.
std::string mark_of(pid_t pid) {
  const auto text = read_proc_file("/proc/" + std::to_string(pid) + "/environ");
  if (!text) {
    return {};
  }
  const auto wanted = std::string{launch_mark_variable} + "=";
  std::string_view rest = *text;
  while (!rest.empty()) {
    const auto entry = rest.substr(0, rest.find('\0'));
    if (entry.substr(0, wanted.size()) == wanted) {
      return std::string{entry.substr(wanted.size())};
    }
    rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
  }
  return {};
}

bool may_live(pid_t orphan, const std::map<pid_t, std::string>& owned) {
  if (owned.count(::getpgid(orphan)) != 0) {
    return true;
  }
  const auto mark = mark_of(orphan);
  return mark.empty() || std::any_of(owned.begin(), owned.end(), [&](const auto& one) {
           return one.second == mark;
         });
}

// Under the registry's lock: only so the number cannot be reaped, and given to a new child,
// between the look and the kill.
void end_orphan(pid_t pid, bool doomed, sweep_outcome& done) {
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG) != 0) {
    return; // another thread has swept it
  }
  if (info.si_pid != 0) {
    ++done.reaped;
  } else if (doomed && ::kill(pid, SIGKILL) == 0) {
    ++done.killed;
  }
}

} // namespace

result<void> become_subreaper() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
    return fail(errno_error("become child subreaper"));
  }
  return {};
}

result<child> child_registry::launch(launch_spec spec) {
  const auto& program = spec.argv.empty() ? std::string{} : spec.argv.front();
  if (auto room = plan_.admit(launch_descriptors, "launch '" + program + "'"); !room) {
    return fail(room.error());
  }
  if (plan_.for_children != 0) {
    spec.limits.open_files_soft = plan_.for_children;
  }
  table_.with([](table& t) { ++t.launching; });
  auto made = process::launch(std::move(spec));
  table_.with([&](table& t) {
    --t.launching;
    if (made) {
      t.marks.insert_or_assign(made->process.pid(), made->mark);
    }
  });
  return made;
}

result<pidfd> child_registry::adopt(pid_t pid, const std::string& mark) {
  // Registered first: from here on no sweep reaps it, so the number stays its own.
  const bool fresh = table_.with([&](table& t) { return t.marks.emplace(pid, mark).second; });
  if (!fresh) {
    return fail(errc::already_exists, "pid " + std::to_string(pid) + " has an owner");
  }
  siginfo_t info{};
  const bool ours =
      pid > 0 && ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0;
  auto made = ours ? pidfd::open(pid)
                   : fail(errc::not_found, "pid " + std::to_string(pid) + " is no child of ours");
  if (!made) {
    ended(pid);
  }
  return made;
}

void child_registry::ended(pid_t pid) {
  table_.with([&](table& t) { t.marks.erase(pid); });
}

result<sweep_outcome> child_registry::sweep(sweep_extent extent) {
  auto children = own_children();
  if (!children) {
    return fail(children.error());
  }
  // In this order: when no launch is under way *after* the listing, every child in it that was
  // launched has been registered.
  auto owned = table_.with(
      [](table& t) { return t.launching == 0 ? std::optional{t.marks} : std::nullopt; });
  sweep_outcome done;
  if (!owned) {
    done.deferred = true;
    return done;
  }
  for (const auto pid : *children) {
    if (owned->count(pid) != 0) {
      continue;
    }
    const bool doomed = extent == sweep_extent::all || !may_live(pid, *owned);
    table_.with([&](const table& t) {
      if (t.launching != 0) {
        done.deferred = true;
      } else if (t.marks.count(pid) == 0) {
        end_orphan(pid, doomed, done);
      }
    });
  }
  return done;
}

} // namespace kraken::process
