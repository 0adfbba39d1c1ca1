// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The board alone, and the board of a living tree.
#include "tree_fixture.hpp"

#include "kraken/actor/status_board.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using actor::status_board;
using model::phase;

namespace {

model::container_status record(std::string parent, std::string alias, phase at) {
  model::container_status made;
  made.alias = alias;
  made.path = parent.empty() ? alias : parent + "/" + alias;
  made.parent = std::move(parent);
  made.in = model::state_of(at);
  made.at = at;
  return made;
}

} // namespace

TEST_CASE("the board lists in tree order, whatever the order of publication") {
  status_board board;
  board.publish(record("Main", "b", phase::ready), 2);
  board.publish(record("Main/a", "z", phase::ready), 1);
  board.publish(record("", "Main", phase::ready), 1);
  board.publish(record("Main/a", "y", phase::ready), 2);
  board.publish(record("Main", "a", phase::ready), 1);
  std::vector<std::string> paths;
  for (const auto& one : board.list()) {
    paths.push_back(one->path);
  }
  CHECK(paths == std::vector<std::string>{"Main", "Main/a", "Main/a/z", "Main/a/y", "Main/b"});
  CHECK(board.children_of("Main").size() == 2);
  CHECK(board.children_of("Main/b").empty());
}

TEST_CASE("gone removes a record after its event") {
  status_board board;
  board.publish(record("", "Main", phase::ready), 1);
  board.publish(record("", "Main", phase::gone), 1);
  CHECK(board.list().empty());
  CHECK(board.find("Main") == nullptr);
  CHECK(board.events_since(0).size() == 2);
  board.publish(record("", "Main", phase::gone), 1); // unknown: no event
  CHECK(board.last_seq() == 2);
}

TEST_CASE("an event keeps its texts, and not the record with its trace") {
  status_board board;
  auto failing = record("", "Main", phase::backing_off);
  failing.next_action = "restart";
  failing.next_at = failing.since + seconds{2};
  model::cause why;
  why.kind = model::cause_kind::exception;
  why.type = "DomainError";
  why.correlation = 7;
  failing.last_cause = std::move(why);
  auto first = std::make_shared<const model::container_condition>(failing);
  const std::weak_ptr seen = first;
  const auto who = std::make_shared<const model::container_identity>(failing);
  board.publish(who, std::move(first), 1);
  board.publish(record("", "Main", phase::ready), 1);
  CHECK(seen.expired());
  const auto events = board.events_since(0);
  REQUIRE(events.size() == 2);
  CHECK(events[0].path == "Main");
  CHECK(events[0].cause == "DomainError");
  CHECK(events[0].correlation == 7);
  CHECK(events[0].next_action == "restart");
  CHECK(events[0].next_in == seconds{2});
  CHECK(events[1].from == phase::backing_off);
  CHECK(events[1].cause.empty());
}

TEST_CASE("events: numbered without gaps, bounded, newest kept") {
  status_board board(4);
  for (std::uint64_t generation = 1; generation <= 10; ++generation) {
    auto one = record("", "Main", phase::ready);
    one.generation = generation;
    board.publish(one, 1);
    board.publish(one, 1); // no change of phase or generation: no event
  }
  CHECK(board.last_seq() == 10);
  const auto kept = board.events_since(0);
  REQUIRE(kept.size() == 4);
  CHECK(kept.front().seq == 7);
  CHECK(board.events_since(8).size() == 2);
  CHECK(board.events_since(0, 1).front().seq == 10);
  CHECK(board.events_since(10).empty());
}

TEST_CASE("subscribers see each event once, in order, until they leave") {
  status_board board;
  std::vector<std::uint64_t> seen;
  {
    auto mine =
        board.subscribe([&](const actor::status_event& event) { seen.push_back(event.seq); });
    board.publish(record("", "Main", phase::idle), 1);
    auto moved = std::move(mine);
    board.publish(record("", "Main", phase::starting), 1);
  }
  board.publish(record("", "Main", phase::ready), 1);
  CHECK(seen == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("resolve: whole path, last segments, candidates, suggestions") {
  status_board board;
  board.publish(record("", "Main", phase::ready), 1);
  board.publish(record("Main", "web", phase::ready), 1);
  board.publish(record("Main/web", "w1", phase::ready), 1);
  board.publish(record("Main", "w1", phase::ready), 2);
  CHECK((*board.resolve("Main/web/w1"))->path == "Main/web/w1");
  CHECK((*board.resolve("web"))->path == "Main/web");
  CHECK((*board.resolve("web/w1"))->path == "Main/web/w1");
  CHECK(board.resolve("w1").error().code == errc::ambiguous);
  CHECK(board.resolve("wbe").error().code == errc::not_found);
}

TEST_CASE_METHOD(tree_fixture,
                 "the board tells each step of a failure, with cause and next action") {
  start(supervisor("Main", {leaf("a")}));
  const auto seen = tree->board.last_seq();
  crash("Main/a", 3);
  crash("Main/a", 4);
  std::vector<std::string> steps;
  for (const auto& e : tree->board.events_since(seen)) {
    steps.push_back(std::string(to_string(e.to)) + " " + std::to_string(e.generation) + " " +
                    std::to_string(e.restarts) + " " + e.next_action);
  }
  CHECK(steps ==
        std::vector<std::string>{
            "held 1 0 ", "starting 2 1 ", "ready 2 1 ", "held 2 1 ", "backing_off 2 1 restart"});
  const auto last = tree->board.events_since(seen).back();
  CHECK(last.cause.find("4") != std::string::npos);
  CHECK(last.next_in == milliseconds{100});
  const auto now = status("Main/a");
  CHECK(now.in == model::state::failed);
  CHECK(now.intensity == 5);
  CHECK(now.restarts_in_window == 1);
}

TEST_CASE_METHOD(tree_fixture, "pid and gauges are shown while the incarnation lives") {
  start(supervisor("Main", {leaf("a")}));
  const auto live = std::make_shared<model::gauges>();
  host_of("Main/a").show_pid(4711);
  host_of("Main/a").show_gauges(live);
  run();
  CHECK(status("Main/a").pid == 4711);
  live->requests.add(3);
  CHECK(status("Main/a").live->requests.get() == 3);
  ask(model::verb::stop, "a");
  CHECK(status("Main/a").pid == 0);
  CHECK(status("Main/a").live == nullptr);
}

TEST_CASE_METHOD(tree_fixture,
                 "board: what is done to one whose failure is healed has another reason") {
  start(supervisor("Main", {leaf("a")}));
  crash("Main/a", 7);
  const auto healed = tree->board.last_seq();
  CHECK(ask(model::verb::restart, "Main/a")->ok());
  std::vector<std::string> told;
  for (const auto& e : tree->board.events_since(0)) {
    if (e.path == "Main/a" && e.note.empty() && !e.cause.empty()) {
      told.push_back(std::string(to_string(e.to)) + (e.seq > healed ? " later" : ""));
    }
  }
  CHECK(told == std::vector<std::string>{"held", "starting", "ready"});
}

} // namespace kraken::actor_test
