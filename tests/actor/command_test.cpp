// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Commands through the runtime manager: finding the container, flags, answers; and what an
/// incarnation does to its own children.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::verb;

namespace {

model::command
create(std::string parent, model::child_spec spec, model::force flags = model::force::standard) {
  model::command made;
  made.what = verb::create;
  made.target = std::move(parent);
  made.flags = flags;
  made.spec = std::make_shared<const model::child_spec>(std::move(spec));
  return made;
}

} // namespace

TEST_CASE_METHOD(tree_fixture, "containers are found by path, by alias, by the end of a path") {
  start(supervisor("Main", {supervisor("s", {leaf("a")}), supervisor("t", {leaf("a")})}));
  CHECK(ask(verb::stop, "Main/s/a")->ok());
  CHECK(ask(verb::stop, "a")->code() == errc::ambiguous);
  CHECK(ask(verb::stop, "t/a")->ok());
  CHECK(ask(verb::start, "nobody")->code() == errc::not_found);
  CHECK(phase("Main/s/a") == phase::ended);
  CHECK(phase("Main/t/a") == phase::ended);
}

TEST_CASE_METHOD(tree_fixture, "create: new, the same again, another under the same alias") {
  start(supervisor("Main", {}));
  CHECK(ask(create("Main", leaf("x")))->ok());
  CHECK(phase("Main/x") == phase::ready);
  const auto again = ask(create("Main", leaf("x")));
  CHECK(again->ok());
  CHECK_FALSE((*again->got)->changed);
  auto other = leaf("x");
  other.start = {"/bin/other"};
  CHECK(ask(create("Main", other))->code() == errc::already_exists);
  CHECK(status("Main/x").generation == 1);
}

TEST_CASE_METHOD(tree_fixture, "create with force replaces: asked or killed") {
  start(supervisor("Main", {leaf("x")}));
  auto other = leaf("x");
  other.start = {"/bin/other"};
  take_trace();
  SECTION("soft") {
    CHECK(ask(create("Main", other, model::force::soft))->ok());
    CHECK(took() == "drain x#1, stop x#1, start x#1");
  }
  SECTION("hard") {
    CHECK(ask(create("Main", other, model::force::hard))->ok());
    CHECK(took() == "kill x#1, start x#1");
  }
  CHECK(phase("Main/x") == phase::ready);
  CHECK(on.made == 1);
}

TEST_CASE_METHOD(tree_fixture, "bad definitions change nothing") {
  start(supervisor("Main", {}));
  auto unknown = leaf("x");
  unknown.kind = "nothing";
  CHECK(ask(create("Main", unknown))->code() == errc::invalid_argument);
  CHECK(ask(create("Main", leaf("bad/id")))->code() == errc::invalid_argument);
  CHECK(ask(create("Main", supervisor("s", {leaf("a"), leaf("a")})))->code() ==
        errc::invalid_argument);
  CHECK(ask(create("elsewhere", leaf("x")))->code() == errc::not_found);
  CHECK(tree->board.list().size() == 1);
}

TEST_CASE_METHOD(tree_fixture,
                 "create: a child that fails its start is reported and still supervised") {
  start(supervisor("Main", {}));
  on.next["Main/x"] = {{.start = on_start::exit, .code = 255}, {.start = on_start::exit}};
  const auto made = ask(create("Main", leaf("x")));
  CHECK(made->code() == errc::start_failed);
  CHECK(made->got->error().context.find("255") != std::string::npos);
  advance(seconds{1});
  CHECK(phase("Main/x") == phase::ready);
  CHECK(made->times == 1);
}

TEST_CASE_METHOD(tree_fixture,
                 "create, to be tried once: a first start that fails leaves nothing") {
  start(supervisor("Main", {}));
  on.next["Main/x"] = {{.start = on_start::exit, .code = 255}};
  auto once = create("Main", leaf("x"));
  once.try_once = true;
  const auto made = ask(once);
  CHECK(made->code() == errc::start_failed);
  CHECK(made->got->error().context.find("255") != std::string::npos);
  CHECK(made->got->error().context.find("restart") == std::string::npos);
  CHECK(tree->board.list().size() == 1); // when the answer is there, it is gone
  advance(seconds{60});
  CHECK(tree->board.list().size() == 1);
  CHECK(ask(once)->ok()); // the alias is free
  crash("Main/x");
  advance(seconds{1});
  CHECK(phase("Main/x") == phase::ready); // later failures are supervised
}

