// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Orphans of real programs: which may live, which are ended, and that no zombie stays.
#include "kraken/process/launch/child_registry.hpp"

#include "unit/process/running_child.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>

#include <catch2/catch.hpp>

#include <sys/prctl.h>
#include <sys/wait.h>

namespace kraken::process {

namespace {

using test::read_line;
using test::reap;
using test::shell;

// Waits for any child to end without reaping it: the end of what a sweep killed.
void await_an_end() {
  siginfo_t info{};
  ::alarm(static_cast<unsigned>(test::patience.count())); // the deadline ends the test program
  ::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
  ::alarm(0);
}

bool childless() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD;
}

bool exists(pid_t pid) {
  return std::ifstream{"/proc/" + std::to_string(pid) + "/stat"}.good();
}

struct as_subreaper {
  as_subreaper() { REQUIRE(become_subreaper()); }
  ~as_subreaper() { ::prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0); }
};

} // namespace

TEST_CASE("an orphan outside the group lives as long as its container, and no longer") {
  const as_subreaper reaper;
  child_registry children;
  // The middle shell ends at once: its daemon is re-parented while the container lives.
  auto made = children.launch(
      shell("sh -c \"setsid sh -c 'echo \\$\\$; exec sleep 1000' & wait\" & sleep 1000"));
  REQUIRE(made);
  const auto orphan = std::stoi(read_line(made->standard_output.get()));
  REQUIRE(::getpgid(orphan) != made->process.pid());

  auto swept = children.sweep();
  REQUIRE(swept);
  CHECK(swept->killed == 0);
  CHECK(exists(orphan));

  REQUIRE(made->process.send_group(SIGKILL));
  CHECK(reap(made->process).value == SIGKILL);
  children.ended(made->process.pid());

  // Its fate comes in rounds: the group's zombies are reaped, the daemon is killed, then reaped.
  for (int round = 0; round < 20 && !childless(); ++round) {
    REQUIRE(children.sweep());
    if (!childless()) {
      await_an_end();
    }
  }
  CHECK(childless());
  CHECK_FALSE(exists(orphan));
}

TEST_CASE("an orphan in the group of a living container is left alone") {
  const as_subreaper reaper;
  child_registry children;
  auto made =
      children.launch(shell("sh -c 'env -i sleep 1000 & echo $!'; echo next; exec sleep 1000"));
  REQUIRE(made);
  const auto orphan = std::stoi(read_line(made->standard_output.get()));
  CHECK(read_line(made->standard_output.get()) == "next");
  const auto swept = children.sweep();
  REQUIRE(swept);
  CHECK(swept->killed == 0);
  CHECK(exists(orphan));
  REQUIRE(made->process.send_group(SIGKILL));
  reap(made->process);
  children.ended(made->process.pid());
  await_an_end();
  CHECK(children.sweep()->reaped == 1);
  CHECK(childless());
}

TEST_CASE("an orphan without environment and group lives as long as its container") {
  const as_subreaper reaper;
  child_registry children;
  auto made = children.launch(
      shell("sh -c \"env -i setsid sh -c 'echo \\$\\$; exec sleep 1000' & wait\" & sleep 1000"));
  auto other = children.launch(shell("exec sleep 1000"));
  REQUIRE(made);
  REQUIRE(other);
  const auto orphan = std::stoi(read_line(made->standard_output.get()));
  REQUIRE(::getpgid(orphan) != made->process.pid());
  CHECK(children.sweep()->killed == 0);

  REQUIRE(made->process.send_group(SIGKILL));
  CHECK(reap(made->process).value == SIGKILL);
  children.ended(made->process.pid());
  std::vector<std::string> named;
  for (int round = 0; round < 20 && exists(orphan); ++round) {
    const auto swept = children.sweep();
    REQUIRE(swept);
    named.insert(named.end(), swept->names.begin(), swept->names.end());
    if (exists(orphan)) {
      await_an_end();
    }
  }
  CHECK_FALSE(exists(orphan));
  CHECK(std::ranges::any_of(named, [orphan](const std::string& each) {
    return each.starts_with(std::to_string(orphan) + " "); // members of the group may be dying yet
  }));
  CHECK(exists(other->process.pid()));
  REQUIRE(other->process.send_group(SIGKILL));
  reap(other->process);
  children.ended(other->process.pid());
  for (int round = 0; round < 20 && !childless(); ++round) {
    REQUIRE(children.sweep());
  }
  CHECK(childless());
}

TEST_CASE("an orphan that cannot be told apart is ended with the daemon") {
  const as_subreaper reaper;
  child_registry children;
  auto made = children.launch(
      shell("env -i prlimit --rttime=unlimited setsid sh -c 'echo $$; exec sleep 1000' & wait $!"));
  REQUIRE(made);
  const auto orphan = std::stoi(read_line(made->standard_output.get()));
  REQUIRE(made->process.send(SIGKILL));
  CHECK(reap(made->process).value == SIGKILL);
  children.ended(made->process.pid());
  const auto swept = children.sweep();
  CHECK(swept->killed == 0);
  CHECK(swept->unknown == 1);
  CHECK(exists(orphan));
  CHECK(children.sweep(sweep_extent::all)->killed == 1);
  await_an_end();
  CHECK(children.sweep(sweep_extent::all)->reaped == 1);
  CHECK(childless());
}

TEST_CASE("a sweep never takes a child that has an owner") {
  const as_subreaper reaper;
  child_registry children;
  auto made = children.launch(shell("exit 7"));
  REQUIRE(made);
  await_an_end();
  const auto swept = children.sweep(sweep_extent::all);
  REQUIRE(swept);
  CHECK(swept->reaped == 0);
  CHECK(reap(made->process).value == 7);
  children.ended(made->process.pid());
}

TEST_CASE("another child's child is adopted only while it is ours and unclaimed") {
  child_registry children;
  auto made = launch(shell("exec sleep 1000"));
  REQUIRE(made);
  REQUIRE(children.adopt(made->process, made->mark));
  CHECK(children.adopt(made->process, made->mark).error().code == errc::already_exists);
  auto stranger = pidfd::open(::getppid());
  REQUIRE(stranger);
  CHECK(children.adopt(*stranger, "x").error().code == errc::not_found);
  REQUIRE(made->process.send(SIGKILL));
  CHECK(reap(made->process).value == SIGKILL);
}

} // namespace kraken::process
