// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a native container is told of those it watches. The rules of watching are in
/// watch_test.cpp.
#include "native_fixture.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

namespace kraken::actor_test {

using model::verb;
using native::behaviour;
using native::context;

TEST_CASE_METHOD(native_fixture, "watch tells once, at once if already gone") {
  define("Guard", [this](context& self) {
    behaviour first;
    first.on_message([this, &self](const std::string& whom) {
      self.watch(whom, [this](const actor::notice& what) { log("gone " + what.path); });
    });
    return first;
  });
  define("Idle", [](context&) { return behaviour{}; });
  start_with({native("guard", "Guard"), native("a", "Idle"), native("b", "Idle")});
  static_cast<void>(send("guard", std::string("a")));
  static_cast<void>(send("guard", std::string("Main/b")));
  CHECK(take_seen().empty());
  ask(verb::restart, "a"); // a new incarnation is no end
  ask(verb::stop, "a");
  ask(verb::destroy, "b");
  ask(verb::start, "a");
  ask(verb::stop, "a");
  CHECK(take_seen() == "gone Main/a, gone Main/b");
  static_cast<void>(send("guard", std::string("Main/a")));
  CHECK(take_seen() == "gone Main/a");
}

TEST_CASE_METHOD(native_fixture,
                 "a watch taken back, or of an incarnation that is gone, is silent") {
  define("Guard", [this](context& self) {
    behaviour first;
    first.on_message([this, &self](const std::string& whom) {
      if (whom.starts_with("-")) {
        self.unwatch(whom.substr(1));
      } else {
        self.watch(whom, [this](const actor::notice& what) { log("gone " + what.path); });
      }
    });
    return first;
  });
  define("Idle", [](context&) { return behaviour{}; });
  start_with({native("guard", "Guard"), native("a", "Idle"), native("b", "Idle")});
  for (const auto* word : {"a", "b", "-a", "-nobody"}) {
    static_cast<void>(send("guard", std::string(word)));
  }
  ask(verb::stop, "a");
  CHECK(take_seen().empty());
  ask(verb::restart, "guard");
  ask(verb::stop, "b");
  CHECK(take_seen().empty());
}

TEST_CASE_METHOD(native_fixture, "a notice gives no cause that is long past") {
  define("Guard", [this](context& self) {
    behaviour first;
    first.on_message([this, &self](const std::string& whom) {
      self.watch(whom, [this](const actor::notice& what) { log("'" + what.cause + "'"); });
    });
    return first;
  });
  define("Weak", [](context&) {
    behaviour first;
    first.on_message([](const std::string&) { throw std::runtime_error("weak"); });
    return first;
  });
  start_with({native("guard", "Guard"), native("a", "Weak")});
  static_cast<void>(send("a", std::string("fail")));
  CHECK(status("Main/a").generation == 2);
  static_cast<void>(send("guard", std::string("a")));
  CHECK(take_seen().empty());
  ask(verb::destroy, "a");
  CHECK(take_seen() == "''");
}

TEST_CASE_METHOD(native_fixture,
                 "what a notice's handler throws fails the container that watches") {
  define("Guard", [](context& self) {
    behaviour first;
    first.on_message([&self](const std::string& whom) {
      self.watch(whom, [](const actor::notice&) { throw std::runtime_error("alone"); });
    });
    return first;
  });
  define("Idle", [](context&) { return behaviour{}; });
  start_with({native("guard", "Guard"), native("a", "Idle")});
  static_cast<void>(send("guard", std::string("a")));
  ask(verb::stop, "a");
  CHECK(status("Main/guard").generation == 2);
  CHECK(status("Main/guard").last_cause->message == "alone");
  CHECK(status("Main/a").in == model::state::stopped);
}

} // namespace kraken::actor_test