TEST_CASE_METHOD(tree_fixture, "create, to be tried once: a start that comes later is another") {
  start(supervisor("Main", {}));
  on.next["Main/x"] = {{.start = on_start::exit, .code = 255}};
  auto later = create("Main", leaf("x"));
  auto rests = *later.spec;
  rests.autostart = false;
  later.spec = std::make_shared<const model::child_spec>(rests);
  later.try_once = true;
  CHECK(ask(later)->ok());
  CHECK(ask(verb::start, "x")->code() == errc::start_failed);
  advance(seconds{1});
  CHECK(phase("Main/x") == phase::ready); // and tried again, as any
}

TEST_CASE_METHOD(tree_fixture, "create of the root: a start that fails does not end the tree") {
  auto root = supervisor("Main", {leaf("a")});
  root.supervise.intensity = 0;
  start(root);
  CHECK(ask(verb::destroy, "Main")->ok());
  on.next["Main/a"] = {{.start = on_start::exit, .code = 255}};
  const auto made = ask(create("", root));
  CHECK(made->code() == errc::start_failed);
  CHECK(made->got->error().context.find("Main/a") != std::string::npos);
  CHECK(made->got->error().context.find("255") != std::string::npos);
  advance(seconds{60});
  CHECK_FALSE(exit_code);
  CHECK(tree->board.list().empty());
  CHECK(ask(create("", root))->ok());
  crash("Main/a"); // it has served: now the root gives up as ever
  advance(seconds{60});
  CHECK(exit_code == actor::exit_code_gave_up);
}

TEST_CASE_METHOD(tree_fixture, "create: what takes too long is named") {
  auto b = leaf("b");
  b.ready.within = seconds{600};
  const auto root = supervisor("Main", {leaf("a"), b});
  start(root);
  on.always["Main/b"].start = on_start::hang;
  on.always["Main/x"].start = on_start::hang;
  CHECK(ask(verb::destroy, "Main")->ok());
  const auto made = ask(create("", root));
  advance(limits::command_deadline);
  CHECK(made->code() == errc::timeout);
  CHECK(made->got->error().context.find("; not ready: Main (starting), Main/b (starting)") !=
        std::string::npos);
  becomes_ready("Main/b");
  auto x = leaf("x");
  x.ready.within = seconds{600};
  const auto one = ask(create("Main", x));
  advance(limits::command_deadline);
  CHECK(one->got->error().context.ends_with("; not ready: Main/x (starting)"));
}

TEST_CASE_METHOD(tree_fixture, "what a command has made says how") {
  start(supervisor("Main", {leaf("a")}));
  CHECK(ask(create("a", leaf("x")))->ok());
  CHECK(tree->board.find("Main/a")->made_by_command == nullptr);
  const auto made = tree->board.find("Main/a/x")->made_by_command;
  REQUIRE(made != nullptr);
  CHECK(model::same_definition(*made, leaf("x")));
  auto now = leaf("x");
  now.restart = model::restart_type::transient;
  model::command update;
  update.what = verb::update;
  update.target = "x";
  update.spec = std::make_shared<const model::child_spec>(now);
  CHECK(ask(update)->ok());
  CHECK(model::same_definition(*tree->board.find("Main/a/x")->made_by_command, now));
}

TEST_CASE_METHOD(tree_fixture, "an incarnation knows why it is to end") {
  using actor::farewell;
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  advance(seconds{20}); // old enough for a planned replacement of its own
  ask(verb::restart, "Main/a");
  CHECK(on.farewells["Main/a"] == farewell::restart);
  ask(verb::recycle, "Main/a");
  CHECK(on.farewells["Main/a"] == farewell::recycle);
  ask(verb::stop, "Main/a");
  CHECK(on.farewells["Main/a"] == farewell::stop);
  recycles("Main/b");
  run();
  CHECK(on.farewells["Main/b"] == farewell::recycle);
  ask(verb::destroy, "Main/b");
  CHECK(on.farewells["Main/b"] == farewell::destroy);
}

TEST_CASE_METHOD(tree_fixture, "destroy: keep refuses, the unknown is gone already") {
  start(supervisor("Main", {leaf("a")}));
  model::command keep;
  keep.what = verb::destroy;
  keep.target = "a";
  keep.keep = true;
  CHECK(ask(keep)->code() == errc::refused);
  CHECK(phase("Main/a") == phase::ready);
  const auto nobody = ask(verb::destroy, "nobody");
  CHECK(nobody->ok());
  CHECK_FALSE((*nobody->got)->changed);
}

