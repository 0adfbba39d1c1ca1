// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Guardian and daemon as forks of the test: signals pass, ends are mirrored, nothing is left.
#include "kraken/process/host/guardian.hpp"

#include "kraken/process/launch/child_registry.hpp"
#include "unit/process/in_fork.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>

namespace kraken::process {

namespace {

/// A pipe whose end tells that every process that has its other end is gone.
struct life_line {
  unique_fd reading;
  unique_fd writing;

  life_line() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    reading.reset(ends[0]);
    writing.reset(ends[1]);
  }
};

// A descendant that has left its parent, its session and its environment.
void start_runaway() {
  if (::fork() == 0) {
    ::setsid();
    if (::fork() == 0) {
      ::clearenv();
      ::signal(SIGTERM, SIG_IGN);
      while (true) {
        ::pause();
      }
    }
    ::_exit(0);
  }
  ::wait(nullptr);
}

// Signals do what they do to a program, and not what they do to a test.
void be_plain() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  for (const int number : {SIGSEGV, SIGTERM, SIGHUP}) {
    ::signal(number, SIG_DFL);
  }
}

} // namespace

TEST_CASE("the guardian ends as the daemon does and leaves nothing behind") {
  struct way {
    int end;
    int expected;
  };
  const auto row = GENERATE(way{0, 0},
                            way{7, 7},
                            way{-SIGKILL, 1000 + SIGKILL},
                            way{-SIGSEGV, 1000 + SIGSEGV},
                            way{-SIGTERM, 1000 + SIGTERM});
  life_line line;
  CHECK(test::in_fork([&] {
          be_plain();
          line.reading.reset();
          auto guardian = enter_guarded([](const exit_status&, const bereaved& left) {
            if (left.fallen != 1 || left.killed != 1) {
              ::_exit(99);
            }
          });
          if (!guardian) {
            return 98;
          }
          start_runaway();
          if (row.end < 0) {
            ::raise(-row.end);
          }
          return row.end;
        }) == row.expected);
  line.writing.reset();
  CHECK(test::read_all(line.reading.get()).empty());
}

TEST_CASE("what the kernel has ended already was left by the daemon all the same") {
  CHECK(test::in_fork([] {
          be_plain();
          auto guardian = enter_guarded([](const exit_status&, const bereaved& left) {
            ::_exit(left.fallen == 2 && left.killed == 1 ? 42 : 99);
          });
          if (!guardian) {
            return 98;
          }
          start_runaway();
          if (const auto dead = ::fork(); dead == 0) {
            ::_exit(0);
          } else if (siginfo_t info{};
                     ::waitid(P_PID, static_cast<id_t>(dead), &info, WEXITED | WNOWAIT) != 0) {
            return 97;
          }
          ::raise(SIGKILL); // a zombie is left, as of any who died with its parent
          return 0;
        }) == 42);
}

TEST_CASE("signals to the guardian reach the daemon") {
  CHECK(test::in_fork([] {
          sigset_t both;
          ::sigemptyset(&both);
          ::sigaddset(&both, SIGHUP);
          ::sigaddset(&both, SIGTERM);
          ::pthread_sigmask(SIG_BLOCK, &both, nullptr);
          auto guardian = enter_guarded([](const exit_status&, const bereaved&) {});
          if (!guardian) {
            return 1;
          }
          ::alarm(static_cast<unsigned>(test::patience.count()));
          for (const int number : {SIGHUP, SIGTERM}) {
            ::kill(::getppid(), number);
            if (::sigwaitinfo(&both, nullptr) != number) {
              return 2;
            }
          }
          return ::getpgrp() == ::getpid() ? 0 : 3;
        }) == 0);
}

TEST_CASE("the daemon learns that its guardian is gone and can end what it has") {
  life_line line;
  life_line outcome;
  CHECK(test::in_fork([&] {
          auto guardian = enter_guarded([](const exit_status&, const bereaved&) {});
          if (!guardian || !become_subreaper()) {
            return 1;
          }
          line.reading.reset();
          outcome.reading.reset();
          start_runaway();
          ::kill(::getppid(), SIGKILL);
          const bool told = test::wait_readable(guardian->fd());
          const auto ended = end_all_children(seconds{5});
          const char text = told && ended.killed == 1 ? 'y' : 'n';
          return ::write(outcome.writing.get(), &text, 1) == 1 ? 0 : 2;
        }) == 1000 + SIGKILL);
  line.writing.reset();
  outcome.writing.reset();
  CHECK(test::read_all(outcome.reading.get()) == "y");
  CHECK(test::read_all(line.reading.get()).empty());
}

TEST_CASE("a process that others look after needs no guardian") {
  CHECK(test::in_fork([] {
          ::unsetenv("NOTIFY_SOCKET");
          ::setenv("SYSTEMD_EXEC_PID", std::to_string(::getppid()).c_str(), 1);
          if (has_guardian()) {
            return 1;
          }
          ::setenv("SYSTEMD_EXEC_PID", std::to_string(::getpid()).c_str(), 1);
          if (!has_guardian()) {
            return 2;
          }
          ::unsetenv("SYSTEMD_EXEC_PID");
          ::setenv("NOTIFY_SOCKET", "/run/x", 1);
          return has_guardian() ? 0 : 3;
        }) == 0);
}

} // namespace kraken::process
