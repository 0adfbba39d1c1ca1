// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What is in the way of a launch is found before it, in the same words.
#include "kraken/process/launch/launch_check.hpp"
#include "unit/process/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include <sys/stat.h>

namespace {

using kraken::process::find_obstacles;
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
