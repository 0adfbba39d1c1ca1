// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What is read from /proc/PID/stat of a process on its way out, and from what is none.
#include "kraken/process/host/process_state.hpp"

#include <string>

#include <catch2/catch.hpp>

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

using namespace kraken;
using namespace kraken::process;

namespace {

/// As proc(5) has it: 52 fields, of which three tell something here.
std::string
stat_text(const std::string& flags, const std::string& threads, const std::string& code) {
  std::string text = "4711 (a) b (c) R";
  for (int field = 4; field <= 52; ++field) {
    text += " " + (field == 9 ? flags : field == 20 ? threads : field == 52 ? code : "0");
  }
  return text + "\n";
}

// PF_EXITING with others.
const std::string on_its_way = std::to_string(0x00402100 | 4);

} // namespace

TEST_CASE("a process on its way out shows how it ends") {
  const auto killed = read_ending(stat_text(on_its_way, "1", "9"));
  REQUIRE(killed);
  CHECK(killed->by_signal);
  CHECK(killed->value == 9);
  CHECK_FALSE(killed->core_dumped);

  const auto crashed = read_ending(stat_text(on_its_way, "1", std::to_string(11 | 0x80)));
  REQUIRE(crashed);
  CHECK(crashed->by_signal);
  CHECK(crashed->value == 11);
  CHECK(crashed->core_dumped);

  const auto left = read_ending(stat_text(on_its_way, "1", std::to_string(3 << 8)));
  REQUIRE(left);
  CHECK_FALSE(left->by_signal);
  CHECK(left->value == 3);
}

TEST_CASE("a child that a signal holds is stopped until another lets it go") {
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    for (;;) {
      ::pause();
    }
  }
  siginfo_t told{};
  CHECK_FALSE(stopped(child));
  REQUIRE(::kill(child, SIGSTOP) == 0);
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &told, WSTOPPED | WNOWAIT) == 0);
  CHECK(stopped(child));
  CHECK(stopped(child)); // a look, nothing is taken
  REQUIRE(::kill(child, SIGCONT) == 0);
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &told, WCONTINUED) == 0);
  CHECK_FALSE(stopped(child));
  REQUIRE(::kill(child, SIGKILL) == 0);
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &told, WEXITED) == 0);
  CHECK_FALSE(stopped(child));
  CHECK_FALSE(stopped(::getppid())); // no child of ours
}

TEST_CASE("what may still run, or is not told, is no end") {
  CHECK_FALSE(read_ending(stat_text("4194304", "1", "9")));  // not on its way out
  CHECK_FALSE(read_ending(stat_text(on_its_way, "2", "9"))); // another thread may run
  CHECK_FALSE(read_ending(stat_text(on_its_way, "1", "0"))); // or hidden from us
  CHECK_FALSE(read_ending(stat_text(on_its_way, "1", "")));  // cut off
  CHECK_FALSE(read_ending("4711 (php) R 1 2 3"));
  CHECK_FALSE(read_ending("nonsense"));
  CHECK_FALSE(read_ending(""));
}

TEST_CASE("a process that runs is not ending") {
  CHECK_FALSE(ending(::getpid()));
}
