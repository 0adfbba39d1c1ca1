// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The form of a failure.
#include "console/failure.hpp"

#include "console/command_table.hpp"

#include <catch2/catch.hpp>

namespace console = kraken::console;
using kraken::errc;
using kraken::error;
using kraken::console::failure_text;

TEST_CASE("a failure says what, why and what to try") {
  CHECK(failure_text(
            "Process could not be created.", error{errc::not_found, "no container 'X'"}, "x") ==
        "Process could not be created.\nReason: no container 'X' (not_found)\nTry: x\n");
  CHECK(failure_text("", error{errc::timeout, ""}, "kraken tree") ==
        "Reason: no answer within the time allowed (timeout)\nTry: kraken tree\n");
  CHECK(failure_text("no luck", error{errc::internal, "no luck"}, "x") ==
        "Reason: no luck (internal)\nTry: x\n");
}

TEST_CASE("a reason of many lines stays readable and cannot steer the terminal") {
  CHECK(failure_text("", error{errc::invalid_argument, "a:1: x\nb:2: \x1b[31m"}, "y") ==
        "Reason: a:1: x\n        b:2: ?[31m (invalid_argument)\nTry: y\n");
}

TEST_CASE("every error has a command to try next") {
  for (const auto& row : kraken::errc_table) {
    INFO(row.name);
    const std::string next = console::next_command(row.code, "process:start", "w1");
    const std::size_t sudo = next.starts_with("sudo ") ? 5 : 0;
    REQUIRE(next.substr(sudo).starts_with("kraken "));
    const std::size_t begin = sudo + 7;
    const std::string name = next.substr(begin, next.find(' ', begin) - begin);
    CHECK(console::find_command(name) != nullptr);
  }
  CHECK(console::next_command(errc::start_failed, "", "w1") == "kraken logs w1");
  CHECK(console::next_command(errc::start_failed, "process:create", "w1") == "kraken events -n 20");
  CHECK(console::next_command(errc::invalid_argument, "reload", "") == "kraken arch:check");
  CHECK(console::next_command(errc::parse_error, "arch:apply", "") == "kraken arch:check");
  CHECK(console::next_command(errc::parse_error, "", "") == "kraken config:validate");
  CHECK(console::next_command(errc::invalid_argument, "scale", "") == "kraken help scale");
  CHECK(console::next_command(errc::permission_denied, "ps", "") == "sudo kraken ps");
}
