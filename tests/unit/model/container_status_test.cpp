// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Live numbers of a container that several shards write, and its failures.
#include "kraken/model/container_status.hpp"

#include "kraken/base/limits.hpp"

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

TEST_CASE("the history keeps the last failures, oldest first, and never changes what it gave out") {
  namespace model = kraken::model;
  model::failure_history history;
  std::vector<model::failure_history> given;
  for (std::uint64_t n = 1; n <= kraken::limits::failures_kept + 3; ++n) {
    model::past_failure one;
    one.generation = n;
    history = model::with_failure(history, one);
    given.push_back(history);
  }
  REQUIRE(history->size() == kraken::limits::failures_kept);
  CHECK(history->front().generation == 4);
  CHECK(history->back().generation == kraken::limits::failures_kept + 3);
  CHECK(given.front()->size() == 1);
  CHECK(given.front()->front().generation == 1);
}

TEST_CASE("companions have words, and unknown words mean none") {
  using kraken::model::companion;
  for (const auto each : {companion::none, companion::successor, companion::predecessor}) {
    CHECK(kraken::model::companion_of(kraken::model::to_string(each)) == each);
  }
  CHECK(kraken::model::to_string(companion::predecessor) == "predecessor");
  CHECK(kraken::model::companion_of("other") == companion::none);
}
