// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The guardian's loop. No pid is used that could belong to somebody else: only this process can
/// reap its children.
#include "kraken/process/host/guardian.hpp"

#include "kraken/base/limits.hpp"
#include "kraken/process/launch/child_registry.hpp"
#include "kraken/process/launch/detail/own_children.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <set>
#include <string>

#include <poll.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kraken::process {

namespace {

constexpr const char* guardian_name = "kraken/guardian";

// What it waits for and passes on. The rest does to it what it does to any process: it stops with
// its job, and dies of its own faults.
sigset_t guarded_signals() {
  sigset_t all;
  ::sigfillset(&all);
  for (const int number : {SIGSEGV,
                           SIGBUS,
                           SIGFPE,
                           SIGILL,
                           SIGABRT,
                           SIGTRAP,
                           SIGSYS,
                           SIGTSTP,
                           SIGTTIN,
                           SIGTTOU,
                           SIGCONT}) {
    ::sigdelset(&all, number);
  }
  return all;
}

bool is_child(const pidfd& process) {
  siginfo_t info{};
  return ::waitid(P_PIDFD, static_cast<id_t>(process.fd()), &info, WEXITED | WNOHANG | WNOWAIT) ==
         0;
}

// The same end as the daemon's, for whoever waits for this process.
[[noreturn]] void end_like(const exit_status& how) {
  if (how.by_signal) {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none); // the daemon's core is the one of interest
    ::signal(how.value, SIG_DFL);
    sigset_t only;
    ::sigemptyset(&only);
    ::sigaddset(&only, how.value);
    ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
    ::raise(how.value);
  }
  ::_exit(how.value);
}

[[noreturn]] void guard(pidfd daemon, const sigset_t& signals, const epitaph& at_end) {
  ::prctl(PR_SET_NAME, guardian_name);
  while (true) {
    const int number = ::sigwaitinfo(&signals, nullptr);
    if (number > 0 && number != SIGCHLD) {
      static_cast<void>(daemon.send(number));
      continue;
    }
    const auto ended = daemon.try_reap();
    if (ended && *ended) {
      const auto left = end_all_children(limits::kill_grace);
      at_end(**ended, left);
      end_like(**ended);
    }
  }
}

result<pidfd> become_guarded(pid_t guardian, const sigset_t& before) {
  ::setpgid(0, 0);
  ::signal(SIGTTOU, SIG_IGN); // or writing to a terminal with `tostop` would stop it
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  auto watched = pidfd::open(guardian);
  if (watched && ::getppid() != guardian) {
    return fail(errc::system_error, "the guardian has ended");
  }
  return watched;
}

} // namespace

bool has_guardian() {
  // NOLINTBEGIN(concurrency-mt-unsafe): before other threads, as said
  const char* const unit = std::getenv("SYSTEMD_EXEC_PID");
  return ::getpid() == 1 || std::getenv("NOTIFY_SOCKET") != nullptr ||
         (unit != nullptr && unit == std::to_string(::getpid()));
  // NOLINTEND(concurrency-mt-unsafe)
}

result<pidfd> enter_guarded(const epitaph& at_end) {
  if (auto done = become_subreaper(); !done) {
    return fail(done.error());
  }
  const auto signals = guarded_signals();
  sigset_t before;
  ::pthread_sigmask(SIG_BLOCK, &signals, &before);
  const auto guardian = ::getpid();
  const auto made = ::fork();
  if (made == 0) {
    return become_guarded(guardian, before);
  }
  auto daemon = made > 0 ? pidfd::open(made) : fail(errno_error("fork the daemon"));
  if (!daemon) {
    if (made > 0) {
      ::kill(made, SIGKILL);
      ::waitpid(made, nullptr, 0);
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return daemon;
  }
  guard(std::move(*daemon), signals, at_end);
}

bereaved end_all_children(milliseconds within) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  const auto left = [&] {
    const auto time = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<milliseconds::rep>(time.count(), 0));
  };
  bereaved found;
  std::set<pid_t> known; // none of these numbers can be another's before it is reaped here
  while (true) {
    const auto children = detail::own_children();
    if (!children || children->empty()) {
      return found;
    }
    for (const auto pid : *children) {
      if (const auto each = pidfd::open(pid); each && is_child(*each)) {
        const auto ended = each->peek();
        if (known.insert(pid).second) {
          ++found.fallen;
          found.killed += ended && !*ended ? 1 : 0;
        }
        static_cast<void>(each->send(SIGKILL));
      }
    }
    for (const auto pid : *children) {
      if (auto each = pidfd::open(pid); each && is_child(*each)) {
        pollfd one{each->fd(), POLLIN, 0};
        ::poll(&one, 1, left());
        const auto reaped = each->try_reap();
        if (reaped && *reaped) {
          known.erase(pid);
        }
      }
    }
    if (left() == 0) {
      return found;
    }
  }
}

} // namespace kraken::process