TEST_CASE_METHOD(tree_fixture,
                 "the root obeys, too: stopped is maintenance, destroyed is the end") {
  start(supervisor("Main", {leaf("a")}));
  CHECK(ask(verb::stop, "Main")->ok());
  CHECK(phase("Main/a") == phase::ended);
  CHECK_FALSE(exit_code);
  CHECK(ask(verb::start, "Main")->ok());
  CHECK(phase("Main/a") == phase::ready);
  CHECK(ask(verb::destroy, "Main")->ok());
  CHECK(tree->board.list().empty());
}

TEST_CASE_METHOD(tree_fixture, "scale goes to the container itself") {
  start(supervisor("Main", {pool("web", {}), leaf("a")}));
  model::command scale;
  scale.what = verb::scale;
  scale.target = "web";
  scale.count = 7;
  take_trace();
  CHECK(ask(scale)->ok());
  CHECK(took() == "scale 7 web#1");
  scale.target = "a";
  CHECK(ask(scale)->code() == errc::unsupported);
}

TEST_CASE_METHOD(tree_fixture, "an incarnation manages its children; they end with it") {
  start(supervisor("Main", {pool("web", {})}));
  answer got;
  auto worker = leaf("w1");
  worker.autostart = true;
  host_of("Main/web").manage(create("", worker), [&](result<model::reply> reply) {
    ++got.times;
    got.got = std::move(reply);
  });
  run();
  CHECK(got.ok());
  CHECK(phase("Main/web/w1") == phase::ready);
  CHECK(ask(create("web", leaf("x")))->ok()); // by an operator
  ask(verb::stop, "web");
  CHECK(phase("Main/web/w1") == phase::gone);
  CHECK(phase("Main/web/x") == phase::ended);
}

TEST_CASE_METHOD(tree_fixture, "answers do not reach an incarnation that is gone") {
  start(supervisor("Main", {pool("web", {})}));
  on.always["Main/web/w1"].start = on_start::hang;
  int calls = 0;
  host_of("Main/web").manage(create("", leaf("w1")), [&](const result<model::reply>&) { ++calls; });
  run();
  crash("Main/web");
  advance(seconds{1});
  CHECK(calls == 0);
  CHECK(phase("Main/web") == phase::ready);
  CHECK(phase("Main/web/w1") == phase::gone);
}

TEST_CASE_METHOD(tree_fixture, "an incarnation on its way out leaves no child to the next one") {
  start(supervisor("Main", {pool("web", {})}));
  on.lives["Main/web#1"]->script_for_test().stop = on_stop::hang;
  const auto again = ask(verb::restart, "web");
  answer got;
  host_of("Main/web").manage(create("", leaf("w1")), [&](result<model::reply> reply) {
    ++got.times;
    got.got = std::move(reply);
  });
  run();
  CHECK(got.code() == errc::canceled);
  exit_normally("Main/web");
  CHECK(again->ok());
  CHECK(status("Main/web").generation == 2);
  CHECK(tree->board.list().size() == 2);
}

TEST_CASE_METHOD(tree_fixture, "an incarnation sees its children change") {
  auto web = pool("web", {leaf("w1")});
  web.name = "watcher";
  start(supervisor("Main", {web}));
  take_trace();
  crash("Main/web/w1");
  CHECK(took() == "sees w1 held at web#1, start w1#2, " // both steps of its start in one turn
                  "sees w1 ready at web#1");
}

TEST_CASE_METHOD(tree_fixture, "update: rules count at once, the order is new, nothing restarts") {
  start(supervisor("Main", {leaf("a"), leaf("b"), leaf("c")}));
  take_trace();
  auto now = supervisor("Main", {leaf("c"), leaf("a"), leaf("b")});
  now.supervise.how = model::strategy::rest_for_one;
  now.restart = model::restart_type::transient;
  model::command update;
  update.what = verb::update;
  update.target = "Main";
  update.spec = std::make_shared<const model::child_spec>(now);
  CHECK(ask(update)->ok());
  CHECK(took().empty());
  std::vector<std::string> order;
  for (const auto& one : tree->board.list()) {
    order.push_back(one->alias);
  }
  CHECK(order == std::vector<std::string>{"Main", "c", "a", "b"});
  crash("Main/a");
  CHECK(took() == "drain b#1, stop b#1, start a#2, start b#2");
}

