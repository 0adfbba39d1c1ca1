// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Finding orphans in /proc and ending them.
#include "kraken/process/launch/child_registry.hpp"

#include "kraken/process/host/lineage.hpp"
#include "kraken/process/launch/detail/own_children.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <vector>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kraken::process {

namespace {

// Opened by a launch and for watching it: /dev/null, two pipes, the pidfd, /proc/PID/statm.
constexpr std::uint64_t launch_descriptors = 7;

constexpr std::size_t names_told = 5;

// Empty if it has none, or wiped it.
std::string mark_of(pid_t pid) {
  const auto text = detail::read_proc_file("/proc/" + std::to_string(pid) + "/environ");
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

enum class origin : std::uint8_t {
  living, ///< of a launch that has an owner
  over,   ///< of another one
  unknown,
};

origin origin_of(pid_t orphan, const std::map<pid_t, std::string>& owned) {
  if (owned.count(::getpgid(orphan)) != 0) {
    return origin::living;
  }
  const auto among = [&owned](const auto& is_it) {
    return std::any_of(owned.begin(), owned.end(), is_it) ? origin::living : origin::over;
  };
  if (const auto mark = mark_of(orphan); !mark.empty()) {
    return among([&mark](const auto& one) { return one.second == mark; });
  }
  if (const auto line = lineage_of(orphan)) {
    return among([&line](const auto& one) { return lineage_of_launch(one.second) == *line; });
  }
  return origin::unknown;
}

std::string name_of(pid_t pid) {
  auto name = detail::read_proc_file("/proc/" + std::to_string(pid) + "/comm").value_or("");
  return std::to_string(pid) + " " + name.substr(0, name.find('\n'));
}

// Under the registry's lock: only so the number cannot be reaped, and given to a new child,
// between the look and the kill.
void end_orphan(pid_t pid, origin of, sweep_outcome& done) {
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG) != 0) {
    return; // another thread has swept it
  }
  if (info.si_pid != 0) {
    ++done.reaped;
  } else if (of == origin::unknown) {
    ++done.unknown;
  } else if (of == origin::over && ::kill(pid, SIGKILL) == 0) {
    ++done.killed;
    if (done.names.size() < names_told) {
      done.names.push_back(name_of(pid));
    }
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
  const expectation born{*this};
  auto made = process::launch(std::move(spec));
  if (made) {
    table_.with([&](table& t) { t.marks.insert_or_assign(made->process.pid(), made->mark); });
  }
  return made;
}

child_registry::expectation::expectation(child_registry& children) : children_(children) {
  children_.table_.with([](table& t) { ++t.launching; });
}

child_registry::expectation::~expectation() {
  children_.table_.with([](table& t) { --t.launching; });
}

result<void> child_registry::adopt(const pidfd& process, const std::string& mark) {
  const auto pid = process.pid();
  // Registered first: from here on no sweep reaps it.
  const bool fresh = table_.with([&](table& t) { return t.marks.emplace(pid, mark).second; });
  if (!fresh) {
    return fail(errc::already_exists, "pid " + std::to_string(pid) + " has an owner");
  }
  if (!process.peek()) { // only a parent may wait
    ended(pid);
    return fail(errc::not_found, "pid " + std::to_string(pid) + " is no child of ours");
  }
  // It does so itself as well: whichever comes first, its group can be signalled from here on.
  static_cast<void>(::setpgid(pid, pid));
  return {};
}

void child_registry::ended(pid_t pid) {
  table_.with([&](table& t) { t.marks.erase(pid); });
}

result<sweep_outcome> child_registry::sweep(sweep_extent extent) {
  auto children = detail::own_children();
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
    const auto of = extent == sweep_extent::all ? origin::over : origin_of(pid, *owned);
    table_.with([&](const table& t) {
      if (t.launching != 0) {
        done.deferred = true;
      } else if (t.marks.count(pid) == 0) {
        end_orphan(pid, of, done);
      }
    });
  }
  return done;
}

} // namespace kraken::process
