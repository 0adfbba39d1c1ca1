// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A child that takes work before it is ready: what starts after it need not wait, what is above it
/// has to (docs/decisions/0018-open-before-ready.md).
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::strategy;
using model::verb;

namespace {

// `web` is open on demand, and ready on demand.
model::child_spec three(tree_fixture& f, strategy how = strategy::rest_for_one) {
  f.on.always["Main/web"].start = on_start::hang;
  auto made = supervisor("Main", {leaf("before"), leaf("web"), leaf("front"), leaf("last")});
  made.supervise.how = how;
  return made;
}

} // namespace

TEST_CASE_METHOD(tree_fixture, "open: siblings start, the parent is ready when all are") {
  const auto done = start(three(*this));
  CHECK(took() == "start before#1, start web#1");
  opens("Main/web");
  CHECK(took() == "start front#1, start last#1");
  CHECK(phase("Main/front") == phase::ready);
  CHECK(phase("Main/web") == phase::starting);
  CHECK(phase("Main") == phase::starting);
  CHECK_FALSE(done->got);
  becomes_ready("Main/web");
  CHECK(phase("Main") == phase::ready);
  CHECK(done->ok());
  CHECK(done->times == 1);
  CHECK(took().empty());
}

TEST_CASE_METHOD(tree_fixture, "open: said twice, or when ready, it changes nothing") {
  start(three(*this));
  opens("Main/web");
  becomes_ready("Main/web");
  take_trace();
  opens("Main/web");
  CHECK(phase("Main/web") == phase::ready);
  CHECK(took().empty());
}

TEST_CASE_METHOD(tree_fixture, "open: a sibling that is not holds up the rest as ever") {
  on.always["Main/front"].start = on_start::hang;
  start(three(*this));
  opens("Main/web");
  CHECK(took() == "start before#1, start web#1, start front#1");
  becomes_ready("Main/web");
  CHECK(took().empty());
  CHECK(phase("Main") == phase::starting);
  becomes_ready("Main/front");
  CHECK(took() == "start last#1");
  CHECK(phase("Main") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "open: counts for the generation that said it, not for the next") {
  start(three(*this));
  opens("Main/web");
  take_trace();
  crash("Main/web");
  CHECK(took() == "drain last#1, stop last#1, drain front#1, stop front#1, start web#2");
  opens("Main/web");
  CHECK(took() == "start front#2, start last#2");
  becomes_ready("Main/web");
  CHECK(phase("Main") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "open: the failure of one after it is dealt with as ever") {
  start(three(*this));
  opens("Main/web");
  take_trace();
  crash("Main/front");
  CHECK(took() == "drain last#1, stop last#1, start front#2, start last#2");
  CHECK(phase("Main/web") == phase::starting);
  becomes_ready("Main/web");
  CHECK(phase("Main") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "open: one that fails for good is parked, the rest is ready") {
  auto root = three(*this, strategy::one_for_one);
  root.supervise.intensity = 0;
  root.children[1].on_give_up = model::give_up::park;
  start(root);
  opens("Main/web");
  CHECK(phase("Main") == phase::starting);
  crash("Main/web");
  CHECK(phase("Main/web") == phase::parked);
  CHECK(phase("Main") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "open: stopping goes from right to left through it") {
  start(three(*this));
  opens("Main/web");
  take_trace();
  stop_tree(seconds{80});
  CHECK(took() ==
        "drain last#1, stop last#1, drain front#1, stop front#1, drain web#1, stop web#1, "
        "drain before#1, stop before#1");
}

TEST_CASE_METHOD(tree_fixture, "open: a start by a verb is answered when it is ready") {
  start(three(*this));
  opens("Main/web");
  becomes_ready("Main/web");
  REQUIRE(ask(verb::stop, "web")->ok());
  const auto done = ask(verb::start, "web");
  opens("Main/web");
  CHECK_FALSE(done->got);
  becomes_ready("Main/web");
  CHECK(done->ok());
}

} // namespace kraken::actor_test
