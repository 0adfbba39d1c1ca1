// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Containers whose processes boot take turns: so many at a time, families in turn, and whoever
/// waits can be stopped (docs/decisions/0025-turns-to-boot.md).
#include "kraken/actor/boot_gate.hpp"
#include "kraken/base/limits.hpp"
#include "tree_fixture.hpp"

#include <deque>
#include <set>

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::verb;

namespace {

/// A tree in which `places` of the kinds `fake` and `overlapping` boot at a time.
struct in_turns : tree_fixture {
  explicit in_turns(std::size_t places = 2) {
    tree->shards.front().boots = std::make_shared<actor::boot_gate>(places);
    for (const auto* const name : {"fake", "overlapping"}) {
      tree->kinds.at(name).starts = actor::launches::process;
    }
    tree->sleeps = [this](std::int32_t pid) { return asleep.contains(pid); };
  }

  [[nodiscard]] std::size_t waiting() const { return tree->shards.front().boots->waiting(); }

  /// Children `c1` ... that become ready when they are told to.
  model::child_spec crowd(std::string id, int size) {
    auto made = supervisor(id, {});
    made.supervise.start = model::start_order::parallel;
    for (int i = 1; i <= size; ++i) {
      made.children.push_back(leaf("c" + std::to_string(i)));
      on.always["Main/" + id + "/c" + std::to_string(i)].start = on_start::hang;
    }
    return made;
  }

  std::set<std::int32_t> asleep;
};

} // namespace

TEST_CASE_METHOD(in_turns, "turns: so many boot at a time, the others as they become ready") {
  start(supervisor("Main", {crowd("web", 4)}));
  CHECK(took() == "start c1#1, start c2#1");
  CHECK(phase("Main/web/c3") == phase::starting);
  CHECK(waiting() == 2);
  becomes_ready("Main/web/c2");
  CHECK(took() == "start c3#1");
  becomes_ready("Main/web/c1");
  becomes_ready("Main/web/c3");
  CHECK(took() == "start c4#1");
  becomes_ready("Main/web/c4");
  CHECK(phase("Main") == phase::ready);
  CHECK(waiting() == 0);
}

TEST_CASE_METHOD(in_turns, "turns: the end of one that boots is a place, too") {
  on.always["Main/web/c1"].start = on_start::exit;
  auto root = supervisor("Main", {crowd("web", 3)});
  on.always["Main/web/c1"].start = on_start::exit;
  start(root);
  CHECK(took() == "start c1#1, start c2#1, start c3#1");
}

TEST_CASE_METHOD(in_turns, "turns: a process that sleeps leaves its place to others") {
  start(supervisor("Main", {crowd("web", 3)}));
  CHECK(took() == "start c1#1, start c2#1");
  host_of("Main/web/c1").show_pid(77);
  advance(2 * limits::boot_look);
  CHECK(took().empty());
  asleep.insert(77);
  advance(limits::boot_look);
  CHECK(took() == "start c3#1");
}

TEST_CASE_METHOD(in_turns, "turns: one that has nothing left to compute says so, once is enough") {
  start(supervisor("Main", {crowd("web", 4)}));
  CHECK(took() == "start c1#1, start c2#1");
  host_of("Main/web/c1").boots_no_more();
  host_of("Main/web/c1").boots_no_more();
  run();
  CHECK(took() == "start c3#1");
  becomes_ready("Main/web/c1");
  CHECK(took().empty());
  CHECK(waiting() == 1);
  becomes_ready("Main/web/c3");
  CHECK(took() == "start c4#1");
}

TEST_CASE_METHOD(in_turns, "turns: whoever computes for ever holds up nobody for long") {
  start(supervisor("Main", {crowd("web", 3)}));
  take_trace();
  advance(limits::boot_look * (limits::boot_looks_max - 1));
  CHECK(took().empty());
  advance(limits::boot_look);
  CHECK(took() == "start c3#1");
}

TEST_CASE_METHOD(in_turns, "turns: one that waits is stopped, destroyed and started at once") {
  start(supervisor("Main", {crowd("web", 4)}));
  take_trace();
  CHECK(ask(verb::stop, "Main/web/c3")->ok());
  CHECK(phase("Main/web/c3") == phase::ended);
  CHECK(ask(verb::destroy, "Main/web/c4")->ok());
  CHECK(waiting() == 0);
  ask(verb::start, "Main/web/c3");
  CHECK(took().empty());
  becomes_ready("Main/web/c1");
  CHECK(took() == "start c3#2");
}

TEST_CASE_METHOD(in_turns, "turns: the tree ends while some wait") {
  start(supervisor("Main", {crowd("web", 50)}));
  stop_tree(seconds{1});
  CHECK(exit_code == 0);
  CHECK(on.made == 0);
}

TEST_CASE_METHOD(in_turns, "turns: the time to become ready begins with the turn") {
  auto root = supervisor("Main", {crowd("web", 3)});
  for (auto& child : root.children.front().children) {
    child.ready.within = seconds{2};
    child.restart = model::restart_type::temporary;
  }
  start(root);
  asleep.clear();
  advance(seconds{1});
  CHECK(took() == "start c1#1, start c2#1, start c3#1"); // the first two have computed for long
  advance(milliseconds{1'900});
  CHECK(phase("Main/web/c3") == phase::starting);
  advance(milliseconds{200});
  CHECK(phase("Main/web/c3") != phase::starting);
}

TEST_CASE_METHOD(in_turns, "turns: a family of one need not wait for a family of many") {
  start(supervisor("Main", {leaf("database"), crowd("web", 20)}));
  take_trace();
  crash("Main/database");
  run();
  becomes_ready("Main/web/c1");
  becomes_ready("Main/web/c2");
  CHECK(took() == "start c3#1, start database#2, start c4#1"); // ready as it starts
}

TEST_CASE_METHOD(in_turns, "turns: the successor of a planned replacement waits as well") {
  start(supervisor("Main", {overlapping("app"), crowd("web", 3)}));
  answers("Main/app");
  take_trace();
  recycles("Main/app");
  CHECK(status("Main/app").beside == model::companion::successor);
  CHECK(took().empty());
  becomes_ready("Main/web/c1");
  becomes_ready("Main/web/c2");
  CHECK(took().find("start app#2") != std::string::npos);
  CHECK(phase("Main/app") == phase::ready);
}

TEST_CASE("turns: the gate serves families in turn and forgets who leaves") {
  actor::boot_gate gate(1);
  std::string served;
  std::deque<std::unique_ptr<actor::boot_gate::pass>> passes;
  const auto enter = [&](const std::string& family) {
    passes.push_back(std::make_unique<actor::boot_gate::pass>(
        gate, family, [&served, family] { served += family; }));
  };
  enter("a");
  CHECK(passes.front()->holds());
  for (const auto* const family : {"a", "a", "a", "b", "b", "c"}) {
    enter(family);
  }
  CHECK(gate.waiting() == 6);
  passes.erase(passes.begin() + 1); // an `a` that waits
  CHECK(gate.waiting() == 5);
  while (!passes.empty()) {
    const auto holder =
        std::find_if(passes.begin(), passes.end(), [](const auto& each) { return each->holds(); });
    REQUIRE(holder != passes.end());
    passes.erase(holder);
  }
  CHECK(served == "bcaba");
  enter("a");
  CHECK(passes.back()->holds());
}

} // namespace kraken::actor_test
