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

TEST_CASE("a cause is past once the container serves again or another incarnation is there") {
  namespace model = kraken::model;
  model::container_condition c;
  c.in = model::state::started;
  c.at = model::phase::ready;
  CHECK_FALSE(model::past_cause(c)); // there is none
  CHECK(model::remembered_cause(c) == nullptr);
  model::cause why;
  why.kind = model::cause_kind::exit_code;
  why.correlation = 7;
  c.last_cause = why;
  CHECK(model::past_cause(c));
  c.at = model::phase::starting;
  CHECK_FALSE(model::past_cause(c)); // why it does not become ready
  c.generation = 3;
  c.failures = model::with_failure({}, {{}, 2, why.kind, "", 6});
  CHECK(model::remembered_cause(c) == nullptr);
  c.failures = model::with_failure(c.failures, {{}, 2, model::cause_kind::signal, "", 7});
  CHECK(model::remembered_cause(c) == nullptr);
  c.failures = model::with_failure(c.failures, {{}, 2, why.kind, "", 7});
  CHECK(model::remembered_cause(c) == &c.failures->back());
  CHECK(model::past_cause(c));
  c.failures = model::with_failure(c.failures, {{}, 3, why.kind, "", 7});
  CHECK_FALSE(model::past_cause(c));
  c.at = model::phase::backing_off;
  c.in = model::state::failed;
  c.generation = 4;
  CHECK_FALSE(model::past_cause(c));
  c.at = model::phase::ended;
  c.in = model::state::stopped;
  CHECK(model::past_cause(c)); // whoever stopped it did so after that
  why.correlation = 0;
  c.last_cause = why;                // healed before it was stopped
  CHECK_FALSE(model::past_cause(c)); // none reads the same
  c.failures = model::with_failure(c.failures, {{}, 3, why.kind, why.text(), 7});
  CHECK(model::remembered_cause(c) == &c.failures->back());
  CHECK(model::past_cause(c));
  c.at = model::phase::gone;
  c.in = model::state::destroyed;
  CHECK(model::past_cause(c)); // by an order, long after
  c.generation = 3;
  CHECK_FALSE(model::past_cause(c)); // because it had failed
  c.failures.reset();
  CHECK_FALSE(model::past_cause(c));
  c.in = model::state::stopped;
  CHECK_FALSE(model::past_cause(c)); // its own end, which was no failure
}

TEST_CASE("what is spent of a budget is that of now, or what was published where nothing counts") {
  namespace model = kraken::model;
  using namespace std::chrono_literals;
  const kraken::time_point begin{1h};
  model::container_condition c;
  c.restarts_in_window = 5;
  c.intensity = 5;
  CHECK(model::budget_of(c, begin).spent == 5); // given up
  CHECK(model::budget_of(c, begin).intensity == 5);
  model::restart_window window{3, 10s};
  CHECK(window.record("a", begin));
  window.ready("a", begin);
  c.budget = window.gauge();
  CHECK(model::budget_of(c, begin + 10s).spent == 1);
  CHECK(model::budget_of(c, begin + 11s).spent == 0);
  CHECK(model::budget_of(c, begin).intensity == 3);
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

TEST_CASE("an ordered start says who waits for whom") {
  namespace model = kraken::model;
  using model::phase;
  std::vector<std::shared_ptr<const model::container_status>> all;
  const auto add = [&all](std::string parent, std::string alias, phase at, bool autostart = true) {
    auto made = std::make_shared<model::container_status>();
    made->path = parent.empty() ? alias : parent + "/" + alias;
    made->parent = std::move(parent);
    made->alias = std::move(alias);
    made->at = at;
    made->autostart = autostart;
    all.push_back(std::move(made));
  };
  add("", "Main", phase::starting);
  add("Main", "early", phase::idle); // before the one that is waited for: not its turn any more
  add("Main", "first", phase::ready);
  add("Main", "over", phase::ended);
  add("Main", "given_up", phase::parked);
  add("Main", "sidecar", phase::backing_off);
  add("Main", "other", phase::starting);
  add("Main", "web", phase::idle);
  add("Main", "by_hand", phase::idle, false);
  add("Main", "part", phase::ready);
  add("Main/part", "x", phase::starting);
  add("Main/part", "y", phase::idle); // its parent has started: somebody stopped it
  const auto waits = model::start_waits(all);
  REQUIRE(waits.size() == 1);
  CHECK(waits.at("Main/web")->path == "Main/sidecar");
}
