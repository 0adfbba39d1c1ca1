// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A forked child by its descriptor: signals, status once, group.
#include "kraken/base/pidfd.hpp"

#include <csignal>
#include <utility>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kraken {

namespace {

template <class Body>
pidfd forked(Body body) {
  const auto pid = ::fork();
  if (pid == 0) {
    ::signal(SIGTERM, SIG_DFL); // the test framework catches it
    body();
    ::_exit(0);
  }
  auto made = pidfd::open(pid);
  REQUIRE(made);
  return std::move(*made);
}

void wait_for_end(const pidfd& process) {
  pollfd one{process.fd(), POLLIN, 0};
  REQUIRE(::poll(&one, 1, 20'000) == 1);
}

[[noreturn]] void wait_for_ever() {
  for (;;) {
    ::pause();
  }
}

} // namespace

TEST_CASE("a descriptor somebody else opened says itself whose it is") {
  auto process = forked([] { wait_for_ever(); });
  auto taken = pidfd::take(unique_fd{::dup(process.fd())});
  REQUIRE(taken);
  CHECK(taken->pid() == process.pid());
  REQUIRE(process.send(SIGKILL));
  wait_for_end(process);
  REQUIRE(process.try_reap());
  CHECK(pidfd::take(unique_fd{::dup(process.fd())}).error().code == errc::protocol_error);
  CHECK(pidfd::take(unique_fd{::open("/dev/null", O_RDONLY)}).error().code == errc::protocol_error);
  CHECK(pidfd::take(unique_fd{}).error().code == errc::system_error);
}

TEST_CASE("a status is given exactly once, and peeking does not take it") {
  auto process = forked([] { ::_exit(42); });
  CHECK((::fcntl(process.fd(), F_GETFD) & FD_CLOEXEC) != 0);
  wait_for_end(process);
  for (int i = 0; i < 2; ++i) {
    const auto seen = process.peek();
    REQUIRE((seen && *seen));
    CHECK((*seen)->value == 42);
    CHECK_FALSE(process.reaped());
  }
  const auto status = process.try_reap();
  REQUIRE((status && *status));
  CHECK((*status)->value == 42);
  CHECK_FALSE((*status)->by_signal);
  CHECK_FALSE((*status)->clean());
  CHECK(process.reaped());
  CHECK_FALSE(*process.try_reap());
  CHECK_FALSE(*process.peek());
  CHECK(::waitpid(process.pid(), nullptr, 0) == -1); // no zombie
}

TEST_CASE("nothing while it lives; a signal ends it; afterwards signals go nowhere") {
  auto process = forked([] { wait_for_ever(); });
  CHECK_FALSE(*process.try_reap());
  CHECK_FALSE(*process.peek());
  CHECK(process.send(0));
  CHECK_FALSE(process.send(12345));
  CHECK(process.send(SIGKILL));
  wait_for_end(process);
  CHECK(process.send(SIGKILL)); // a zombie
  const auto status = process.try_reap();
  REQUIRE((status && *status));
  CHECK((*status)->by_signal);
  CHECK((*status)->value == SIGKILL);
  CHECK(process.send(SIGKILL));
  CHECK(process.send_group(SIGTERM));
}

TEST_CASE("the rest of a group ends when its leader is reaped") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  auto leader = forked([&] {
    ::setpgid(0, 0);
    if (::fork() == 0) {
      static_cast<void>(::write(ends[1], "x", 1) + 1);
      wait_for_ever();
    }
    char c = 0; // the member exists before its leader ends
    static_cast<void>(::read(ends[0], &c, 1) + 1);
  });
  ::close(ends[1]);
  wait_for_end(leader);
  const auto status = leader.try_reap_group();
  REQUIRE((status && *status));
  CHECK((*status)->clean());
  // End of file: the member, last holder of the writing end, is gone.
  pollfd one{ends[0], POLLIN, 0};
  REQUIRE(::poll(&one, 1, 20'000) == 1);
  char c = 0;
  CHECK(::read(ends[0], &c, 1) == 0);
  ::close(ends[0]);
}

TEST_CASE("a living leader's group is left alone by reaping") {
  auto process = forked([] { wait_for_ever(); });
  CHECK_FALSE(*process.try_reap_group());
  CHECK(process.send(SIGKILL));
  wait_for_end(process);
  CHECK((*process.try_reap_group())->value == SIGKILL);
}

TEST_CASE("a pid that is none cannot be opened, and an empty pidfd does nothing") {
  CHECK_FALSE(pidfd::open(-1));
  pidfd none;
  CHECK_FALSE(none);
  CHECK(none.send(SIGKILL));
  CHECK(none.send_group(SIGKILL));
  CHECK_FALSE(*none.try_reap());
  pidfd lost{unique_fd{::open("/dev/null", O_RDONLY | O_CLOEXEC)}, -1};
  CHECK(lost.send_group(SIGKILL)); // or everything there is would be dead now
}

} // namespace kraken
