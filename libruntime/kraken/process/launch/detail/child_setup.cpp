// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// System calls between clone and exec. Raw ones throughout: libc's setuid() would involve the
/// daemon's other threads, and sanitizers intercept libc's wrappers. Not instrumented either: the
/// child runs on memory that sanitizers take for the suspended thread's.
#include "kraken/process/launch/detail/child_setup.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kraken::process::detail {

namespace {

constexpr unsigned last_descriptor = ~0U;
constexpr int cannot_run = 127; // as shells say it

// A handler of the daemon must never run in the child, and an ignored signal stays ignored
// across exec: a daemon started by nohup would breed programs deaf to SIGHUP.
[[gnu::no_sanitize("address", "thread", "undefined")]] bool reset_signals() noexcept {
  // All zero is SIG_DFL, no flags, empty mask in every architecture's kernel layout.
  const std::array<std::uint64_t, 8> default_action{};
  constexpr std::size_t kernel_set_bytes = 8;
  for (int number = 1; number <= 64; ++number) {
    if (number != SIGKILL && number != SIGSTOP &&
        ::syscall(SYS_rt_sigaction, number, default_action.data(), nullptr, kernel_set_bytes) !=
            0) {
      return false;
    }
  }
  const std::uint64_t nothing_blocked = 0;
  return ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &nothing_blocked, nullptr, kernel_set_bytes) ==
         0;
}

[[gnu::no_sanitize("address", "thread", "undefined")]] bool close_between(int first,
                                                                          int end) noexcept {
  return first >= end || ::syscall(SYS_close_range, first, end - 1, 0) == 0;
}

// Every source is first copied above all targets: one move's target may be another's source.
[[gnu::no_sanitize("address", "thread", "undefined")]] bool
place_descriptors(child_plan& plan) noexcept {
  const int above = plan.moves[plan.move_count - 1].to + 1;
  for (std::size_t i = 0; i < plan.move_count; ++i) {
    auto& move = plan.moves[i];
    plan.failed_item = i;
    move.temporary = static_cast<int>(::syscall(SYS_fcntl, move.from, F_DUPFD_CLOEXEC, above));
    if (move.temporary < 0) {
      return false;
    }
  }
  int next = 0;
  for (std::size_t i = 0; i < plan.move_count; ++i) {
    const auto& move = plan.moves[i];
    plan.failed_item = i;
    if (!close_between(next, move.to) || ::syscall(SYS_dup3, move.temporary, move.to, 0) < 0) {
      return false;
    }
    next = move.to + 1;
  }
  return ::syscall(SYS_close_range, next, last_descriptor, 0) == 0;
}

[[gnu::no_sanitize("address", "thread", "undefined")]] bool set_limits(child_plan& plan) noexcept {
  for (std::size_t i = 0; i < plan.limit_count; ++i) {
    const auto& setting = plan.limits[i];
    const std::array<std::uint64_t, 2> soft_and_hard{setting.soft, setting.hard};
    plan.failed_item = i;
    if (::syscall(SYS_prlimit64, 0, setting.resource, soft_and_hard.data(), nullptr) != 0) {
      return false;
    }
  }
  if (const auto& line = plan.lineage; line.soft != 0) {
    const std::array<std::uint64_t, 2> soft_and_hard{line.soft, line.hard};
    ::syscall(SYS_prlimit64, 0, line.resource, soft_and_hard.data(), nullptr);
  }
  return true;
}

[[gnu::no_sanitize("address", "thread", "undefined")]] bool
change_identity(const child_plan& plan) noexcept {
  const auto uid = *plan.user;
  const auto gid = *plan.group;
  return ::syscall(SYS_setgroups, plan.group_count, plan.groups) == 0 &&
         ::syscall(SYS_setresgid, gid, gid, gid) == 0 &&
         ::syscall(SYS_setresuid, uid, uid, uid) == 0;
}

// Must follow the change of identity, which clears it.
[[gnu::no_sanitize("address", "thread", "undefined")]] bool
die_with_parent(const child_plan& plan) noexcept {
  if (::syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) {
    return false;
  }
  // The parent may have died just before: then nobody sends the signal any more.
  if (::syscall(SYS_getppid) != plan.parent) {
    errno = ESRCH;
    return false;
  }
  return true;
}

[[gnu::no_sanitize("address", "thread", "undefined")]] bool take_step(child_plan& plan,
                                                                      setup_step step) noexcept {
  switch (step) {
  case setup_step::process_group:
    return ::syscall(SYS_setpgid, 0, 0) == 0;
  case setup_step::descriptors:
    return place_descriptors(plan);
  case setup_step::limits:
    return set_limits(plan);
  case setup_step::niceness:
    return plan.niceness == nullptr ||
           ::syscall(SYS_setpriority, PRIO_PROCESS, 0, *plan.niceness) == 0;
  case setup_step::identity:
    return plan.user == nullptr || change_identity(plan);
  case setup_step::directory:
    // After the change of identity: what counts is where the child's user may go.
    return plan.directory == nullptr || ::syscall(SYS_chdir, plan.directory) == 0;
  case setup_step::privileges:
    ::syscall(SYS_umask, plan.umask);
    return ::syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  case setup_step::parent_death:
    return die_with_parent(plan);
  case setup_step::signals:
    return reset_signals();
  case setup_step::exec:
    ::syscall(SYS_execve, plan.program, plan.arguments, plan.variables);
    return false;
  case setup_step::none:
    break;
  }
  return true;
}

} // namespace

[[gnu::no_sanitize("address", "thread", "undefined")]] int run_child(void* opaque) noexcept {
  auto& plan = *static_cast<child_plan*>(opaque);
  for (auto step = setup_step::process_group;;
       step = static_cast<setup_step>(static_cast<int>(step) + 1)) {
    if (!take_step(plan, step)) {
      plan.failed_errno = errno;
      plan.failed_step = step;
      return cannot_run;
    }
  }
}

} // namespace kraken::process::detail
