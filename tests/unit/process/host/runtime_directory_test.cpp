// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Directories nobody else can write to.
#include "kraken/process/host/runtime_directory.hpp"

#include "unit/process/temporary_directory.hpp"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

namespace kraken::process {

namespace {

namespace fs = std::filesystem;

unsigned mode_of(const std::string& path) {
  return static_cast<unsigned>(fs::status(path).permissions());
}

} // namespace

TEST_CASE("a directory is made for its user alone, and accepted again") {
  const test::temporary_directory parent;
  const auto path = parent / "run";
  const auto before = ::umask(0);
  CHECK(make_private_directory(path));
  ::umask(before);
  CHECK(mode_of(path) == 0700U);
  CHECK(make_private_directory(path));
}

TEST_CASE("an existing directory others can read is left as it is") {
  const test::temporary_directory parent;
  fs::create_directory(parent / "run");
  fs::permissions(parent / "run", fs::perms{0755});
  CHECK(make_private_directory(parent / "run"));
  CHECK(mode_of(parent / "run") == 0755U);
}

TEST_CASE("a directory somebody else could write to is refused") {
  const test::temporary_directory parent;
  const auto path = parent / "run";
  SECTION("others") {
    fs::create_directory(path);
    fs::permissions(path, fs::perms{0702});
  }
  SECTION("group") {
    fs::create_directory(path);
    fs::permissions(path, fs::perms{0720});
  }
  SECTION("a link") {
    fs::create_directory(parent / "elsewhere");
    fs::create_directory_symlink(parent / "elsewhere", path);
  }
  SECTION("a file") {
    std::ofstream{path} << "x";
  }
  SECTION("another owner") {
    fs::create_directory(path);
    if (::geteuid() != 0 || ::chown(path.c_str(), 65534, 65534) != 0) {
      WARN("needs root");
      return;
    }
  }
  const auto made = make_private_directory(path);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::permission_denied);
  CHECK_THAT(made.error().context, Catch::Contains("'" + path + "'"));
}

TEST_CASE("a directory without a parent is an error with its path") {
  const auto made = make_private_directory("/no/such/parent/run");
  REQUIRE_FALSE(made);
  CHECK_THAT(made.error().context, Catch::Contains("/no/such/parent/run"));
}

TEST_CASE("socket paths differ and fit into an address") {
  const auto one = unique_socket_path("/run/kraken", "w");
  const auto two = unique_socket_path("/run/kraken", "w");
  REQUIRE((one && two));
  CHECK(*one != *two);
  CHECK_THAT(*one, Catch::Matches("/run/kraken/w-[0-9a-f]{16}"));
  const auto long_one = unique_socket_path("/" + std::string(100, 'x'), "w");
  REQUIRE_FALSE(long_one);
  CHECK(long_one.error().code == errc::invalid_argument);
  CHECK_THAT(long_one.error().context,
             Catch::StartsWith("a socket's path has at most 107 bytes, this one 120: '/xxx"));
}

} // namespace kraken::process
