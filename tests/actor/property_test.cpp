// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Random trees, failures, verbs, messages and time against the reference model, 10,000 steps, by
/// rapidcheck. A failing history is made as short as it can be and printed with the seed that
/// replays it: `KRAKEN_SEED=123 build/bin/actor_test 'property: *'`.
#include "pair_of_trees.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <random>
#include <rapidcheck.h>
#include <sstream>
#include <utility>

namespace kraken::actor_test {

namespace {

constexpr int steps_of_a_run = 40;
constexpr int runs = 250;
static_assert(steps_of_a_run * runs >= 10'000);

/// Divisible by whatever these numbers choose among, and few enough to shrink fast.
constexpr std::uint32_t number_max = 5'040;

/// Everything random of a run.
struct history {
  numbers shape;
  std::vector<numbers> steps;
};

std::ostream& operator<<(std::ostream& to, const history& what) {
  return to << what.steps.size() << " steps, told below";
}

rc::Gen<numbers> many_numbers(std::size_t count) {
  return rc::gen::container<numbers>(count, rc::gen::inRange<std::uint32_t>(0, number_max));
}

/// The same with a part of it zero: large parts first. Number by number would take minutes.
rc::Seq<numbers> with_zeros(const numbers& all) {
  std::vector<numbers> tries;
  for (auto length = all.size() / 2; length > 2; length /= 2) {
    for (std::size_t from = 0; from + length <= all.size(); from += length) {
      auto one = all;
      std::fill_n(one.begin() + static_cast<std::ptrdiff_t>(from), length, 0);
      if (one != all) {
        tries.push_back(std::move(one));
      }
    }
  }
  return rc::seq::fromContainer(std::move(tries));
}

/// Fewer steps, then a plainer tree and plainer steps.
rc::Seq<history> smaller(const history& of) {
  const auto plainer = [](const numbers& all) {
    return rc::shrink::eachElement(all, [](std::uint32_t one) {
      std::vector<std::uint32_t> tries{0, one % 8};
      std::erase_if(tries, [one](std::uint32_t other) { return other >= one; });
      return rc::seq::fromContainer(std::move(tries));
    });
  };
  const auto with_steps = [of](std::vector<numbers>&& steps) {
    return history{of.shape, std::move(steps)};
  };
  const auto with_shape = [of](numbers&& shape) { return history{std::move(shape), of.steps}; };
  return rc::seq::concat(rc::seq::map(rc::shrink::removeChunks(of.steps), with_steps),
                         rc::seq::map(with_zeros(of.shape), with_shape),
                         rc::seq::map(rc::shrink::eachElement(of.steps, plainer), with_steps),
                         rc::seq::map(plainer(of.shape), with_shape));
}

rc::Gen<history> histories() {
  const auto any = rc::gen::build<history>(
      rc::gen::set(&history::shape, many_numbers(160)),
      rc::gen::set(&history::steps,
                   rc::gen::container<std::vector<numbers>>(steps_of_a_run, many_numbers(12))));
  return rc::gen::shrink(rc::gen::noShrink(rc::gen::resize(rc::kNominalSize, any)), smaller);
}

std::uint64_t chosen_seed() {
  const char* const given = std::getenv("KRAKEN_SEED"); // NOLINT(concurrency-mt-unsafe)
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

} // namespace

TEST_CASE("property: the tree does what the reference model does, and keeps its promises") {
  rc::detail::TestParams how;
  how.seed = chosen_seed();
  how.maxSuccess = runs;
  std::cerr << "property: KRAKEN_SEED=" << how.seed << "\n";
  const auto result = rc::detail::checkTestable(
      [] {
        const auto made = *histories();
        pair_of_trees both{source(made.shape)};
        for (const auto& one : made.steps) {
          both.step(source(one));
        }
        both.finish();
      },
      rc::detail::TestMetadata{"property", "supervision"},
      how);
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  INFO("KRAKEN_SEED=" << how.seed << "\n" << text.str());
  CHECK(result.is<rc::detail::SuccessResult>());
}

} // namespace kraken::actor_test
