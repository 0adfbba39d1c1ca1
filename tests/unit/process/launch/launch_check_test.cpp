// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What is in the way of a launch is found before it, in the same words.
#include "kraken/process/launch/launch_check.hpp"
#include "unit/process/in_fork.hpp"
#include "unit/process/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using kraken::process::find_obstacles;
using kraken::process::find_reading_obstacle;
using kraken::process::launch_part;
using kraken::process::launch_spec;

launch_spec spec_of(std::string program) {
  launch_spec out;
  out.argv = {std::move(program)};
  return out;
}

} // namespace

TEST_CASE("a program that can be started has nothing in its way") {
  auto spec = spec_of("sh");
  spec.directory = "/";
  spec.user = "root";
  spec.group = "0";
  CHECK(find_obstacles(spec).empty());
  CHECK(find_obstacles(spec_of("/bin/sh")).empty());
}

TEST_CASE("a program is looked for where its child would") {
  const kraken::process::test::temporary_directory here;
  std::ofstream{here / "plain"} << "x";
  auto spec = spec_of("./plain");
  spec.directory = here.path();
  REQUIRE(find_obstacles(spec).size() == 1);
  CHECK(find_obstacles(spec).front().text == "'" + here.path() + "/./plain' is not executable");
  spec.argv = {"plain"};
  CHECK(find_obstacles(spec).front().part == launch_part::program);
  spec.environment.set["PATH"] = here.path();
  CHECK(find_obstacles(spec).front().text == "'" + (here / "plain") + "' is not executable");
  REQUIRE(::chmod((here / "plain").c_str(), 0755) == 0);
  CHECK(find_obstacles(spec).empty());
  spec.argv = {"/no/such/program"};
  CHECK(find_obstacles(spec).front().text == "there is no file '/no/such/program'");
  spec.argv = {"/tmp"};
  CHECK(find_obstacles(spec).front().text == "'/tmp' is not a file");
  spec.argv = {};
  CHECK(find_obstacles(spec).front().text == "there is no program to start");
}

TEST_CASE("programs and folders are looked at with the eyes of the child's user") {
  const kraken::process::test::temporary_directory here;
  const auto closed = here / "closed";
  REQUIRE(::chmod(here.path().c_str(), 0755) == 0);
  REQUIRE(::mkdir(closed.c_str(), 0755) == 0);
  const auto program = closed + "/run";
  std::ofstream{program} << "x";
  REQUIRE(::chmod(program.c_str(), 0755) == 0);
  auto spec = spec_of(program);
  spec.directory = closed;
  spec.user = "4000000001";
  spec.group = "4000000001";
  CHECK(find_obstacles(spec).empty());
  CHECK_FALSE(find_reading_obstacle(spec, program));
  const std::string by = " by '4000000001'";

  SECTION("a file's own bits count") {
    REQUIRE(::chmod(program.c_str(), 0744) == 0);
    REQUIRE(find_obstacles(spec).size() == 1);
    CHECK(find_obstacles(spec).front().part == launch_part::program);
    CHECK(find_obstacles(spec).front().text == "'" + program + "' cannot be run" + by);
    CHECK_FALSE(find_reading_obstacle(spec, program));
    REQUIRE(::chmod(program.c_str(), 0711) == 0);
    CHECK(find_reading_obstacle(spec, program) == "'" + program + "' cannot be read" + by);
  }
  SECTION("and those of the folders above, also of a program in PATH") {
    REQUIRE(::chmod(closed.c_str(), 0700) == 0);
    const auto found = find_obstacles(spec);
    REQUIRE(found.size() == 2);
    CHECK(found[0].text == "'" + closed + "' cannot be entered" + by);
    const auto far =
        "'" + program + "' cannot be reached" + by + ": '" + closed + "' is closed to that user";
    CHECK(found[1].text == far);
    CHECK(find_reading_obstacle(spec, program) == far);
    CHECK(find_reading_obstacle(spec, closed) == "'" + closed + "' cannot be entered" + by);
    spec.argv = {"run"};
    spec.environment.set["PATH"] = closed;
    CHECK(find_obstacles(spec).back().text == far);
  }
  SECTION("the owner's bits are the owner's, the group's the group's") {
    REQUIRE(::chmod(program.c_str(), 0077) == 0);
    spec.argv = {"/bin/sh"};
    spec.user = std::to_string(::geteuid());
    if (::geteuid() != 0) {
      CHECK(find_reading_obstacle(spec, program));
    }
    spec.user = "4000000001";
    spec.group = std::to_string(::getegid());
    CHECK_FALSE(find_reading_obstacle(spec, program));
    REQUIRE(::chmod(program.c_str(), 0707) == 0);
    CHECK(find_reading_obstacle(spec, program));
  }
  SECTION("root reads and enters everything, and nobody asks for the daemon's own") {
    REQUIRE(::chmod(closed.c_str(), 0700) == 0);
    spec.user = "0";
    CHECK(find_obstacles(spec).empty());
    spec.user.clear();
    CHECK(find_obstacles(spec).empty());
    CHECK_FALSE(find_reading_obstacle(spec, program));
  }
}

TEST_CASE("everything in the way is told, and each once") {
  auto spec = spec_of("bin/x");
  spec.directory = "/no/such/place";
  spec.user = "no-such-user";
  spec.group = "no-such-group";
  const auto found = find_obstacles(spec);
  REQUIRE(found.size() == 3);
  CHECK(found[0].part == launch_part::directory);
  CHECK(found[0].text == "there is no directory '/no/such/place'");
  CHECK(found[1].text == "no user 'no-such-user'");
  CHECK(found[2].text == "no group 'no-such-group'");
  spec = spec_of("sh");
  spec.user = "4000000001";
  CHECK(find_obstacles(spec).front().part == launch_part::user);
  spec.group = "0";
  CHECK(find_obstacles(spec).empty());
}

TEST_CASE("limits that cannot be granted are found before") {
  using kraken::process::find_limit_obstacles;
  auto spec = spec_of("sh");
  struct rlimit own {};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &own) == 0);
  spec.limits.open_files = 16;
  CHECK(find_limit_obstacles(spec).empty());
  spec.limits.open_files = 9'999'999'999'999; // above what any kernel has as fs.nr_open
  REQUIRE(find_limit_obstacles(spec).size() == 1);
  CHECK(find_limit_obstacles(spec).front().limit == "nofile");
  CHECK(find_limit_obstacles(spec).front().text.starts_with("'9999999999999' is above fs.nr_open"));
}

TEST_CASE("who may not raise hard limits grants no more than its own") {
  const auto wrong = kraken::process::test::in_fork([] {
    const struct rlimit low { 8, 8 };
    auto spec = spec_of("sh");
    spec.limits.processes = 9;
    if (::setrlimit(RLIMIT_NPROC, &low) != 0 ||
        (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0)) {
      return 1;
    }
    const auto found = kraken::process::find_limit_obstacles(spec);
    if (found.size() != 1 || found.front().limit != "nproc") {
      return 2;
    }
    return found.front().text == "'9' is above the hard limit of who starts it, 8" ? 0 : 3;
  });
  CHECK(wrong == 0);
}
