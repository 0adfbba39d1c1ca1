// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What the framework we are compatible with did wrong, one test for each defect of its
/// supervision, named after what happened there. Defects that need PHP, sockets or the console are
/// tested where those are; docs/reference/supervision-tests.md has the whole list.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

#include <malloc.h>

namespace kraken::actor_test {

using model::phase;
using model::state;
using model::verb;

namespace {

model::child_spec obeying(std::string id, std::vector<std::string> solvers) {
  auto made = leaf(std::move(id));
  made.local = {{"*", std::move(solvers)}};
  return made;
}

} // namespace

TEST_CASE_METHOD(tree_fixture, "kraken defect: failed was a flag over started, and nobody saw it") {
  on.always["Main/a"].kill = on_kill::hang;
  start(supervisor("Main", {leaf("a")}));
  throws("Main/a", "DomainError");
  const auto now = status("Main/a");
  CHECK(now.in == state::failed);
  CHECK(static_cast<int>(now.in) == 16);
  CHECK(now.last_cause->type == "DomainError");
  CHECK(status("Main").in == state::started); // and the others' status is not worse for it
  CHECK(tree->board.list().size() == 2);
}

TEST_CASE_METHOD(tree_fixture,
                 "kraken defect: of two children dying at once one was lost for ever") {
  start(supervisor("Main", {leaf("a"), leaf("b"), leaf("c")}));
  for (const auto* const path : {"Main/a", "Main/b", "Main/c"}) {
    host_of(path).ended(cause_of(model::cause_kind::signal, 9));
  }
  run();
  for (const auto* const path : {"Main/a", "Main/b", "Main/c"}) {
    CHECK(phase(path) == model::phase::ready);
    CHECK(status(path).generation == 2);
  }
}

TEST_CASE_METHOD(tree_fixture,
                 "kraken defect: a failure while failed was dropped without a trace") {
  on.always["Main/a"].kill = on_kill::hang;
  start(supervisor("Main", {leaf("a")}));
  throws("Main/a", "First");
  throws("Main/a", "Second");
  throws("Main/a", "Third");
  const auto failures = status("Main/a").failures;
  REQUIRE(failures->size() == 3);
  CHECK(failures->at(0).text == "First");
  CHECK(failures->at(2).text == "Third");
}

TEST_CASE_METHOD(tree_fixture, "kraken defect: each recovery grew the stack by ten frames") {
  start(supervisor("Main", {leaf("a"), obeying("b", {"continue"})}));
  const void* at_first = nullptr;
  std::ptrdiff_t deepest = 0;
  on.on_start = [&](const void* here) {
    at_first = at_first == nullptr ? here : at_first;
    deepest = std::max(
        deepest, std::abs(static_cast<const char*>(at_first) - static_cast<const char*>(here)));
  };
  for (int n = 0; n < 1'000; ++n) {
    crash("Main/a");
    throws("Main/b", "DomainError");
    REQUIRE(ask(verb::reset, "Main")->ok());
  }
  CHECK(status("Main/a").restarts == 1'000);
  CHECK(deepest < 4'096);
}

TEST_CASE_METHOD(tree_fixture, "kraken defect: each recovery kept 400 KB") {
  start(supervisor("Main", {leaf("a"), obeying("b", {"continue"})}));
  const auto recover = [this](int times) {
    for (int n = 0; n < times; ++n) {
      crash("Main/a");
      throws("Main/b", "DomainError");
      static_cast<void>(ask(verb::reset, "Main"));
      take_trace();
    }
  };
  // Everything that fills up to a limit of its own is full after that: the events, their texts.
  recover(1'500);
  advance(limits::command_deadline); // of the resets
  const auto before = ::mallinfo2().uordblks;
  recover(1'000);
  advance(limits::command_deadline);
  const auto after = ::mallinfo2().uordblks;
  CHECK(after < before + 64U * 1'024U);
  CHECK(on.made == 2);
}

TEST_CASE("a tree that has ended is gone, with every container it ever had") {
  std::weak_ptr<actor::tree_context> shared;
  {
    tree_fixture f;
    shared = f.tree;
    f.start(supervisor("Main", {supervisor("s", {leaf("a"), leaf("b")}), pool("p", {leaf("w")})}));
    f.ask(verb::destroy, "b");
    f.crash("Main/s/a");
    const auto body = std::make_shared<const std::string>("1");
    static_cast<void>(f.host_of("Main/p/w").send({.to = "Main/s/a", .body = body}));
    f.run();
    f.stop_tree(seconds{1});
    f.advance(seconds{2});
    CHECK(f.exit_code == 0);
  }
  CHECK(shared.expired());
}

TEST_CASE_METHOD(tree_fixture, "containers that come and go leave no memory behind") {
  start(supervisor("Main", {pool("s", {})}));
  const auto come_and_go = [this](int times) {
    for (int n = 0; n < times; ++n) {
      model::command create;
      create.what = verb::create;
      create.spec = std::make_shared<const model::child_spec>(leaf("t"));
      host_of("Main/s").manage(create, nullptr);
      run();
      model::command destroy;
      destroy.what = verb::destroy;
      destroy.target = "Main/s/t";
      host_of("Main/s").manage(destroy, nullptr);
      run();
      take_trace();
    }
  };
  come_and_go(1'500);
  const auto before = ::mallinfo2().uordblks;
  come_and_go(1'000);
  CHECK(::mallinfo2().uordblks < before + 64U * 1'024U);
  CHECK(tree->board.list().size() == 2);
}

TEST_CASE_METHOD(tree_fixture,
                 "kraken defect: a rule that rejected left its container failed for ever") {
  start(supervisor("Main", {obeying("a", {"ContainerContinue", "CmdLog"})}));
  crash("Main/a"); // a dead one can not continue
  CHECK(phase("Main/a") == model::phase::ready);
  CHECK(status("Main/a").restarts == 1);
}

TEST_CASE_METHOD(tree_fixture, "kraken defect: a rule that rejected late ended the process") {
  auto a = obeying("a", {"RuntimeRecreate"});
  a.local_params = {seconds{1}, 2, seconds{1}};
  on.next["Main/a"] = {{}, {.start = on_start::hang}};
  start(supervisor("Main", {a, leaf("b")}));
  throws("Main/a", "DomainError");
  advance(seconds{4});
  CHECK_FALSE(exit_code);
  CHECK(phase("Main") == model::phase::ready);
  CHECK(phase("Main/b") == model::phase::ready);
  CHECK(phase("Main/a") == model::phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "kraken defect: a root that failed stayed so, silent, for ever") {
  auto root = supervisor("Main", {leaf("a")});
  root.supervise.intensity = 0;
  start(root);
  const auto seen = tree->board.last_seq();
  crash("Main/a");
  CHECK(exit_code == 70);
  bool told = false;
  for (const auto& e : tree->board.events_since(seen)) {
    told = told || (e.path == "Main" && e.to == model::phase::held && !e.cause.empty());
  }
  CHECK(told);
  CHECK(on.made == 0);
}

TEST_CASE_METHOD(tree_fixture, "kraken defect: an intended destroy was taken for a death") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  CHECK(ask(verb::destroy, "a")->ok());
  take_trace();
  advance(seconds{120}); // there it came back, or failed its parent, 16 seconds later
  CHECK(took().empty());
  CHECK(phase("Main/a") == model::phase::gone);
  CHECK(phase("Main") == model::phase::ready);
  CHECK(tree->board.children_of("Main").size() == 1);
}

TEST_CASE_METHOD(tree_fixture,
                 "kraken defect: a child that destroyed itself was listed and raised") {
  start(supervisor("Main", {obeying("a", {"ContainerDestroy"}), leaf("b")}));
  throws("Main/a", "DomainError");
  advance(seconds{120});
  CHECK(tree->board.find("Main/a") == nullptr);
  CHECK(phase("Main") == model::phase::ready);
}

TEST_CASE_METHOD(tree_fixture,
                 "kraken defect: a child that was busy for 16 seconds was killed as dead") {
  start(supervisor("Main", {leaf("a")}));
  take_trace();
  advance(seconds{3'600}); // not a word from it all the time
  CHECK(took().empty());
  CHECK(phase("Main/a") == model::phase::ready);
}

TEST_CASE_METHOD(tree_fixture,
                 "kraken defect: a child that died at boot collapsed the tree to the root") {
  start(supervisor("Main", {supervisor("s", {leaf("b")})}));
  on.always["Main/s/a"].start = on_start::exit;
  model::command create;
  create.what = verb::create;
  create.target = "s";
  create.spec = std::make_shared<const model::child_spec>(leaf("a"));
  CHECK(ask(create)->code() == errc::start_failed);
  advance(seconds{60});
  CHECK(phase("Main/s/a") == model::phase::parked);
  CHECK(phase("Main/s/b") == model::phase::ready);
  CHECK(status("Main/s").generation == 1);
  CHECK_FALSE(exit_code);
}

TEST_CASE_METHOD(tree_fixture,
                 "kraken defect: a boot that took longer than 2.25 seconds had failed") {
  on.always["Main/a"].start = on_start::hang;
  const auto done = start(supervisor("Main", {leaf("a")}));
  advance(seconds{30});
  CHECK(phase("Main/a") == model::phase::starting);
  becomes_ready("Main/a");
  CHECK(done->ok());
}

TEST_CASE_METHOD(tree_fixture, "kraken defect: a child answering one ping was recreated for ever") {
  start(supervisor("Main", {leaf("a")}));
  for (int n = 0; n < 100 && !exit_code; ++n) {
    if (on.live.contains("Main/a")) {
      crash("Main/a"); // ready for a moment each time
    }
    advance(milliseconds{500});
  }
  CHECK(exit_code == actor::exit_code_gave_up);
  CHECK(on.made == 0);
}

TEST_CASE_METHOD(tree_fixture, "kraken defect: the default rules replaced those of the user") {
  auto a = leaf("a");
  a.local = {{"Error", {"ContainerStop"}}, {"Exception", {"ContainerContinue"}}};
  start(supervisor("Main", {a}));
  throws("Main/a", "Exception");
  CHECK(phase("Main/a") == model::phase::ready);
  CHECK(status("Main/a").generation == 1);
  throws("Main/a", "Error");
  CHECK(phase("Main/a") == model::phase::ended);
}

TEST_CASE_METHOD(tree_fixture, "kraken defect: escalating twice lost the way back to the child") {
  auto s = supervisor("s", {obeying("a", {"CmdSolve"})});
  s.local = {{"child", {"RuntimeRecreate"}}};
  start(supervisor("Main", {s, leaf("b")}));
  const auto seen = tree->board.last_seq();
  throws("Main/s/a", "DomainError");
  CHECK(phase("Main/s/a") == model::phase::ready);
  CHECK(status("Main/s/a").generation == 2);
  CHECK(status("Main/s").generation == 2);
  CHECK(status("Main/b").generation == 1);
  std::set<std::uint64_t> stories;
  for (const auto& e : tree->board.events_since(seen)) {
    if (e.to == model::phase::held) {
      stories.insert(e.correlation);
    }
  }
  CHECK(stories.size() == 1);
}

TEST_CASE_METHOD(tree_fixture,
                 "kraken defect: a failed parent refused every command for 18 seconds") {
  auto p = leaf("p");
  p.children = {leaf("a")};
  on.always["Main/p"] = {.kill = on_kill::hang};
  start(supervisor("Main", {p, leaf("b")}));
  throws("Main/p", "DomainError");
  REQUIRE(status("Main/p").in == state::failed);
  CHECK(ask(verb::stop, "b")->ok());
  CHECK(tree->board.find("Main/p") != nullptr);
  CHECK(ask(verb::reset, "p")->ok());
  const auto stopped = ask(verb::stop, "p");
  advance(limits::kill_grace);
  CHECK(stopped->ok());
}

TEST_CASE_METHOD(tree_fixture, "kraken defect: a failed container obeyed whoever spoke to it") {
  // There a hash had to be passed along by the developer. Here only its supervisor instructs it,
  // and whatever is late for its generation is void.
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  crash("Main/a");
  crash("Main/a");
  REQUIRE(phase("Main/a") == model::phase::backing_off);
  take_trace();
  host_of("Main/b").ready(); // others' reports do not reach it
  run();
  CHECK(phase("Main/a") == model::phase::backing_off);
  CHECK(took().empty());
}

TEST_CASE_METHOD(tree_fixture,
                 "kraken defect: creating what exists failed, though it said it would not") {
  start(supervisor("Main", {leaf("a")}));
  model::command create;
  create.what = verb::create;
  create.target = "Main";
  create.spec = std::make_shared<const model::child_spec>(leaf("a"));
  for (int n = 0; n < 3; ++n) {
    const auto again = ask(create);
    CHECK(again->ok());
    CHECK_FALSE((*again->got)->changed);
  }
  CHECK(status("Main/a").generation == 1);
  CHECK(tree->board.children_of("Main").size() == 1);
}

TEST_CASE_METHOD(tree_fixture, "kraken defect: destroying what was only created was refused") {
  auto a = leaf("a");
  a.autostart = false;
  start(supervisor("Main", {a}));
  REQUIRE(status("Main/a").in == state::created);
  CHECK(ask(verb::destroy, "a")->ok());
  CHECK(phase("Main/a") == model::phase::gone);
}

TEST_CASE_METHOD(tree_fixture, "kraken defect: a start of the project started its root only") {
  start(supervisor("Main", {supervisor("s", {supervisor("t", {leaf("a")}), leaf("b")})}));
  for (const auto* const path : {"a", "t", "b", "s"}) {
    ask(verb::stop, path);
  }
  CHECK(ask(verb::start_tree, "Main")->ok());
  for (const auto* const path : {"Main/s/t/a", "Main/s/t", "Main/s/b", "Main/s"}) {
    CHECK(phase(path) == model::phase::ready);
  }
}

TEST_CASE_METHOD(tree_fixture, "kraken defect: a hard kill of a thread always failed") {
  on.always["Main/a"] = {.stop = on_stop::hang};
  start(supervisor("Main", {leaf("a")}));
  model::command destroy;
  destroy.what = verb::destroy;
  destroy.target = "a";
  destroy.flags = model::force::hard;
  CHECK(ask(destroy)->ok());
  CHECK(took() == "start a#1, kill a#1");
  CHECK(on.made == 0);
}

} // namespace kraken::actor_test
