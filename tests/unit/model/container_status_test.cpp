// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Live numbers of a container that several shards write.
#include "kraken/model/container_status.hpp"

#include <catch2/catch.hpp>

using kraken::model::gauges;

TEST_CASE("a number of a container is its own and that of every part") {
  auto first = std::make_shared<gauges>();
  auto second = std::make_shared<gauges>();
  gauges whole;
  whole.requests.add(1);
  CHECK(whole.sum(&gauges::requests) == 1);

  whole.parts = {first, second};
  first->requests.add(10);
  second->requests.add(100);
  second->busy.set(2);
  CHECK(whole.sum(&gauges::requests) == 111);
  CHECK(whole.sum(&gauges::busy) == 2);
  CHECK(whole.sum(&gauges::waiting) == 0);
}
