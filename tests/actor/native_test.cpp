// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Native containers: steps, behaviours, stash, children, failures. Time is in
/// native_time_test.cpp.
#include "native_fixture.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

namespace kraken::actor_test {

using actor::dead_reason;
using model::phase;
using model::verb;
using native::behaviour;
using native::context;
using native::message;
using native::request;

namespace {

std::string failure_code(const actor::answer& what) {
  return what.what == actor::answer::kind::failed ? what.why.code : "no failure";
}

template <class T>
T value_of(const actor::answer& what) {
  REQUIRE(what.what == actor::answer::kind::value);
  return *native::unpack<T>(what.value == nullptr ? "\xc0" : *what.value);
}

/// Writes its steps where the test looks.
struct stepping final : native::container {
  static inline std::vector<std::string>* steps = nullptr; // NOLINT: the test's own

  explicit stepping(context& context) : container(context) { steps->push_back("made"); }
  ~stepping() override { steps->push_back("gone"); }
  void config(native::arguments& given) override {
    steps->push_back("config " + given.required("who") + " " +
                     std::to_string(given.number("many", 7)));
  }
  void boot() override { steps->push_back("boot"); }
  behaviour construct() override {
    steps->push_back("construct");
    return {};
  }
  void drain() override { steps->push_back("drain"); }
  void stop() override {
    steps->push_back("stop");
    self().end();
  }
};

} // namespace

TEST_CASE_METHOD(native_fixture, "a native container takes its steps in order, and back") {
  stepping::steps = &seen;
  define<stepping>("Stepping");
  auto one = native("one", "Stepping");
  one.args = {{"who", "anna"}};
  CHECK(start_with({one})->ok());
  CHECK(take_seen() == "made, config anna 7, boot, construct");
  CHECK(phase("Main/one") == phase::ready);
  CHECK(status("Main/one").name == "Stepping");
  ask(verb::restart, "one");
  CHECK(take_seen() == "drain, stop, gone, made, config anna 7, boot, construct");
  ask(verb::destroy, "one");
  CHECK(take_seen() == "drain, stop, gone");
}

TEST_CASE_METHOD(native_fixture,
                 "an argument that is missing, unknown or no number fails the start") {
  stepping::steps = &seen;
  define<stepping>("Stepping");
  const auto [args, text] = GENERATE(table<std::map<std::string, std::string>, std::string>({
      {std::map<std::string, std::string>{}, "argument 'who': is missing"},
      {{{"who", "a"}, {"mny", "1"}}, "argument 'mny': is unknown (did you mean 'many'?)"},
      {{{"who", "a"}, {"many", "1x"}}, "argument 'many': expected a whole number from 0 to "},
  }));
  auto one = native("one", "Stepping");
  one.args = args;
  one.on_give_up = model::give_up::park;
  start_with({one});
  const auto now = status("Main/one");
  CHECK(now.last_cause->kind == model::cause_kind::start_error);
  CHECK(now.last_cause->type == "kraken::native::argument_error");
  CHECK(now.last_cause->message.starts_with(text));
}

TEST_CASE_METHOD(native_fixture, "an unknown class is refused before anything starts") {
  define("CacheContainer", [](context&) { return behaviour{}; });
  define("Clock", [](context&) { return behaviour{}; });
  start_with({});
  const auto refused = [&](model::child_spec spec) {
    model::command create;
    create.what = verb::create;
    create.target = "Main";
    create.spec = std::make_shared<const model::child_spec>(std::move(spec));
    const auto answer = ask(create);
    REQUIRE(answer->got);
    REQUIRE_FALSE(*answer->got);
    return answer->got->error().context;
  };
  CHECK(refused(native("x", "CacheContaner")) ==
        "Main/x: no native class 'CacheContaner' is registered (did you mean 'CacheContainer'?)");
  CHECK(refused(native("x", "Other")) ==
        "Main/x: no native class 'Other' is registered: there are CacheContainer, Clock");
  auto many = native("x", "Clock");
  many.start.push_back("now");
  CHECK(refused(many).starts_with("Main/x: start: a native container has a class and `args`"));
}

TEST_CASE("two classes of one name are refused, with both places") {
  containers::class_catalogue all;
  const auto made = [](native::context&) { return std::unique_ptr<native::container>{}; };
  CHECK(all.add({{"A", "", made}}, "this program"));
  const auto twice = all.add({{"A", "", made}}, "b.so");
  REQUIRE_FALSE(twice);
  CHECK(twice.error().context == "the native class 'A' is in this program and again in b.so");
  CHECK_FALSE(all.add({{"", "", made}}, "b.so"));
  CHECK_FALSE(all.add({{"B", "", nullptr}}, "b.so"));
}

TEST_CASE_METHOD(native_fixture, "handlers take messages, requests and commands, typed or raw") {
  define("Cache", [this](context&) {
    behaviour first;
    auto kept = std::make_shared<std::map<std::string, std::int64_t>>();
    first
        .on_message([this](const message& what) {
          log("message from " + std::string(what.from()) + " " + *what.as<std::string>());
        })
        .on_command("put",
                    [kept](std::map<std::string, std::int64_t> some) {
                      kept->merge(some);
                      return kept->size();
                    })
        .on_command("get",
                    [kept](const std::string& key) -> result<std::int64_t> {
                      const auto found = kept->find(key);
                      return found == kept->end()
                                 ? result<std::int64_t>(fail(errc::not_found, "no '" + key + "'"))
                                 : found->second;
                    })
        .on_command("clear", [kept] { kept->clear(); })
        .on_request([](request what) { what.answer_packed(what.body()); });
    return first;
  });
  start_with({native("cache", "Cache")});
  CHECK(send("cache", std::string("hello")));
  CHECK(take_seen() == "message from Main/outside hello");
  CHECK(value_of<int>(ask_value("cache", "put", std::map<std::string, int>{{"a", 1}, {"b", 2}})) ==
        2);
  CHECK(value_of<int>(ask_value("cache", "get", std::string("b"))) == 2);
  CHECK(failure_code(ask_value("cache", "get", std::string("c"))) == "not_found");
  CHECK(value_of<std::monostate>(ask_value("cache", "clear", 0)) == std::monostate{});
  CHECK(value_of<double>(ask_value("cache", "", 2.5)) == 2.5);
  // What does not decode, or has no handler, is told and fails nobody.
  CHECK(failure_code(ask_value("cache", "get", 17)) == "invalid_argument");
  CHECK(failure_code(ask_value("cache", "fetch", 17)) == "unhandled");
  CHECK(status("Main/cache").restarts == 0);
}

TEST_CASE_METHOD(native_fixture, "a message nobody can read is a dead letter, not a failure") {
  define("Numbers", [this](context&) {
    behaviour first;
    first.on_message([this](int what) { log(std::to_string(what)); });
    return first;
  });
  define("Deaf", [](context&) { return behaviour{}; });
  start_with({native("numbers", "Numbers"), native("deaf", "Deaf")});
  static_cast<void>(send("numbers", std::string("three")));
  static_cast<void>(send("numbers", 3));
  static_cast<void>(send("deaf", 3));
  CHECK(take_seen() == "3");
  CHECK(tree->dead->total(dead_reason::unhandled) == 2);
  CHECK(status("Main/numbers").generation == 1);
}

TEST_CASE_METHOD(native_fixture, "what a handler throws fails the container, never its actor") {
  define("Fragile", [this](context&) {
    behaviour first;
    first.on_message([](const message&) { throw std::out_of_range("too far"); })
        .on_command("break", [](int) -> int { throw std::domain_error("no"); })
        .on_command("raw", [](request) { throw std::domain_error("raw"); })
        .on_command("odd", [](int) -> int { throw 17; }) // NOLINT: what anybody may do
        .on_request([](int what) { return what + 1; });
    return first;
  });
  start_with({native("fragile", "Fragile")});
  static_cast<void>(send("fragile", 1));
  auto now = status("Main/fragile");
  CHECK(now.generation == 2);
  CHECK(now.last_cause->type == "std::out_of_range");
  CHECK(now.last_cause->parents == std::vector<std::string>{"std::logic_error", "std::exception"});
  CHECK(tree->dead->total(dead_reason::in_flight) == 1);
  const auto broken = ask_value("fragile", "break", 1);
  CHECK(broken.why.type == "std::domain_error");
  CHECK(broken.why.message == "no");
  CHECK(failure_code(broken) == "container_failed");
  advance(seconds{2});
  CHECK(failure_code(ask_value("fragile", "raw", 1)) == "in_flight");
  advance(seconds{2});
  CHECK(failure_code(ask_value("fragile", "odd", 1)) == "in_flight");
  advance(seconds{5});
  CHECK(value_of<int>(ask_value("fragile", "", 1)) == 2);
  CHECK(status("Main/fragile").generation == 5);
}

TEST_CASE_METHOD(native_fixture, "`continue` keeps the object and its behaviour") {
  define("Counter", [this](context& self) {
    behaviour first;
    auto count = std::make_shared<int>(0);
    first.on_message([this, count, &self](int what) {
      ++*count;
      if (what < 0) {
        throw std::range_error("negative");
      }
      log(std::to_string(*count) + " of " + std::to_string(self.generation()));
    });
    return first;
  });
  auto one = native("counter", "Counter");
  one.local = {{"std::runtime_error", {"continue"}}};
  start_with({one});
  static_cast<void>(send("counter", 1));
  static_cast<void>(send("counter", -1));
  static_cast<void>(send("counter", 1));
  CHECK(take_seen() == "1 of 1, 3 of 1");
}

TEST_CASE_METHOD(native_fixture,
                 "become counts from the next message on, and a restart undoes it") {
  define("Door", [this](context& self) {
    behaviour closed;
    closed.on_message([this, &self](const std::string& what) {
      log("closed " + what);
      if (what == "open") {
        behaviour open;
        open.on_message([this](const std::string& knock) {
          log("open " + knock);
          if (knock == "break") {
            throw std::runtime_error("broken");
          }
        });
        self.become(std::move(open));
      }
    });
    return closed;
  });
  start_with({native("door", "Door")});
  for (const auto* word : {"a", "open", "b", "break", "c"}) {
    static_cast<void>(send("door", std::string(word)));
  }
  CHECK(take_seen() == "closed a, closed open, open b, open break, closed c");
}

TEST_CASE_METHOD(native_fixture, "a stash keeps its order, over a restart, too") {
  define("Later", [this](context& self) {
    behaviour busy;
    busy.on_message([this, &self](const message& what) {
          const auto word = *what.as<std::string>();
          if (word == "break") {
            throw std::runtime_error("broken");
          }
          if (word == "go") {
            behaviour idle;
            idle.on_message([this](const std::string& each) { log(each); })
                .on_request([this](request each) {
                  log("asked " + *each.as<std::string>());
                  each.answer(1);
                });
            self.become(std::move(idle));
            self.unstash_all();
            return;
          }
          CHECK(self.stash(what));
        })
        .on_request([&self](request what) { CHECK(self.stash(std::move(what))); });
    return busy;
  });
  start_with({native("later", "Later")});
  const auto say = [&](const char* word) { static_cast<void>(send("later", std::string(word))); };
  say("1");
  actor::answer got = actor::answer::unfinished();
  static_cast<void>(host_of("Main/outside")
                        .request({.to = "later", .body = native::pack("2")},
                                 [&](const actor::answer& what) { got = what; }));
  run();
  say("3");
  CHECK(take_seen().empty());
  CHECK(status("Main/later").lane->depth.load() == 3);
  say("break"); // the next incarnation is given what this one put back, and puts it back again
  say("4");
  CHECK(status("Main/later").generation == 2);
  CHECK(take_seen().empty());
  say("go");
  say("5");
  CHECK(take_seen() == "1, asked 2, 3, 4, 5");
  CHECK(got.what == actor::answer::kind::value);
  CHECK(status("Main/later").lane->depth.load() == 0);
}

TEST_CASE_METHOD(native_fixture, "a stash is bounded by the mailbox, and destroyed with it") {
  define("Hoard", [this](context& self) {
    behaviour first;
    first.on_message([this, &self](const message& what) {
      const auto kept = self.stash(what);
      log(kept ? "kept" : std::string(to_string(kept.error().code)));
    });
    return first;
  });
  auto one = native("hoard", "Hoard");
  one.mailbox.capacity = 2;
  start_with({one});
  static_cast<void>(send("hoard", 1));
  static_cast<void>(send("hoard", 2));
  CHECK_FALSE(send("hoard", 3)); // full: what is stashed has its places
  CHECK(take_seen() == "kept, kept");
  ask(verb::destroy, "hoard");
  CHECK(tree->dead->total(dead_reason::closed) == 2);
}

TEST_CASE_METHOD(native_fixture, "a container may become ready later") {
  context* self = nullptr;
  define("Slow", [&](context& mine) {
    self = &mine;
    mine.ready_later();
    behaviour first;
    first.on_message([this](int what) { log(std::to_string(what)); });
    return first;
  });
  start_with({native("slow", "Slow")});
  CHECK(phase("Main/slow") == phase::starting);
  static_cast<void>(send("slow", 1));
  CHECK(take_seen().empty());
  self->ready();
  run();
  CHECK(phase("Main/slow") == phase::ready);
  CHECK(take_seen() == "1");
  self->unready();
  run();
  static_cast<void>(send("slow", 2));
  CHECK(take_seen().empty());
  self->ready();
  run();
  CHECK(take_seen() == "2");
}

TEST_CASE_METHOD(native_fixture, "requests between native containers: answers, refusals, chains") {
  define("Square", [](context&) {
    behaviour first;
    first.on_request([](std::int64_t what) { return what * what; });
    return first;
  });
  define("Front", [](context& self) {
    behaviour first;
    first.on_request([&self](request what) {
      auto held = std::make_shared<request>(std::move(what));
      self.request("square", held->as<std::int64_t>().value(), [held](const actor::answer& got) {
        got.what == actor::answer::kind::value ? held->answer_packed(got.value)
                                               : held->refuse(got.why);
      });
    });
    return first;
  });
  start_with({native("square", "Square"), native("front", "Front")});
  CHECK(value_of<int>(ask_value("front", "", 12)) == 144);
  CHECK(failure_code(ask_value("front", "", std::string("x"))) == "in_flight");
  ask(verb::stop, "square");
  advance(seconds{1});
  CHECK(failure_code(ask_value("front", "", 12)) == "closed");
}

TEST_CASE_METHOD(native_fixture, "children made by a native container end with its incarnation") {
  define("Idle", [](context&) { return behaviour{}; });
  define("Parent", [this](context& self) {
    behaviour first;
    first.on_message([this, &self](const std::string& what) {
      if (what == "break") {
        throw std::runtime_error("broken");
      }
      self.create(native("kid", "Idle"), [this](const result<model::reply>& made) {
        log(made ? made->text : made.error().context);
      });
    });
    return first;
  });
  start_with({native("parent", "Parent")});
  static_cast<void>(send("parent", std::string("make")));
  CHECK(take_seen() == "Main/parent/kid started");
  CHECK(phase("Main/parent/kid") == phase::ready);
  static_cast<void>(send("parent", std::string("break")));
  CHECK(tree->board.find("Main/parent/kid") == nullptr);
  CHECK(phase("Main/parent") == phase::ready);
}

TEST_CASE_METHOD(native_fixture, "work from other threads comes in by the door, until it is gone") {
  std::vector<native::door> doors;
  define("Doors", [&](context& self) {
    doors.push_back(self.way_back());
    return behaviour{};
  });
  start_with({native("doors", "Doors")});
  doors[0]([this] { log("in"); });
  run();
  CHECK(take_seen() == "in");
  doors[0]([] { throw std::runtime_error("from outside"); });
  run();
  CHECK(status("Main/doors").generation == 2);
  CHECK(status("Main/doors").last_cause->message == "from outside");
  doors[0]([this] { log("too late"); });
  doors[1]([this] { log("second"); });
  run();
  CHECK(take_seen() == "second");
}

} // namespace kraken::actor_test
