// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// When garbage is collected, by sizes and costs.
#include "php/native/collection_plan.hpp"

#include <catch2/catch.hpp>

namespace kraken::php {

constexpr std::size_t heap = 20U << 20U;
constexpr auto step = collection_plan::step_min;
constexpr auto took = collection_plan::cheap;

TEST_CASE("a heap that grows is collected, one that does not is left alone") {
  collection_plan plan;
  CHECK_FALSE(plan.due(heap)); // what the application needs
  CHECK_FALSE(plan.due(heap + step - 1));
  CHECK(plan.due(heap + step));
  plan.collected(heap + step, heap, took);
  CHECK_FALSE(plan.due(heap + step - 1));
  CHECK(plan.due(heap + step));
}

TEST_CASE("where a collection is not cheap it is due later, until one is") {
  collection_plan plan;
  CHECK_FALSE(plan.due(heap));
  plan.collected(heap + step, heap, took + std::chrono::nanoseconds{1});
  CHECK_FALSE(plan.due(heap + collection_plan::step_usual - 1));
  CHECK(plan.due(heap + collection_plan::step_usual));
  plan.collected(heap + collection_plan::step_usual, heap, took);
  CHECK(plan.due(heap + step));
}

TEST_CASE("growth that is no garbage is looked at less and less often") {
  collection_plan plan;
  CHECK_FALSE(plan.due(heap));
  std::size_t used = heap;
  for (auto next = step; next < collection_plan::step_max; next *= 2) {
    CHECK_FALSE(plan.due(used + next - 1));
    used += next;
    CHECK(plan.due(used));
    plan.collected(used, used, took);
  }
  used += collection_plan::step_max;
  CHECK(plan.due(used));
  plan.collected(used, used, took);
  CHECK(plan.due(used + collection_plan::step_max)); // and not later than that
  plan.collected(used + collection_plan::step_max, used, took);
  CHECK(plan.due(used + step)); // garbage again
}

TEST_CASE("a heap that has shrunk is what the next growth is measured by") {
  collection_plan plan;
  CHECK_FALSE(plan.due(heap));
  CHECK_FALSE(plan.due(heap / 2));
  CHECK(plan.due(heap / 2 + step));
  plan.collected(heap, heap + 1, took); // destructors may allocate
  CHECK_FALSE(plan.due(heap + 1));
}

} // namespace kraken::php
