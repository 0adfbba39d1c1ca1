// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Signal names both ways, and exit statuses in words.
#include "kraken/process/signal_name.hpp"

#include <csignal>

#include <catch2/catch.hpp>

namespace kraken::process {

TEST_CASE("every signal has a name that reads back") {
  for (int number = 1; number <= SIGSYS; ++number) {
    const auto name = signal_name(number);
    INFO(name);
    CHECK(name.substr(0, 3) == "SIG");
    CHECK(parse_signal(name) == number);
    CHECK(parse_signal(name.substr(3)) == number);
  }
  CHECK(parse_signal("sigterm") == SIGTERM);
  CHECK(signal_name(SIGRTMIN + 3) == "SIGRTMIN+3");
  CHECK(signal_name(0) == "signal 0");
  CHECK(signal_name(999) == "signal 999");
}

TEST_CASE("what is no signal is said to be none") {
  const auto* text = GENERATE("", "SIG", "SIGNOPE", "15", "SIG TERM");
  const auto made = parse_signal(text);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::parse_error);
  CHECK_THAT(made.error().context, Catch::Contains("'" + std::string{text} + "'"));
}

TEST_CASE("an exit status in words") {
  CHECK(describe_exit({0, false, false}) == "exit code 0");
  CHECK(describe_exit({255, false, false}) == "exit code 255");
  CHECK(describe_exit({9, true, false}) == "signal 9 (SIGKILL)");
  CHECK(describe_exit({11, true, true}) == "signal 11 (SIGSEGV), core dumped");
}

} // namespace kraken::process
