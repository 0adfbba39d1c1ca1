// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which descriptors a program may be told to show its readiness by.
#include "kraken/model/ready_descriptor.hpp"

#include "kraken/model/child_spec.hpp"

#include <string>

#include <catch2/catch.hpp>

using kraken::errc;
using kraken::model::ready_descriptor;
using kraken::model::ready_spec;

TEST_CASE("a descriptor behind the standard ones, up to the bound") {
  CHECK(*ready_descriptor("3") == 3);
  CHECK(*ready_descriptor("1023") == 1023);
  CHECK(*ready_descriptor(std::to_string(ready_spec::fd_min)) == ready_spec::fd_min);
  CHECK(*ready_descriptor(std::to_string(ready_spec::fd_max)) == ready_spec::fd_max);
}

TEST_CASE("everything else is named") {
  const auto* const text = GENERATE("", "2", "1024", "-1", "x", "3x", " 3", "99999999999999999999");
  const auto got = ready_descriptor(text);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::invalid_argument);
  CHECK(got.error().context ==
        "expected a descriptor from 3 to 1023, got '" + std::string{text} + "'");
}
