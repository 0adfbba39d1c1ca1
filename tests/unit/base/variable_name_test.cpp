// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Names and values that no program can be given.
#include "kraken/base/variable_name.hpp"

#include <catch2/catch.hpp>

using kraken::variable_fault;
using namespace std::string_view_literals;

TEST_CASE("a variable is a name without = and a value, both without NUL") {
  CHECK(variable_fault("A", "") == "");
  CHECK(variable_fault("a b", "=x") == "");
  CHECK(variable_fault("", "x") == "the name of a variable must not be empty");
  CHECK(variable_fault("A=B", "x") == "the name of a variable has no '='");
  CHECK(variable_fault("A\0"sv, "x") == "the name of a variable has no NUL byte");
  CHECK(variable_fault("A", "x\0y"sv) == "the value of a variable has no NUL byte");
}
