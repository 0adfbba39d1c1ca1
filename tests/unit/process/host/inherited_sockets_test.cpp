// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Socket activation as a service manager does it: descriptors 3 and up, in a process of its own.
#include "kraken/process/host/inherited_sockets.hpp"

#include "unit/process/in_fork.hpp"

#include <cstdlib>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/socket.h>

namespace kraken::process {

namespace {

void announce(const char* count, const char* names) {
  ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  ::setenv("LISTEN_FDS", count, 1);
  ::setenv("LISTEN_FDNAMES", names, 1);
}

// Two sockets as 3 and 4.
void place_sockets() {
  const int a = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const int b = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const int c = ::fcntl(a, F_DUPFD, 100);
  const int d = ::fcntl(b, F_DUPFD, 100);
  ::dup2(c, 3);
  ::dup2(d, 4);
}

int error_code() {
  const auto made = take_inherited_sockets();
  return made ? 0 : static_cast<int>(made.error().code);
}

} // namespace

TEST_CASE("sockets are taken with their names, close-on-exec, once") {
  CHECK(test::in_fork([] {
          place_sockets();
          announce("2", "http:");
          const auto made = take_inherited_sockets();
          if (!made || made->size() != 2) {
            return 1;
          }
          if (made->at(0).fd.get() != 3 || made->at(0).name != "http" ||
              made->at(1).fd.get() != 4 || made->at(1).name != "unknown") {
            return 2;
          }
          if ((::fcntl(3, F_GETFD) & FD_CLOEXEC) == 0 || (::fcntl(4, F_GETFD) & FD_CLOEXEC) == 0) {
            return 3;
          }
          if (std::getenv("LISTEN_PID") != nullptr || std::getenv("LISTEN_FDS") != nullptr ||
              std::getenv("LISTEN_FDNAMES") != nullptr) {
            return 4;
          }
          const auto again = take_inherited_sockets();
          return again && again->empty() ? 0 : 5;
        }) == 0);
}

TEST_CASE("sockets for another process, or none, are not taken") {
  CHECK(test::in_fork([] {
          if (const auto none = take_inherited_sockets(); !none || !none->empty()) {
            return 1;
          }
          place_sockets();
          announce("2", "");
          ::setenv("LISTEN_PID", "1", 1);
          const auto foreign = take_inherited_sockets();
          return foreign && foreign->empty() && std::getenv("LISTEN_FDS") == nullptr &&
                         ::fcntl(3, F_GETFD) == 0
                     ? 0
                     : 2;
        }) == 0);
}

TEST_CASE("what is announced wrongly is refused, and nothing is taken") {
  CHECK(test::in_fork([] {
          announce("many", "");
          return error_code();
        }) == static_cast<int>(errc::parse_error));
  CHECK(test::in_fork([] {
          announce("-1", "");
          return error_code();
        }) == static_cast<int>(errc::parse_error));
  CHECK(test::in_fork([] {
          announce("100000", "");
          return error_code();
        }) == static_cast<int>(errc::limit_exceeded));
  CHECK(test::in_fork([] {
          place_sockets();
          ::close(5);
          announce("3", "");
          const int code = error_code();
          return ::fcntl(3, F_GETFD) == 0 ? code : 255; // still open
        }) == static_cast<int>(errc::invalid_argument));
  CHECK(test::in_fork([] {
          ::dup2(::open("/dev/null", O_RDONLY), 3);
          announce("1", "");
          return error_code();
        }) == static_cast<int>(errc::invalid_argument));
}

} // namespace kraken::process
