// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The form of a failure.
#include "console/failure.hpp"

#include <catch2/catch.hpp>

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
