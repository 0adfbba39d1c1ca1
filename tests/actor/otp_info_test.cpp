// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// OTP's supervisor suite, group *info*: counts, order of children, and the shape and size of what
/// is reported.
#include "tree_fixture.hpp"

#include "kraken/model/alias.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::state;
using model::verb;

namespace {

/// OTP's count_children, from the board: what there is, what runs, of which how many supervise.
struct counts {
  std::size_t specs = 0;
  std::size_t active = 0;
  std::size_t supervisors = 0;
  std::size_t workers = 0;

  friend bool operator==(const counts&, const counts&) = default;
};

counts count_children(const tree_fixture& f, std::string_view path) {
  counts out;
  for (const auto& one : f.tree->board.children_of(path)) {
    ++out.specs;
    out.active += one->in == state::started ? 1 : 0;
    ++(one->kind == "supervisor" ? out.supervisors : out.workers);
  }
  return out;
}

std::string order_of(const tree_fixture& f, std::string_view path) {
  std::string line;
  for (const auto& one : f.tree->board.children_of(path)) {
    line += (line.empty() ? "" : " ") + one->alias;
  }
  return line;
}

} // namespace

TEST_CASE_METHOD(tree_fixture, "otp info: counts of children, those that restart included") {
  auto later = leaf("later");
  later.autostart = false;
  start(supervisor("Main", {leaf("a"), supervisor("s", {}), leaf("b"), later}));
  CHECK(count_children(*this, "Main") == counts{4, 3, 1, 3});
  crash("Main/a");
  crash("Main/a");
  REQUIRE(phase("Main/a") == model::phase::backing_off);
  CHECK(count_children(*this, "Main") == counts{4, 2, 1, 3}); // restarting: known, not active
  ask(verb::stop, "b");
  CHECK(count_children(*this, "Main") == counts{4, 1, 1, 3});
  ask(verb::destroy, "b");
  CHECK(count_children(*this, "Main") == counts{3, 1, 1, 2});
  advance(milliseconds{100});
  CHECK(count_children(*this, "Main") == counts{3, 2, 1, 2});
}

TEST_CASE_METHOD(tree_fixture, "otp info: what a child that restarts tells about itself") {
  start(supervisor("Main", {leaf("a")}));
  crash("Main/a", 3);
  crash("Main/a", 4);
  const auto now = status("Main/a");
  CHECK(now.in == state::failed);
  CHECK(now.at == model::phase::backing_off);
  CHECK(now.last_cause->text() == "exit code 4");
  CHECK(now.next_action == "restart");
  CHECK(now.next_at - now.since == milliseconds{100});
  CHECK(now.restarts == 1);
  CHECK(now.restarts_in_window == 1);
  CHECK(now.intensity == 5);
  CHECK(now.pid == 0);
  REQUIRE(now.failures->size() == 2);
  CHECK(now.failures->front().text == "exit code 3");
}

TEST_CASE_METHOD(tree_fixture,
                 "otp info: order of children at start, at a part's stop, at the end") {
  const auto family = [](const std::string& id) { return supervisor(id, {leaf("1"), leaf("2")}); };
  start(supervisor("Main", {family("x"), leaf("y"), family("z")}));
  CHECK(took() == "start 1#1, start 2#1, start y#1, start 1#1, start 2#1");
  CHECK(order_of(*this, "Main") == "x y z");
  ask(verb::stop, "x");
  CHECK(took() == "drain 2#1, stop 2#1, drain 1#1, stop 1#1");
  CHECK(order_of(*this, "Main") == "x y z");
  ask(verb::start_tree, "x");
  CHECK(took() == "start 1#2, start 2#2");
  stop_tree(seconds{10});
  CHECK(took() == "drain 2#1, stop 2#1, drain 1#1, stop 1#1, drain y#1, stop y#1, "
                  "drain 2#2, stop 2#2, drain 1#2, stop 1#2");
}

TEST_CASE_METHOD(tree_fixture, "otp info: children made later stand behind those that were there") {
  start(supervisor("Main", {leaf("b"), leaf("a")}));
  for (const auto* const id : {"d", "c"}) {
    model::command create;
    create.what = verb::create;
    create.target = "Main";
    create.spec = std::make_shared<const model::child_spec>(leaf(id));
    REQUIRE(ask(create)->ok());
  }
  CHECK(order_of(*this, "Main") == "b a d c");
  ask(verb::destroy, "b");
  CHECK(order_of(*this, "Main") == "a d c");
}

TEST_CASE_METHOD(tree_fixture, "otp info: a report names who, what, why, how often and what next") {
  start(supervisor("Main", {leaf("a")}));
  crash("Main/a");
  const auto seen = tree->board.last_seq();
  crash("Main/a", 7);
  const auto events = tree->board.events_since(seen);
  REQUIRE(events.size() == 2);
  CHECK(events[0].to == model::phase::held);
  CHECK(events[1].to == model::phase::backing_off);
  CHECK(events[1].path == "Main/a");
  CHECK(events[1].cause == "exit code 7");
  CHECK(events[1].generation == 2);
  CHECK(events[1].restarts == 1);
  CHECK(events[1].next_action == "restart");
  CHECK(events[1].next_in == milliseconds{100});
  CHECK(events[1].correlation == events[0].correlation);
  CHECK(events[1].seq == events[0].seq + 1);
}

TEST_CASE_METHOD(tree_fixture, "otp info: reports have a size limit, whatever a child says") {
  start(supervisor("Main", {leaf("a")}));
  model::cause why;
  why.kind = model::cause_kind::exception;
  why.type = std::string(1U << 20U, 'T');
  why.message = std::string(1U << 20U, 'm');
  why.detail = std::string(1U << 20U, 'd');
  why.parents.assign(10'000, "Parent");
  host_of("Main/a").failed(why);
  run();
  const auto now = status("Main/a");
  CHECK(now.last_cause->type.size() == limits::cause_name_bytes_max);
  CHECK(now.last_cause->message.size() == limits::cause_message_bytes_max);
  CHECK(now.last_cause->detail.size() == limits::cause_detail_bytes_max);
  CHECK(now.last_cause->parents.size() == limits::cause_names_max);
  const auto events = tree->board.events_since(0);
  CHECK(events.back().cause.size() <
        limits::cause_name_bytes_max + limits::cause_message_bytes_max + 8);
}

TEST_CASE_METHOD(tree_fixture, "otp info: a cause that climbs many levels stays of one size") {
  auto spec = leaf("a");
  for (std::size_t depth = 2; depth < limits::tree_depth_max; ++depth) {
    spec = supervisor("level" + std::to_string(depth), {spec});
    spec.supervise.intensity = 0;
  }
  auto root = supervisor("Main", {spec});
  root.supervise.intensity = 0;
  std::string path = "Main";
  for (auto depth = limits::tree_depth_max - 1; depth >= 2; --depth) {
    path += "/level" + std::to_string(depth);
  }
  start(root);
  model::cause why;
  why.kind = model::cause_kind::exit_code;
  why.message = std::string(5'000, 'm');
  host_of(path + "/a").ended(why);
  run();
  CHECK(exit_code == actor::exit_code_gave_up);
  for (const auto& e : tree->board.events_since(0)) {
    CHECK(e.cause.size() < 2 * limits::cause_message_bytes_max);
  }
}

} // namespace kraken::actor_test
