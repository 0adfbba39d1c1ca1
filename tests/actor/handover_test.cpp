// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Planned replacement with the next incarnation beside the old one: order, turns, failures, and
/// what stop, crash and destroy do in the middle of it.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using actor::serves_on;
using model::companion;
using model::phase;
using model::verb;

namespace {

model::child_spec workers(std::size_t count) {
  std::vector<model::child_spec> children;
  for (std::size_t i = 1; i <= count; ++i) {
    children.push_back(overlapping("w" + std::to_string(i)));
  }
  return supervisor("Main", {pool("web", std::move(children))});
}

const std::string w1 = "Main/web/w1";
const std::string w2 = "Main/web/w2";
const std::string w3 = "Main/web/w3";

model::command new_definition_of_w1(const model::child_spec& spec) {
  model::command made;
  made.what = verb::update;
  made.target = w1;
  made.spec = std::make_shared<const model::child_spec>(spec);
  return made;
}

} // namespace

TEST_CASE_METHOD(tree_fixture, "the next incarnation is ready before the old one goes") {
  start(workers(1));
  advance(seconds{1});
  take_trace();
  on.next[w1].push_back({on_start::hang});
  recycles(w1);
  CHECK(took() == "start w1#2");
  CHECK(phase(w1) == phase::ready);
  CHECK(status(w1).generation == 1);
  CHECK(status(w1).beside == companion::successor);
  host_of(w1 + "#2").show_pid(4711);
  becomes_ready(w1 + "#2");
  CHECK(took() == "hand over w1#1, stop w1#1");
  CHECK(phase(w1) == phase::ready);
  CHECK(status(w1).generation == 2);
  CHECK(status(w1).pid == 4711);
  CHECK(status(w1).beside == companion::none);
  CHECK(status(w1).recycles == 1);
  CHECK(status(w1).restarts == 0);
  CHECK(status(w1).last_cause->kind == model::cause_kind::recycle);
  CHECK(on.made == 2); // the pool and its worker
}

TEST_CASE_METHOD(tree_fixture, "capacity never dips and one worker at a time is replaced") {
  start(workers(3));
  advance(seconds{1});
  take_trace();
  for (const auto& each : {w1, w2, w3}) {
    on.next[each].push_back({on_start::hang});
    recycles(each);
  }
  CHECK(took() == "start w1#2");
  becomes_ready(w1);
  CHECK(took() == "hand over w1#1, stop w1#1, start w2#2");
  recycles(w3); // it asked before: that is one wish
  becomes_ready(w2);
  CHECK(took() == "hand over w2#1, stop w2#1, start w3#2");
  becomes_ready(w3);
  CHECK(took() == "hand over w3#1, stop w3#1");
  for (const auto& each : {w1, w2, w3}) {
    CHECK(phase(each) == phase::ready);
    CHECK(status(each).recycles == 1);
  }
}

TEST_CASE_METHOD(tree_fixture, "the old one finishes its work before it is stopped") {
  on.always[w1].finishing = seconds{30};
  start(workers(2));
  advance(seconds{1});
  take_trace();
  recycles(w1);
  recycles(w2);
  CHECK(took() == "start w1#2, hand over w1#1"); // w2 waits: there is one too many already
  CHECK(status(w1).beside == companion::predecessor);
  advance(seconds{29});
  CHECK(took().empty());
  SECTION("by itself") {
    exit_normally(w1 + "#1");
    CHECK(took() == "start w2#2, hand over w2#1, stop w2#1");
    CHECK(status(w1).beside == companion::none);
    advance(seconds{60});
    CHECK(took().empty());
  }
  SECTION("or until its time is over") {
    advance(seconds{1});
    CHECK(took() == "stop w1#1, start w2#2, hand over w2#1, stop w2#1");
  }
  SECTION("and its failure is nobody's") {
    crash(w1 + "#1");
    CHECK(phase(w1) == phase::ready);
    CHECK(status(w1).restarts == 0);
    CHECK(status(w1).generation == 2);
  }
}

