// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Signals as data. Runs in forked processes: masks and dispositions are the process's.
#include "kraken/process/host/signal_descriptor.hpp"

#include "unit/process/in_fork.hpp"

#include <csignal>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

namespace kraken::process {

TEST_CASE("signals are read, not suffered") {
  CHECK(test::in_fork([] {
          ::signal(SIGCHLD, SIG_IGN); // as a careless parent may leave it
          auto signals = signal_descriptor::open({SIGTERM, SIGHUP, SIGCHLD});
          if (!signals || (::fcntl(signals->fd(), F_GETFD) & FD_CLOEXEC) == 0) {
            return 1;
          }
          if (auto none = signals->next(); !none || *none) {
            return 2;
          }
          ::kill(::getpid(), SIGHUP);
          ::kill(::getpid(), SIGTERM);
          ::kill(::getpid(), SIGTERM);
          pollfd one{signals->fd(), POLLIN, 0};
          if (::poll(&one, 1, 10'000) != 1) {
            return 3;
          }
          auto first = signals->next();
          if (!first || !*first || (*first)->number != SIGHUP || (*first)->sender != ::getpid() ||
              (*first)->user != ::getuid()) {
            return 4;
          }
          auto second = signals->next();
          if (!second || !*second || (*second)->number != SIGTERM) {
            return 5;
          }
          if (auto none = signals->next(); !none || *none) {
            return 6; // two of a kind are one
          }
          struct sigaction chld {};
          ::sigaction(SIGCHLD, nullptr, &chld);
          return chld.sa_handler == SIG_DFL ? 0 : 7;
        }) == 0);
}

TEST_CASE("writing to a closed pipe is an error, not a death") {
  CHECK(test::in_fork([] {
          auto signals = signal_descriptor::open({SIGTERM});
          int ends[2];
          if (!signals || ::pipe(ends) != 0) {
            return 1;
          }
          ::close(ends[0]);
          return ::write(ends[1], "x", 1) < 0 && errno == EPIPE ? 0 : 2;
        }) == 0);
}

TEST_CASE("a file that may not grow further is an error, not a death") {
  CHECK(test::in_fork([] {
          auto signals = signal_descriptor::open({SIGTERM});
          const rlimit none{0, 0};
          const unique_fd file{::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
          if (!signals || !file || ::setrlimit(RLIMIT_FSIZE, &none) != 0) {
            return 1;
          }
          return ::write(file.get(), "x", 1) < 0 && errno == EFBIG ? 0 : 2;
        }) == 0);
}

TEST_CASE("signals nobody can block are refused") {
  CHECK(test::in_fork([] {
          const auto made = signal_descriptor::open({SIGTERM, SIGKILL});
          return !made && made.error().code == errc::invalid_argument ? 0 : 1;
        }) == 0);
}

} // namespace kraken::process
