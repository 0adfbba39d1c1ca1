// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Growing and shrinking as a table.
#include "kraken/model/pool_scaling.hpp"

#include <catch2/catch.hpp>

namespace model = kraken::model;
using namespace std::chrono_literals;
using model::pool_load;
using model::scaling;
using model::scaling_rules;

TEST_CASE("next_scaling") {
  const scaling_rules plain{.min = 2, .max = 8};
  const scaling_rules gradual{.min = 2, .max = 8, .gradual_idle = 30s};
  const scaling_rules both{.min = 2, .max = 8, .gradual_idle = 30s, .aggressive_idle = 60s};
  const scaling_rules early{.min = 2, .max = 8, .gradual_idle = 30s, .aggressive_idle = 10s};
  auto [text, rules, load, wanted] =
      GENERATE_COPY(table<std::string, scaling_rules, pool_load, scaling>({
          {"an empty pool grows to min", plain, {}, {2, 0}},
          {"starting workers count", plain, {.starting = 2}, {0, 0}},
          {"failed workers keep their place", plain, {.idle = 1, .failed = 1}, {0, 0}},
          {"a waiting request gets a worker", plain, {.busy = 2, .waiting = 1}, {1, 0}},
          {"each of them, up to max", plain, {.busy = 2, .waiting = 100}, {6, 0}},
          {"unless one starts for it", plain, {.starting = 1, .busy = 2, .waiting = 1}, {0, 0}},
          {"only the others", plain, {.starting = 1, .busy = 2, .waiting = 3}, {2, 0}},
          {"a full pool stays", plain, {.busy = 8, .waiting = 9}, {0, 0}},
          {"a pool above max does not grow", plain, {.busy = 9, .waiting = 9}, {0, 0}},
          {"without idle times nothing shrinks", plain, {.idle = 8, .unused = 24h}, {0, 0}},
          {"not yet", gradual, {.idle = 8, .unused = 29s}, {0, 0}},
          {"one at a time", gradual, {.idle = 8, .unused = 30s}, {0, 1}},
          {"down to min", gradual, {.idle = 2, .unused = 30s}, {0, 0}},
          {"never a busy one", gradual, {.busy = 8, .unused = 30s}, {0, 0}},
          {"gradually before aggressively", both, {.idle = 8, .unused = 59s}, {0, 1}},
          {"aggressively to min", both, {.idle = 8, .unused = 60s}, {0, 6}},
          {"only idle ones", both, {.idle = 3, .busy = 5, .unused = 60s}, {0, 3}},
          {"aggressive does not wait for gradual", early, {.idle = 8, .unused = 10s}, {0, 6}},
          {"not while requests wait",
           {.min = 1, .max = 2, .aggressive_idle = 1s},
           {.idle = 2, .waiting = 1, .unused = 1h},
           {0, 0}},
      }));
  CAPTURE(text);
  CHECK(model::next_scaling(rules, load) == wanted);
}
