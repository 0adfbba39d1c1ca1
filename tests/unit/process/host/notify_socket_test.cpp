// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a service manager would receive, over a real datagram socket.
#include "kraken/process/host/notify_socket.hpp"

#include "unit/process/running_child.hpp"
#include "unit/process/temporary_directory.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <sys/un.h>

namespace kraken::process {

namespace {

// The manager's end.
struct service_manager {
  unique_fd fd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};

  explicit service_manager(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    if (path.front() == '@') {
      address.sun_path[0] = '\0';
    } else {
      ++length;
    }
    REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }

  std::string receive() {
    if (!test::wait_readable(fd.get())) {
      return "<nothing in time>";
    }
    char text[512];
    const auto length = ::recv(fd.get(), text, sizeof text, 0);
    return {text, static_cast<std::size_t>(length)};
  }
};

} // namespace

TEST_CASE("without a service manager everything succeeds and does nothing") {
  ::unsetenv("NOTIFY_SOCKET");
  auto made = notify_socket::from_environment();
  REQUIRE(made);
  CHECK_FALSE(made->active());
  CHECK_FALSE(made->watchdog_period());
  CHECK(made->ready("up"));
  CHECK(made->watchdog());
}

TEST_CASE("the manager is told each state, by path or abstract name") {
  const test::temporary_directory directory;
  const auto path =
      GENERATE_REF(directory / "notify", "@kraken-notify-test-" + std::to_string(::getpid()));
  service_manager manager{path};
  ::setenv("WATCHDOG_USEC", "3000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  auto made = notify_socket::from_environment();
  REQUIRE(made);
  CHECK(made->active());
  CHECK(made->watchdog_period() == std::chrono::seconds{3});
  CHECK(std::getenv("NOTIFY_SOCKET") == nullptr); // no child may speak for us
  CHECK(std::getenv("WATCHDOG_USEC") == nullptr);
  CHECK(std::getenv("WATCHDOG_PID") == nullptr);

  CHECK(made->ready("serving"));
  CHECK(manager.receive() == "READY=1\nSTATUS=serving");
  CHECK(made->reloading(time_point{std::chrono::microseconds{42}}));
  CHECK(manager.receive() == "RELOADING=1\nMONOTONIC_USEC=42");
  CHECK(made->status("4 workers\nREADY=1"));
  CHECK(manager.receive() == "STATUS=4 workers READY=1"); // one line, no forged assignment
  CHECK(made->watchdog());
  CHECK(manager.receive() == "WATCHDOG=1");
  CHECK(made->stopping("draining"));
  CHECK(manager.receive() == "STOPPING=1\nSTATUS=draining");
}

TEST_CASE("a watchdog meant for another process is not ours") {
  const test::temporary_directory directory;
  service_manager manager{directory / "notify"};
  ::setenv("WATCHDOG_USEC", "3000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  auto made = notify_socket::from_environment();
  REQUIRE(made);
  CHECK_FALSE(made->watchdog_period());
}

TEST_CASE("bad values are said to be bad") {
  const test::temporary_directory directory;
  SECTION("a period that is no number") {
    service_manager manager{directory / "notify"};
    ::setenv("WATCHDOG_USEC", "soon", 1);
    CHECK(notify_socket::from_environment().error().code == errc::parse_error);
  }
  SECTION("an address that is none") {
    ::setenv("NOTIFY_SOCKET", "vsock:2:1234", 1);
    CHECK(notify_socket::from_environment().error().code == errc::parse_error);
  }
  SECTION("nobody there") {
    ::setenv("NOTIFY_SOCKET", (directory / "nobody").c_str(), 1);
    CHECK(notify_socket::from_environment().error().code == errc::system_error);
  }
  SECTION("too long") {
    ::setenv("NOTIFY_SOCKET", ("/" + std::string(200, 'x')).c_str(), 1);
    CHECK(notify_socket::from_environment().error().code == errc::parse_error);
  }
}

} // namespace kraken::process
