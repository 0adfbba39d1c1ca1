// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Recycling as a table.
#include "kraken/model/recycle_rules.hpp"

#include <catch2/catch.hpp>

namespace model = kraken::model;
using namespace std::chrono_literals;
using namespace kraken::literals;
using act = model::recycle_verdict::act;
using recycle_why = model::recycle_reason;
using model::recycle_rules;
using model::worker_use;

TEST_CASE("judge") {
  const recycle_rules none;
  const recycle_rules all{.requests = 10,
                          .requests_most = 19,
                          .ttl = 1h,
                          .idle_ttl = 1min,
                          .memory_soft = 64_MiB,
                          .memory_hard = 128_MiB};
  auto [rules,
        use,
        what,
        reason] = GENERATE_COPY(table<recycle_rules, worker_use, act, recycle_why>({
      {none,
       {.requests = 1U << 30U, .age = 24h, .idle = 24h, .memory = 9_GiB},
       act::keep,
       recycle_why::none},
      {none, {.wants_out = true}, act::retire, recycle_why::own_wish},
      {none, {.busy = true, .wants_out = true}, act::keep, recycle_why::own_wish},
      {all,
       {.requests = 9, .age = 59min, .idle = 59s, .memory = 64_MiB},
       act::keep,
       recycle_why::none},
      {all, {.requests = 10}, act::replace, recycle_why::requests},
      {all, {.requests = 18}, act::replace, recycle_why::requests},
      {all, {.requests = 19}, act::retire, recycle_why::requests},
      {all, {.requests = 20, .busy = true}, act::keep, recycle_why::requests},
      {all, {.requests = 10, .wants_out = true}, act::retire, recycle_why::requests},
      {all, {.age = 1h}, act::replace, recycle_why::ttl},
      {all, {.memory = 65_MiB}, act::replace, recycle_why::memory_soft},
      {all, {.memory = 65_MiB, .busy = true}, act::keep, recycle_why::memory_soft},
      {all, {.idle = 1min}, act::replace, recycle_why::idle},
      {all, {.idle = 1min, .busy = true}, act::keep, recycle_why::none},
      {all, {.memory = 128_MiB}, act::replace, recycle_why::memory_soft},
      {all, {.memory = 129_MiB}, act::kill, recycle_why::memory_hard},
      {all, {.requests = 10, .memory = 129_MiB, .busy = true}, act::kill, recycle_why::memory_hard},
  }));
  CAPTURE(use.requests, use.age.count(), use.idle.count(), use.memory.value, use.busy);
  const auto verdict = model::judge(rules, use);
  CHECK(model::to_string(verdict.what) == model::to_string(what));
  CHECK(static_cast<int>(verdict.why) == static_cast<int>(reason));
}

TEST_CASE("recycling: wording") {
  const recycle_rules all{
      .requests = 10, .ttl = 1h, .idle_ttl = 1min, .memory_soft = 64_MiB, .memory_hard = 128_MiB};
  CHECK(model::describe(recycle_why::none, all).empty());
  CHECK(model::describe(recycle_why::memory_hard, all) == "memory above 128M");
  CHECK(model::describe(recycle_why::own_wish, all) == "its own wish");
  CHECK(model::describe(recycle_why::requests, all) == "10 requests");
  CHECK(model::describe(recycle_why::ttl, all) == "older than 1h");
  CHECK(model::describe(recycle_why::memory_soft, all) == "memory above 64M");
  CHECK(model::describe(recycle_why::idle, all) == "idle for 1m");
  CHECK(model::describe(static_cast<recycle_why>(99), all) == "unknown");
  CHECK(model::to_string(act::keep) == "keep");
  CHECK(model::to_string(act::replace) == "replace");
  CHECK(model::to_string(act::retire) == "retire");
  CHECK(model::to_string(act::kill) == "kill");
  CHECK(model::to_string(static_cast<act>(99)) == "unknown");
}
