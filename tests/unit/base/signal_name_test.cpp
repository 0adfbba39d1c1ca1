// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Every signal has one name.
#include "kraken/base/signal_name.hpp"

#include <csignal>
#include <set>

#include <catch2/catch.hpp>

namespace kraken {

TEST_CASE("every signal but the real-time ones has a name of its own") {
  std::set<std::string_view> names;
  for (int number = 1; number <= SIGSYS; ++number) {
    const auto name = signal_name(number);
    INFO(number);
    CHECK(name.substr(0, 3) == "SIG");
    CHECK(names.insert(name).second);
  }
  CHECK(signal_name(9) == "SIGKILL");
  CHECK(signal_name(15) == "SIGTERM");
}

TEST_CASE("other numbers have none") {
  const int number = GENERATE(-1, 0, 32, 34, 64, 99, 999);
  CHECK(signal_name(number).empty());
}

TEST_CASE("every name is that of its number, what is no name of none") {
  for (int number = 1; number < 32; ++number) {
    CHECK(signal_number(signal_name(number)) == number);
  }
  CHECK(signal_number("KILL") == 0);
  CHECK(signal_number("") == 0);
}

} // namespace kraken