namespace {

model::command update_of(std::string target, const model::child_spec& now) {
  model::command update;
  update.what = verb::update;
  update.target = std::move(target);
  update.spec = std::make_shared<const model::child_spec>(now);
  return update;
}

} // namespace

TEST_CASE_METHOD(tree_fixture,
                 "update of a leaf reaches the running incarnation and its next ones") {
  start(supervisor("Main", {leaf("a")}));
  auto now = leaf("a");
  now.alive.every = seconds{7};
  take_trace();
  CHECK(ask(update_of("a", now))->ok());
  CHECK(took() == "updated  a#1");
  crash("Main/a");
  CHECK(host_of("Main/a").spec().alive.every == seconds{7});
}

TEST_CASE_METHOD(tree_fixture, "update is answered when nobody goes by the old definition") {
  on.next["Main/a"].push_back({.holds_updates = true});
  start(supervisor("Main", {leaf("a")}));
  auto now = leaf("a");
  now.alive.every = seconds{7};
  const auto asked = ask(update_of("a", now));
  CHECK_FALSE(asked->got);
  SECTION("any more") {
    on.holds.clear();
    run();
    CHECK(asked->ok());
  }
  SECTION("or is refused at once, whoever still holds it") {
    on.holds.front()->refuse(error{errc::start_failed, "it does not boot"});
    run();
    CHECK(asked->code() == errc::start_failed);
    on.holds.clear();
    run();
    CHECK(asked->times == 1);
  }
  SECTION("and who ends meanwhile may still hold it") {
    crash("Main/a");
    CHECK(host_of("Main/a").spec().alive.every == seconds{7});
    CHECK_FALSE(asked->got);
    on.holds.clear();
    run();
    CHECK(asked->ok());
  }
}

