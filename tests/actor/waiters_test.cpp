// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Who waits for a container to serve is told when nobody wants that any more, however it came so:
/// an answer must not be kept until its deadline where nothing more will happen.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::verb;

namespace {

/// A tree whose `Main/s/a` is being restarted and does not get ready.
struct hanging_restart : tree_fixture {
  explicit hanging_restart(model::child_spec root, std::string_view crashed_once = "") {
    start(std::move(root));
    if (!crashed_once.empty()) {
      crash(crashed_once); // its next restart will not be at once
    }
    on.next["Main/s/a"] = {{.start = on_start::hang}};
    asked = ask(verb::restart, "Main/s/a");
    REQUIRE(phase("Main/s/a") == phase::starting);
    REQUIRE(asked->times == 0);
  }

  void is_called_off() const {
    REQUIRE(asked->times == 1);
    CHECK(asked->code() == errc::canceled);
    CHECK(asked->got->error().context == "Main/s/a was stopped meanwhile");
  }

  answer_ptr asked;
};

model::child_spec one_for_all(std::vector<model::child_spec> children) {
  auto root = supervisor("Main", std::move(children));
  root.supervise.how = model::strategy::one_for_all;
  return root;
}

model::child_spec late(std::string id) {
  auto made = leaf(std::move(id));
  made.backoff.min = seconds{10};
  made.backoff.max = seconds{10};
  return made;
}

} // namespace

TEST_CASE("a restart that waits is called off by a stop of the parent") {
  hanging_restart f(supervisor("Main", {supervisor("s", {leaf("a")})}));
  CHECK(f.ask(verb::stop, "Main/s")->ok());
  f.is_called_off();
}

TEST_CASE("a restart that waits while its group is stopped") {
  hanging_restart f(one_for_all({supervisor("s", {leaf("a")}), late("b")}), "Main/b");
  f.crash("Main/b");
  REQUIRE(f.phase("Main/s/a") == phase::ended);
  CHECK(f.asked->times == 0); // it will be started again

  SECTION("is answered when the group has started") {
    f.advance(seconds{20});
    CHECK(f.asked->ok());
  }
  SECTION("is called off by a stop of the child, though it rests already") {
    CHECK(f.ask(verb::stop, "Main/s/a")->ok());
    f.is_called_off();
  }
  SECTION("is called off by a stop of its parent, though that rests already") {
    CHECK(f.ask(verb::stop, "Main/s")->ok());
    f.is_called_off();
  }
  SECTION("is called off when a container further up stops") {
    CHECK(f.ask(verb::stop, "Main")->ok());
    f.is_called_off();
  }
}

TEST_CASE("a recursive start that waits is called off at the end of a stop, like any other") {
  tree_fixture f;
  f.start(supervisor("Main", {supervisor("s", {leaf("a")})}));
  CHECK(f.ask(verb::stop, "Main/s")->ok());
  f.on.next["Main/s/a"] = {{.start = on_start::hang, .stop = on_stop::hang}};
  const auto asked = f.ask(verb::start_tree, "Main/s");
  REQUIRE(f.phase("Main/s/a") == phase::starting);
  SECTION("by a stop") {
    const auto stopped = f.ask(verb::stop, "Main/s");
    CHECK(asked->times == 0);
    f.crash("Main/s/a");
    CHECK(stopped->ok());
    CHECK(asked->code() == errc::canceled);
    CHECK(asked->got->error().context == "Main/s/a was stopped meanwhile");
  }
  SECTION("by the end of it all") {
    const auto gone = f.ask(verb::destroy, "Main/s");
    CHECK(asked->times == 0);
    f.crash("Main/s/a");
    CHECK(gone->ok());
    CHECK(asked->code() == errc::container_destroyed);
  }
  CHECK(asked->times == 1);
}

TEST_CASE("a restart that waits is called off when the group is given up") {
  auto b = leaf("b");
  b.on_give_up = model::give_up::park;
  auto root = one_for_all({supervisor("s", {leaf("a")}), b});
  root.supervise.intensity = 0;
  hanging_restart f(std::move(root));
  f.crash("Main/b");
  REQUIRE(f.status("Main/s").next_action == "operator");
  f.is_called_off();
}

} // namespace kraken::actor_test
