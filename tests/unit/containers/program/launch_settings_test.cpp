// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What processes are launched with, and how long they are given to stop.
#include "containers/program/launch_settings.hpp"

#include <catch2/catch.hpp>

using namespace kraken;
using containers::has_work;
using namespace std::chrono_literals;

TEST_CASE("launch settings: each option reaches the process") {
  config::process_options options;
  options.env = {{"A", "1"}};
  options.cwd = "/srv";
  options.user = "www-data";
  options.group = "adm";
  options.limits.nofile = 99;
  options.umask.bits = 077;
  options.stop = config::stop_signal::quit;
  auto made = containers::launch_settings(options);
  CHECK(made.argv.empty());
  CHECK(made.environment.set == options.env);
  CHECK(made.environment.base == process::environment_base::clean);
  CHECK(made.directory == "/srv");
  CHECK(made.user == "www-data");
  CHECK(made.group == "adm");
  CHECK(made.root == process::superuser::refuse);
  CHECK(made.limits.open_files == 99);
  CHECK(made.umask == 077);
  CHECK(made.stop_signal == SIGQUIT);
  options.inherit_env = true;
  options.allow_root = true;
  made = containers::launch_settings(options);
  CHECK(made.environment.base == process::environment_base::inherit);
  CHECK(made.root == process::superuser::allow);
}

TEST_CASE("stop times: work is finished in most of the time, the rest is for the end itself") {
  using mode = model::shutdown_spec::mode;
  const auto drain = [](mode how, has_work unfinished) {
    const auto times = containers::stop_times({.how = how, .time = 5s}, unfinished);
    CHECK_FALSE(times.terminate); // the shell's own deadline kills
    return times.drain;
  };
  CHECK(drain(mode::within, has_work::yes) == 4s);
  CHECK(drain(mode::within, has_work::no) == 0s);
  CHECK(drain(mode::infinity, has_work::yes) > 24h);
  CHECK(drain(mode::infinity, has_work::no) == 0s);
}