TEST_CASE_METHOD(tree_fixture, "update: what cannot be taken over replaces the incarnation") {
  start(supervisor("Main", {leaf("a"), leaf("b")}));
  CHECK(ask(create("Main/a", leaf("given")))->ok());
  auto now = leaf("a");
  now.name = "second";
  take_trace();
  CHECK(ask(update_of("a", now))->ok());
  CHECK(took() == "drain a#1, drain given#1, stop given#1, stop a#1, start a#2, start given#2");
  CHECK(status("Main/a").name == "second");
  CHECK(status("Main/a").restarts == 0);
  CHECK(host_of("Main/a").spec().name == "second");
  CHECK(phase("Main/a/given") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "update: an answer comes when the new program is ready or failed") {
  start(supervisor("Main", {leaf("a")}));
  auto now = leaf("a");
  now.start = {"slow"};
  on.next["Main/a"].push_back({.start = on_start::hang});
  const auto slow = ask(update_of("a", now));
  CHECK(slow->times == 0);
  becomes_ready("Main/a");
  CHECK(slow->ok());
  now.start = {"bad"};
  on.next["Main/a"].push_back({.start = on_start::exit});
  CHECK(ask(update_of("a", now))->code() == errc::start_failed);
}

TEST_CASE_METHOD(tree_fixture, "update: a stopped child stays stopped, a parked one starts anew") {
  auto root = supervisor("Main", {leaf("a"), leaf("b")});
  root.supervise.intensity = 0;
  root.children[1].on_give_up = model::give_up::park;
  start(root);
  CHECK(ask(verb::stop, "a")->ok());
  crash("Main/b");
  REQUIRE(phase("Main/b") == phase::parked);
  take_trace();
  for (auto now : root.children) {
    now.start = {"other"};
    CHECK(ask(update_of(now.id, now))->ok());
  }
  CHECK(took() == "start b#2");
  CHECK(phase("Main/a") == phase::ended);
  CHECK(phase("Main/b") == phase::ready);
}

TEST_CASE_METHOD(tree_fixture, "create without a definition takes the one that is there") {
  start(supervisor("Main", {leaf("a")}));
  model::child_spec same;
  same.id = "a";
  take_trace();
  CHECK(ask(create("Main", same))->got->value().changed == false);
  CHECK(took().empty());
  auto replace = create("Main", same);
  replace.flags = model::force::soft;
  CHECK(ask(replace)->ok());
  CHECK(took() == "drain a#1, stop a#1, start a#1");
  same.id = "nobody";
  CHECK(ask(create("Main", same))->code() == errc::invalid_argument);
}

TEST_CASE_METHOD(tree_fixture, "destroy with full force: softly first, then by a kill") {
  auto stubborn = leaf("a");
  stubborn.shutdown.how = model::shutdown_spec::mode::infinity;
  on.always["Main/a"].stop = on_stop::hang;
  start(supervisor("Main", {stubborn}));
  model::command destroy;
  destroy.what = verb::destroy;
  destroy.target = "a";
  destroy.flags = model::force::full;
  take_trace();
  const auto gone = ask(destroy);
  advance(seconds{22});
  CHECK(gone->times == 0);
  advance(seconds{1});
  CHECK(gone->ok());
  CHECK(took() == "drain a#1, stop a#1, kill a#1");
}

TEST_CASE_METHOD(tree_fixture, "supervisor:reset of a supervisor clears its own window") {
  auto root = supervisor("Main", {leaf("a")});
  root.supervise.intensity = 1;
  root.children[0].backoff.min = seconds{1};
  start(root);
  crash("Main/a");
  crash("Main/a");
  REQUIRE(phase("Main/a") == phase::backing_off);
  CHECK(status("Main/a").restarts_in_window == 1);
  CHECK(ask(verb::reset, "Main")->ok());
  CHECK(status("Main/a").restarts_in_window == 0);
  advance(seconds{2});
  CHECK(phase("Main/a") == phase::ready);
  CHECK(!exit_code);
}

TEST_CASE_METHOD(tree_fixture, "commands to a tree that has ended are canceled, not forgotten") {
  start(supervisor("Main", {leaf("a")}));
  stop_tree(seconds{1});
  const auto late = ask(verb::stop, "a");
  CHECK(late->code() == errc::canceled);
  CHECK(late->times == 1);
}

TEST_CASE_METHOD(tree_fixture,
                 "create: what a container asks for is held to it, all the way down") {
  start(supervisor("Main", {}));
  const auto asker = std::make_shared<const model::identity>(
      model::identity{"www-data", {}, model::root_rights::refused});
  auto asked = create("Main", supervisor("s", {leaf("a")}));
  asked.asker = asker;
  REQUIRE(ask(asked)->ok());
  CHECK(host_of("Main/s/a").spec().bounds == asker);
  SECTION("what an operator makes below it, too") {
    CHECK(ask(create("Main/s", leaf("b")))->ok());
    CHECK(host_of("Main/s/b").spec().bounds == asker);
  }
  SECTION("and what it makes itself") {
    auto own = create({}, leaf("c"));
    host_of("Main/s/a").manage(std::move(own), {});
    run();
    CHECK(host_of("Main/s/a/c").spec().bounds == asker);
  }
  SECTION("and what takes its place") {
    model::command update;
    update.what = verb::update;
    update.target = "Main/s/a";
    update.spec = std::make_shared<const model::child_spec>(leaf("a"));
    CHECK(ask(update)->ok());
    CHECK(host_of("Main/s/a").spec().bounds == asker);
  }
  SECTION("and its next incarnation") {
    crash("Main/s/a");
    CHECK(status("Main/s/a").generation == 2);
    CHECK(host_of("Main/s/a").spec().bounds == asker);
  }
  SECTION("but a definition that is there already stays as it is") {
    CHECK(ask(create("Main", leaf("root")))->ok());
    auto as_it_was = leaf("root");
    as_it_was.kind.clear();
    auto again = create("Main", as_it_was, model::force::hard);
    again.asker = asker;
    CHECK(ask(again)->ok());
    CHECK(host_of("Main/root").spec().bounds == nullptr);
  }
}

TEST_CASE_METHOD(tree_fixture, "create: another user than that of who asks is refused") {
  class foreign final : public model::kind_options {
  public:
    [[nodiscard]] std::string fingerprint() const override { return {}; }
    [[nodiscard]] model::identity runs_as() const override { return {"root", {}, {}}; }
  };
  start(supervisor("Main", {}));
  auto wanted = leaf("x");
  wanted.options = std::make_shared<const foreign>();
  auto asked = create("Main", wanted);
  asked.asker = std::make_shared<const model::identity>(model::identity{"www-data", {}, {}});
  CHECK(ask(asked)->code() == errc::permission_denied);
  CHECK(tree->board.list().size() == 1);
}

} // namespace kraken::actor_test
