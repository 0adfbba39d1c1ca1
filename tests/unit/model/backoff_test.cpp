// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The backoff series, its cap and its jitter.
#include "kraken/model/backoff.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace model = kraken::model;
using namespace std::chrono_literals;
using kraken::milliseconds;

TEST_CASE("backoff_base: first at once, then doubling to the cap") {
  auto [restarts, delay] = GENERATE(table<std::uint32_t, milliseconds>({
      {0, 0ms},
      {1, 100ms},
      {2, 200ms},
      {3, 400ms},
      {4, 800ms},
      {9, 25'600ms},
      {10, 30s},
      {1'000'000, 30s},
      {std::numeric_limits<std::uint32_t>::max(), 30s},
  }));
  CHECK(model::backoff_base(model::backoff_spec{}, restarts) == delay);
}

TEST_CASE("backoff_base: factor 1 and min 0 do not grow") {
  model::backoff_spec spec;
  spec.factor = 1.0;
  CHECK(model::backoff_base(spec, std::numeric_limits<std::uint32_t>::max()) == 100ms);
  spec.factor = 2.0;
  spec.min = 0ms;
  CHECK(model::backoff_base(spec, 1000) == 0ms);
}

TEST_CASE("backoff_delay: stays within the jitter and below the cap") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  model::jitter_source random{seed};
  const model::backoff_spec spec;
  milliseconds least = 1h;
  milliseconds most = 0ms;
  for (int i = 0; i < 2000; ++i) {
    const auto delay = model::backoff_delay(spec, 4, random);
    least = std::min(least, delay);
    most = std::max(most, delay);
    CHECK(model::backoff_delay(spec, 30, random) <= 30s);
  }
  CHECK(least >= 640ms);
  CHECK(most <= 960ms);
  CHECK(least < 700ms);
  CHECK(most > 900ms);
}

TEST_CASE("backoff_delay: the first restart is immediate and takes no randomness") {
  model::jitter_source random{7};
  const model::jitter_source before = random;
  CHECK(model::backoff_delay(model::backoff_spec{}, 0, random) == 0ms);
  CHECK(random == before);
}

TEST_CASE("backoff_delay: a seed replays") {
  model::jitter_source one{42};
  model::jitter_source two{42};
  for (std::uint32_t i = 1; i < 10; ++i) {
    CHECK(model::backoff_delay(model::backoff_spec{}, i, one) ==
          model::backoff_delay(model::backoff_spec{}, i, two));
  }
}

TEST_CASE("backoff_delay: no jitter, and more than all of it") {
  model::jitter_source random{1};
  model::backoff_spec spec;
  spec.jitter_percent = 0;
  CHECK(model::backoff_delay(spec, 2, random) == 200ms);
  spec.jitter_percent = 5000; // check() rejects it; the delay must not turn negative
  for (int i = 0; i < 100; ++i) {
    CHECK(model::backoff_delay(spec, 2, random) >= 0ms);
  }
}

TEST_CASE("patient_delay: work is paid for, what ends in vain waits longer each time") {
  using model::budget;
  auto [in_vain, restarts, delay] = GENERATE(table<std::uint32_t, budget, milliseconds>({
      {0, budget::left, 0ms},
      {0, budget::spent, 100ms},
      {1, budget::left, 0ms},
      {1, budget::spent, 100ms},
      {2, budget::left, 100ms},
      {2, budget::spent, 100ms},
      {3, budget::left, 200ms},
      {3, budget::spent, 200ms},
      {1'000'000, budget::spent, 30s},
  }));
  CAPTURE(in_vain, restarts);
  model::jitter_source random{1};
  model::backoff_spec spec;
  spec.jitter_percent = 0;
  CHECK(model::patient_delay(spec, in_vain, restarts, random) == delay);
}
