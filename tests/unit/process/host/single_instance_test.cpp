// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Two daemons want one socket.
#include "kraken/process/host/single_instance.hpp"

#include "unit/process/in_fork.hpp"
#include "unit/process/temporary_directory.hpp"

#include <cstring>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace kraken::process {

namespace {

// What a daemon leaves when it is killed.
unique_fd leave_socket(const std::string& path) {
  unique_fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return fd;
}

} // namespace

TEST_CASE("the second daemon is told who is first, and disturbs nothing") {
  const test::temporary_directory directory;
  const auto socket = directory / "kraken.sock";
  auto first = single_instance::acquire(socket);
  REQUIRE(first);
  leave_socket(socket); // the first one's
  const auto second = single_instance::acquire(socket);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == errc::already_running);
  CHECK_THAT(second.error().context,
             Catch::Contains("pid " + std::to_string(::getpid()) + " holds '" + socket + "'"));
  CHECK(std::filesystem::exists(socket));
  CHECK(row_of(second.error().code).exit_code == 73);
}

TEST_CASE("after any end of the first the next one starts, and reuses socket and lock") {
  const test::temporary_directory directory;
  const auto socket = directory / "kraken.sock";
  CHECK(test::in_fork([&] {
          const auto held = single_instance::acquire(socket);
          leave_socket(socket);
          ::raise(SIGKILL);
          return held ? 0 : 1;
        }) == 1000 + SIGKILL);
  CHECK(std::filesystem::exists(socket));
  CHECK(single_instance::acquire(socket));
  CHECK_FALSE(std::filesystem::exists(socket));
}

TEST_CASE("a lock is not inherited by programs that are launched") {
  const test::temporary_directory directory;
  const auto socket = directory / "kraken.sock";
  auto first = single_instance::acquire(socket);
  auto started = launch(test::program({"sleep", "1000"}));
  REQUIRE(started);
  first = fail(errc::none); // released
  CHECK(single_instance::acquire(socket));
  REQUIRE(started->process.send_group(SIGKILL));
  test::reap(started->process);
}

TEST_CASE("what is not a socket of ours is never removed") {
  const test::temporary_directory directory;
  const auto path = directory / "kraken.sock";
  SECTION("a file") {
    std::ofstream{path} << "precious";
  }
  SECTION("a directory") {
    std::filesystem::create_directory(path);
  }
  SECTION("a link to a socket") {
    leave_socket(directory / "other.sock");
    std::filesystem::create_symlink(directory / "other.sock", path);
  }
  const auto made = single_instance::acquire(path);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::conflict);
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("a lock file that is a trap is refused") {
  const test::temporary_directory directory;
  const auto path = directory / "kraken.sock";
  SECTION("a link") {
    std::ofstream{directory / "victim"} << "data";
    std::filesystem::create_symlink(directory / "victim", path + ".lock");
  }
  SECTION("a pipe") {
    REQUIRE(::mkfifo((path + ".lock").c_str(), 0600) == 0);
  }
  CHECK_FALSE(single_instance::acquire(path));
}

TEST_CASE("a directory that is not there is named") {
  const auto made = single_instance::acquire("/no/such/dir/kraken.sock");
  REQUIRE_FALSE(made);
  CHECK_THAT(made.error().context, Catch::Contains("/no/such/dir/kraken.sock.lock"));
}

TEST_CASE("a good end leaves neither socket nor lock, and nobody gets in meanwhile") {
  const test::temporary_directory directory;
  const auto socket = directory / "kraken.sock";
  auto first = single_instance::acquire(socket);
  REQUIRE(first);
  leave_socket(socket);
  first->bound();
  const unique_fd opened_before{::open((socket + ".lock").c_str(), O_RDWR | O_CLOEXEC)};
  CHECK(::flock(opened_before.get(), LOCK_EX | LOCK_NB) != 0);
  first->withdraw();
  CHECK_FALSE(std::filesystem::exists(socket));
  CHECK_FALSE(std::filesystem::exists(socket + ".lock"));
  auto second = single_instance::acquire(socket); // the place is free, though the first still ends
  REQUIRE(second);
  first->withdraw();
  CHECK(std::filesystem::exists(socket + ".lock"));
  CHECK(single_instance::acquire(socket).error().code == errc::already_running);
}

TEST_CASE("what somebody has removed is missed, and what came to its place is not removed") {
  const test::temporary_directory directory;
  const auto socket = directory / "kraken.sock";
  auto first = single_instance::acquire(socket);
  REQUIRE(first);
  CHECK_FALSE(first->is_there()); // nothing is bound yet
  const auto kept = leave_socket(socket);
  first->bound();
  CHECK(first->is_there());
  std::filesystem::remove(socket);
  CHECK_FALSE(first->is_there());

  SECTION("the lock is still there") {
    CHECK(first->take_again());
    leave_socket(socket);
    first->bound();
    CHECK(first->is_there());
    first->withdraw();
    CHECK_FALSE(std::filesystem::exists(socket));
  }
  SECTION("the lock was removed, too") {
    std::filesystem::remove(socket + ".lock");
    CHECK(first->take_again());
    CHECK(single_instance::acquire(socket).error().code == errc::already_running);
  }
  SECTION("another daemon has taken the place meanwhile") {
    std::filesystem::remove(socket + ".lock");
    auto second = single_instance::acquire(socket);
    REQUIRE(second);
    const auto other = leave_socket(socket);
    second->bound();
    CHECK(first->take_again().error().code == errc::already_running);
    first->withdraw();
    CHECK(second->is_there());
    CHECK(std::filesystem::exists(socket + ".lock"));
  }
}

} // namespace kraken::process