TEST_CASE_METHOD(tree_fixture, "an old one that does not stop is killed") {
  on.next[w1].push_back({on_start::ready, on_stop::hang, on_kill::hang});
  start(workers(1));
  advance(seconds{1});
  take_trace();
  recycles(w1);
  CHECK(took() == "start w1#2, hand over w1#1, stop w1#1");
  advance(seconds{5});
  CHECK(took() == "kill w1#1");
  CHECK(status(w1).beside == companion::predecessor);
  advance(limits::kill_grace);
  CHECK(status(w1).beside == companion::none);
  CHECK(phase(w1) == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "a replacement that fails costs nothing and is tried again later") {
  start(workers(1));
  advance(seconds{1});
  take_trace();
  on.next[w1] = {{on_start::exit}, {on_start::fail}, {on_start::throws}, {on_start::hang}};
  recycles(w1);
  CHECK(took() == "start w1#2");
  CHECK(phase(w1) == phase::ready);
  CHECK(status(w1).generation == 1);
  CHECK(status(w1).restarts == 0);
  CHECK(status(w1).recycles == 0);
  CHECK(status(w1).last_cause->kind == model::cause_kind::exit_code);
  CHECK(status(w1).beside == companion::none);
  advance(milliseconds{90});
  CHECK(took().empty());
  advance(milliseconds{10});
  CHECK(took() == "start w1#3, kill w1#3");
  advance(milliseconds{190});
  CHECK(took().empty());
  advance(milliseconds{10});
  CHECK(took() == "start w1#4");
  advance(milliseconds{400});
  CHECK(took() == "start w1#5");
  advance(seconds{60});
  CHECK(took() == "kill w1#5"); // not ready in time
  CHECK(status(w1).last_cause->kind == model::cause_kind::start_timeout);
  advance(milliseconds{800});
  CHECK(took() == "start w1#6, hand over w1#1, stop w1#1");
  CHECK(status(w1).generation == 6);
  CHECK(on.made == 2);
}

TEST_CASE_METHOD(tree_fixture, "others get their turn while one waits to try again") {
  start(workers(2));
  advance(seconds{1});
  take_trace();
  on.next[w1].push_back({on_start::exit});
  recycles(w1);
  recycles(w2);
  CHECK(took() == "start w1#2, start w2#2, hand over w2#1, stop w2#1");
  advance(milliseconds{100});
  CHECK(took() == "start w1#3, hand over w1#1, stop w1#1");
}

TEST_CASE_METHOD(tree_fixture, "who cannot serve any more is replaced in place, without a turn") {
  start(workers(2));
  advance(seconds{1});
  take_trace();
  on.next[w1].push_back({on_start::hang});
  recycles(w1);
  recycles(w2, serves_on::no);
  CHECK(took() == "start w1#2, drain w2#1, stop w2#1, start w2#2");
  SECTION("unless its successor is on the way") {
    recycles(w1 + "#1", serves_on::no);
    CHECK(took().empty());
    becomes_ready(w1 + "#2");
    CHECK(took() == "hand over w1#1, stop w1#1");
  }
  SECTION("and that one fails") {
    recycles(w1 + "#1", serves_on::no);
    crash(w1 + "#2");
    CHECK(took() == "drain w1#1, stop w1#1, start w1#3");
    CHECK(status(w1).recycles == 1);
  }
}

TEST_CASE_METHOD(tree_fixture, "one that waited for its turn may have been replaced meanwhile") {
  start(workers(2));
  advance(seconds{1});
  take_trace();
  on.next[w1].push_back({on_start::hang});
  recycles(w1);
  recycles(w2);
  recycles(w2, serves_on::no);
  CHECK(took() == "start w1#2, drain w2#1, stop w2#1, start w2#2");
  becomes_ready(w1);
  CHECK(took() == "hand over w1#1, stop w1#1");
  CHECK(status(w2).generation == 2);
}

TEST_CASE_METHOD(tree_fixture, "a life of a moment is planned if it was of use") {
  start(workers(1));
  for (std::uint64_t i = 1; i <= 20; ++i) {
    answers(w1);
    recycles(w1, i % 2 == 0 ? serves_on::yes : serves_on::no);
    CHECK(status(w1).generation == i + 1);
  }
  CHECK(status(w1).recycles == 20);
  CHECK(status(w1).restarts == 0);
}

TEST_CASE_METHOD(tree_fixture, "replacements that nobody paid for end at the budget") {
  auto root = workers(1);
  auto& w = root.children[0].children[0];
  w.on_give_up = model::give_up::park;
  start(root);
  for (int i = 0; i < 50 && phase(w1) == phase::ready; ++i) {
    recycles(w1, i % 2 == 0 ? serves_on::yes : serves_on::no);
    advance(seconds{0});
    for (int j = 0; j < 100 && phase(w1) == phase::backing_off; ++j) {
      advance(milliseconds{100});
    }
  }
  CHECK(phase(w1) == phase::parked);
  CHECK(status(w1).recycles == 0);
}

TEST_CASE_METHOD(tree_fixture,
                 "an operator's replacement is answered when it serves, or says why not") {
  start(workers(2));
  take_trace();
  on.next[w1].push_back({on_start::hang});
  const auto first = ask(verb::recycle, w1);
  const auto second = ask(verb::recycle, w2);
  CHECK_FALSE(first->got);
  becomes_ready(w1);
  CHECK(first->ok());
  CHECK(second->ok());
  take_trace();
  on.next[w1].push_back({on_start::exit});
  const auto third = ask(verb::recycle, w1);
  CHECK(third->code() == errc::start_failed);
  CHECK(phase(w1) == phase::ready);
  advance(seconds{60});
  CHECK(took() == "start w1#3"); // not tried again: the operator knows
}

TEST_CASE_METHOD(tree_fixture, "in the middle of a replacement the container may") {
  on.always[w1].finishing = seconds{30};
  start(workers(2));
  advance(seconds{1});
  on.next[w1].push_back({on_start::hang});
  recycles(w1);
  recycles(w2);
  take_trace();
  SECTION("stop, and both end") {
    const auto done = ask(verb::stop, w1);
    CHECK(done->ok());
    CHECK(took() == "stop w1#2, drain w1#1, stop w1#1, start w2#2, hand over w2#1, stop w2#1");
    CHECK(phase(w1) == phase::ended);
    CHECK(status(w1).beside == companion::none);
  }
  SECTION("be destroyed, and both end") {
    CHECK(ask(verb::destroy, w1)->ok());
    CHECK(phase(w1) == phase::gone);
    CHECK(phase(w2) == phase::ready);
    CHECK(status(w2).generation == 2);
    CHECK(on.made == 2);
  }
  SECTION("stop while its predecessor hangs, and is waited for") {
    on.lives[w1 + "#1"]->script_for_test().stop = on_stop::hang;
    becomes_ready(w1 + "#2");
    const auto done = ask(verb::stop, w1);
    CHECK(took() == "hand over w1#1, stop w1#1, drain w1#2, stop w1#2");
    CHECK_FALSE(done->got);
    CHECK(phase(w1) == phase::stopping);
    advance(seconds{5});
    CHECK(done->ok());
    CHECK(phase(w1) == phase::ended);
  }
  SECTION("crash, and a counted restart follows") {
    crash(w1 + "#1");
    CHECK(status(w1).restarts == 1);
    CHECK(status(w1).generation == 3);
    CHECK(phase(w1) == phase::ready);
    CHECK(status(w2).generation == 2);
  }
  SECTION("be restarted by an operator") {
    CHECK(ask(verb::restart, w1)->ok());
    CHECK(took() == "stop w1#2, drain w1#1, stop w1#1, start w1#3, start w2#2, hand over w2#1, "
                    "stop w2#1");
  }
  SECTION("end with its pool") {
    const auto asked = ask(verb::recycle, w2);
    CHECK(ask(verb::stop, "web")->ok());
    CHECK(asked->times == 1);
    CHECK(on.made == 0);
    ask(verb::start, "web");
    take_trace();
    advance(seconds{60});
    CHECK(took().empty()); // no wish is left of the life before
  }
  SECTION("be told of a new definition, both of it") {
    auto spec = overlapping("w1");
    spec.shutdown.time = seconds{1};
    CHECK(ask(new_definition_of_w1(spec))->ok());
    CHECK(took() == "updated  w1#1, updated  w1#2");
  }
}

TEST_CASE_METHOD(tree_fixture, "a definition that needs a restart begins beside the old one") {
  start(workers(1));
  take_trace();
  auto spec = overlapping("w1");
  spec.args["mode"] = "another";
  on.next[w1].push_back({on_start::hang});
  const auto asked = ask(new_definition_of_w1(spec));
  CHECK(took() == "start w1#2");
  CHECK(asked->times == 0);
  CHECK(status(w1).beside == companion::successor);

  SECTION("and takes over when it is ready") {
    becomes_ready(w1 + "#2");
    CHECK(took() == "hand over w1#1, stop w1#1");
    CHECK(asked->ok());
    CHECK(status(w1).restarts == 0);
  }
  SECTION("and leaves it alone when it fails") {
    crash(w1 + "#2");
    CHECK(asked->times == 1);
    CHECK_FALSE(asked->ok());
    CHECK(phase(w1) == phase::ready);
    CHECK(status(w1).generation == 1);
    CHECK(took().empty());
    SECTION("the way back finds it as it is") {
      CHECK(ask(new_definition_of_w1(overlapping("w1")))->ok());
      CHECK(took() == "updated  w1#1");
      spec = overlapping("w1");
      spec.shutdown.time = seconds{1};
      CHECK(ask(new_definition_of_w1(spec))->ok());
      CHECK(took() == "updated  w1#1");
    }
    SECTION("a third one replaces it") {
      spec.args["mode"] = "third";
      CHECK(ask(new_definition_of_w1(spec))->ok());
      CHECK(took() == "start w1#3, hand over w1#1, stop w1#1");
    }
    SECTION("its next life has it") {
      crash(w1 + "#1");
      CHECK(took() == "start w1#3");
      CHECK(ask(new_definition_of_w1(overlapping("w1")))->ok());
      CHECK(took() == "start w1#4, hand over w1#3, stop w1#3");
    }
  }
  SECTION("and the way back comes after it when it is not decided") {
    const auto back = ask(new_definition_of_w1(overlapping("w1")));
    CHECK(took() == "updated  w1#1");
    becomes_ready(w1 + "#2");
    CHECK(took() == "hand over w1#1, stop w1#1, start w1#3, hand over w1#2, stop w1#2");
    CHECK(back->ok());
    CHECK(host_of(w1).spec().args.empty());
  }
}

TEST_CASE_METHOD(tree_fixture, "a definition of who is not ready takes effect by a restart") {
  on.always[w1] = {on_start::hang};
  start(workers(1));
  take_trace();
  auto spec = overlapping("w1");
  spec.args["mode"] = "another";
  ask(new_definition_of_w1(spec));
  CHECK(status(w1).beside == companion::none);
  CHECK(status(w1).generation == 2);
}

TEST_CASE_METHOD(tree_fixture, "a tree that is killed leaves no second incarnation") {
  on.always[w1] = {on_start::ready, on_stop::hang};
  on.always[w1].finishing = seconds{30};
  start(workers(1));
  advance(seconds{1});
  recycles(w1);
  CHECK(status(w1).beside == companion::predecessor);
  stop_tree(milliseconds{100});
  advance(milliseconds{100});
  CHECK(on.made == 0);
  CHECK(exit_code == 0);
}

} // namespace kraken::actor_test
