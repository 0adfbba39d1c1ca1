// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Native containers with a thread of their own, on real threads: what they may do, that a blocked
/// one holds up nobody, and what becomes of a thread that does not come back.
#include "config/native_options.hpp"
#include "containers/native/threaded_container.hpp"
#include "support/loop_thread.hpp"

#include "kraken/actor/tree.hpp"
#include "kraken/base/log.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace kraken::actor_test {

using containers::own_threads;
using native::behaviour;
using native::context;
using native::runs_on;
using test_support::loop_thread;

namespace {

constexpr seconds longest{20}; ///< far beyond any healthy wait

/// A door that a handler waits behind, and that says when it does.
class gate {
public:
  void wait() {
    reached_.set_value();
    opened_.get_future().wait();
  }
  [[nodiscard]] bool reached() { return came_.wait_for(longest) == std::future_status::ready; }
  void open() { opened_.set_value(); }

private:
  std::promise<void> reached_;
  std::future<void> came_ = reached_.get_future();
  std::promise<void> opened_;
};

/// @return true once `holds` is true; each look waits for something itself
bool eventually(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + longest;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) {
      return false;
    }
  }
  return true;
}

/// A tree on one real shard, with classes made of lambdas.
class own_thread_fixture {
public:
  own_thread_fixture() {
    log::settings silent;
    silent.threshold = log::level::off;
    REQUIRE(log::configure(silent));
  }

  ~own_thread_fixture() {
    if (tree != nullptr) {
      static_cast<void>(tree->close(longest));
      tree.reset();
    }
  }

  void define(std::string name,
              std::function<behaviour(context&)> construct,
              runs_on where = runs_on::own_thread) {
    struct made_of_lambda final : native::container {
      made_of_lambda(context& mine, std::function<behaviour(context&)> how)
          : container(mine), construct_(std::move(how)) {}
      behaviour construct() override { return construct_(self()); }
      std::function<behaviour(context&)> construct_;
    };
    native::container_classes one;
    one.push_back(
        {std::move(name),
         "",
         [construct](context& self) { return std::make_unique<made_of_lambda>(self, construct); },
         where});
    REQUIRE(classes.add(std::move(one), "the test"));
  }

  static model::child_spec native(std::string id, std::string name) {
    auto made = native::native_child(std::move(id), std::move(name));
    made.shutdown.time = milliseconds{50};
    made.backoff.min = milliseconds{1};
    made.backoff.max = milliseconds{1};
    return made;
  }

  void start(std::vector<model::child_spec> children) {
    actor::tree_options options;
    options.shards = {&shard.loop()};
    options.root.id = "Main";
    options.root.kind = "supervisor";
    options.root.children = std::move(children);
    options.kinds.push_back({"native", "", [this](actor::host& shell) {
                               return containers::make_native(shell, classes, threads);
                             }});
    auto made = actor::tree::make(std::move(options));
    REQUIRE(made);
    tree = std::move(*made);
    std::promise<bool> started;
    tree->start([&](const result<void>& how) { started.set_value(how.has_value()); });
    auto ready = started.get_future();
    REQUIRE(ready.wait_for(longest) == std::future_status::ready);
    all_ready = ready.get();
  }

  template <class T>
  void send(std::string_view to, const T& what) {
    REQUIRE(tree->send({.to = to, .body = native::pack(what)}));
  }

  std::future<actor::answer> begin(std::string_view to, std::string_view name, int what) {
    auto got = std::make_shared<std::promise<actor::answer>>();
    tree->request({.to = to,
                   .body = native::pack(what),
                   .mode = actor::delivery::buffer_online, // it may be failing just now
                   .name = name},
                  asker.loop(),
                  [got](const actor::answer& answer) {
                    if (answer.final()) {
                      got->set_value(answer);
                    }
                  });
    return got->get_future();
  }

  actor::answer ask(std::string_view to, std::string_view name, int what) {
    auto got = begin(to, name, what);
    REQUIRE(got.wait_for(longest) == std::future_status::ready);
    return got.get();
  }

  int number(std::string_view to, std::string_view name, int what) {
    const auto got = native::value_of<int>(ask(to, name, what));
    REQUIRE(got);
    return *got;
  }

  result<model::reply> carry_out(model::verb what, std::string target) {
    model::command command;
    command.what = what;
    command.target = std::move(target);
    auto got = std::make_shared<std::promise<result<model::reply>>>();
    tree->execute(std::move(command), asker.loop(), [got](result<model::reply> reply) {
      got->set_value(std::move(reply));
    });
    auto answer = got->get_future();
    REQUIRE(answer.wait_for(longest) == std::future_status::ready);
    return answer.get();
  }

  own_threads threads{2}; ///< first: it waits for what is left
  loop_thread shard;
  loop_thread asker;
  containers::class_catalogue classes;
  std::unique_ptr<actor::tree> tree;
  bool all_ready = false;
};

} // namespace

TEST_CASE_METHOD(own_thread_fixture, "a class, or a definition, has a thread of its own") {
  std::thread::id here;
  const auto note = [&](context&) {
    here = std::this_thread::get_id();
    behaviour first;
    first.on_request([&](int) { return std::this_thread::get_id() == here ? 1 : 0; });
    return first;
  };
  define("Own", note);
  define("Shared", note, runs_on::shard);
  std::promise<std::thread::id> loop;
  shard.loop().post([&] { loop.set_value(std::this_thread::get_id()); });
  const auto shards = loop.get_future().get();
  SECTION("by its class") {
    start({native("a", "Own")});
    CHECK(here != shards);
    CHECK(threads.running() == 1);
  }
  SECTION("by its definition") {
    auto one = native("a", "Shared");
    one.options = std::make_shared<const config::native_spec_options>(config::native_options{true});
    start({one});
    CHECK(here != shards);
  }
  SECTION("not otherwise") {
    start({native("a", "Shared")});
    CHECK(here == shards);
    CHECK(threads.running() == 0);
  }
  CHECK(all_ready);
  CHECK(number("a", "", 1) == 1);
  CHECK(tree->close(longest));
  CHECK(threads.running() == 0);
}

TEST_CASE_METHOD(own_thread_fixture, "a handler that blocks holds up nobody else") {
  gate door;
  define("Blocking", [&](context&) {
    behaviour first;
    first.on_command("block", [&](int what) {
      door.wait();
      return what;
    });
    return first;
  });
  define("Quick", [](context&) {
    behaviour first;
    first.on_request([](int what) { return what + 1; });
    return first;
  });
  start({native("slow", "Blocking"), native("quick", "Quick")});
  auto slow = begin("slow", "block", 7);
  REQUIRE(door.reached());
  CHECK(number("quick", "", 1) == 2);
  CHECK(tree->status().find("Main/slow")->at == model::phase::ready);
  door.open();
  REQUIRE(slow.wait_for(longest) == std::future_status::ready);
  CHECK(*native::value_of<int>(slow.get()) == 7);
}

TEST_CASE_METHOD(own_thread_fixture, "the mailbox is the only queue: bound and order are its own") {
  gate door;
  std::vector<int> seen;
  define("Blocking", [&](context&) {
    behaviour first;
    first.on_message([&](int what) {
      if (what == 0) {
        door.wait();
      }
      seen.push_back(what);
    });
    first.on_request([&](int) { return static_cast<int>(seen.size()); });
    return first;
  });
  auto one = native("slow", "Blocking");
  one.mailbox.capacity = 2;
  start({one});
  send("slow", 0);
  REQUIRE(door.reached());
  send("slow", 1);
  send("slow", 2);
  const auto full = tree->send({.to = "slow", .body = native::pack(3)});
  REQUIRE_FALSE(full);
  CHECK(full.error().code == errc::mailbox_full);
  door.open();
  CHECK(eventually([&] { return native::value_of<int>(ask("slow", "", 0)).value_or(0) == 3; }));
  CHECK(seen.at(0) == 0);
  CHECK(seen.at(1) == 1);
  CHECK(seen.at(2) == 2);
}

TEST_CASE_METHOD(own_thread_fixture, "what a container does it does from its own thread, too") {
  std::vector<native::door> doors;
  std::promise<std::string> told;
  define("Worker", [&](context& self) {
    doors.push_back(self.way_back());
    behaviour first;
    first
        .on_command("chain",
                    [&self](native::request what) {
                      auto held = std::make_shared<native::request>(std::move(what));
                      self.request(
                          "quick", 20, [held](const actor::answer& got) { held->pass_on(got); });
                    })
        .on_command("send",
                    [&self](int what) -> result<int> {
                      const auto sent = self.send("quick", what);
                      return sent ? result<int>(static_cast<int>(*sent)) : fail(sent.error());
                    })
        .on_command("nobody",
                    [&self](int what) -> result<int> {
                      const auto sent = self.send("nobody", what);
                      return sent ? result<int>(0) : fail(sent.error());
                    })
        .on_command("timer",
                    [&self](native::request what) {
                      auto held = std::make_shared<native::request>(std::move(what));
                      const auto made =
                          self.start_timer("t", native::timing::single, milliseconds{1}, [held] {
                            held->answer(3);
                          });
                      REQUIRE(made);
                    })
        .on_command("kid",
                    [&self](native::request what) {
                      auto held = std::make_shared<native::request>(std::move(what));
                      self.create(native("kid", "Quick"), [held](const result<model::reply>& made) {
                        made ? held->answer(made->text) : held->refuse(made.error());
                      });
                    })
        .on_command("watch", [&](int) {
          self.watch("quick", [&](const actor::notice& what) { told.set_value(what.path); });
          return 0;
        });
    return first;
  });
  define(
      "Quick",
      [](context&) {
        behaviour first;
        first.on_message([](int) {}).on_request([](int what) { return what + 1; });
        return first;
      },
      runs_on::shard);
  start({native("quick", "Quick"), native("worker", "Worker")});
  CHECK(number("worker", "chain", 0) == 21);
  CHECK(number("worker", "send", 1) == static_cast<int>(actor::posted::sent));
  CHECK(native::value_of<int>(ask("worker", "nobody", 1)).error().code == errc::not_found);
  CHECK(number("worker", "timer", 0) == 3);
  CHECK(*native::value_of<std::string>(ask("worker", "kid", 0)) == "Main/worker/kid started");
  CHECK(number("worker", "watch", 0) == 0);
  CHECK(carry_out(model::verb::stop, "Main/quick"));
  auto notice = told.get_future();
  REQUIRE(notice.wait_for(longest) == std::future_status::ready);
  CHECK(notice.get() == "Main/quick");
  std::promise<void> inside;
  doors.at(0)([&] { inside.set_value(); });
  CHECK(inside.get_future().wait_for(longest) == std::future_status::ready);
  CHECK(tree->close(longest));
  doors.at(0)([] { FAIL("the incarnation is gone"); });
}

TEST_CASE_METHOD(own_thread_fixture, "unread, unhandled and thrown: as on the shard") {
  define("Fragile", [](context& self) {
    behaviour first;
    first
        .on_message([](int what) {
          if (what < 0) {
            throw std::range_error("negative");
          }
        })
        .on_command("break", [](int) -> int { throw std::domain_error("no"); })
        .on_command("generation", [&self](int) { return static_cast<int>(self.generation()); });
    return first;
  });
  auto kept = native("kept", "Fragile");
  kept.local = {{"std::range_error", {"continue"}}};
  start({native("fragile", "Fragile"), kept});
  CHECK(ask("fragile", "none", 1).why.code == "unhandled");
  send("fragile", std::string("no number"));
  CHECK(number("fragile", "generation", 0) == 1);
  CHECK(tree->dead().total(actor::dead_reason::unhandled) == 2);
  const auto broken = ask("fragile", "break", 1);
  CHECK(broken.why.type == "std::domain_error");
  CHECK(number("fragile", "generation", 0) == 2); // waits in the mailbox for the next incarnation
  CHECK(tree->status().find("Main/fragile")->last_cause->type == "std::domain_error");
  send("kept", -1);
  CHECK(number("kept", "generation", 0) == 1);
  CHECK(tree->dead().total(actor::dead_reason::in_flight) >= 1);
  CHECK(threads.running() == 2);
}

TEST_CASE_METHOD(own_thread_fixture,
                 "a start that throws, or has no thread left, is a start error") {
  define("Broken", [](context&) -> behaviour { throw std::runtime_error("no disk"); });
  define("Fine", [](context&) { return behaviour{}; });
  SECTION("thrown") {
    auto one = native("a", "Broken");
    one.on_give_up = model::give_up::park;
    start({one});
    const auto now = *tree->status().find("Main/a");
    CHECK(now.last_cause->kind == model::cause_kind::start_error);
    CHECK(now.last_cause->message == "no disk");
  }
  SECTION("none left") {
    auto third = native("c", "Fine");
    third.on_give_up = model::give_up::park;
    start({native("a", "Fine"), native("b", "Fine"), third});
    const auto now = *tree->status().find("Main/c");
    CHECK(now.last_cause->kind == model::cause_kind::start_error);
    CHECK(now.last_cause->message.starts_with("own_thread: there are 2 such threads already"));
  }
}

TEST_CASE_METHOD(own_thread_fixture, "code that blocks is told by its token that it is to stop") {
  std::promise<void> waits;
  define("Waiting", [&](context& self) {
    behaviour first;
    first.on_message([&, token = self.stopping()](int) {
      std::promise<void> asked;
      const std::stop_callback call(token, [&] { asked.set_value(); });
      waits.set_value();
      asked.get_future().wait();
    });
    return first;
  });
  auto one = native("a", "Waiting");
  one.shutdown.time = longest;
  start({one});
  send("a", 1);
  REQUIRE(waits.get_future().wait_for(longest) == std::future_status::ready);
  CHECK(carry_out(model::verb::stop, "a"));
  CHECK(threads.running() == 0);
  CHECK(threads.stuck() == 0);
}

TEST_CASE_METHOD(own_thread_fixture, "a thread that does not come back is counted until it does") {
  gate door;
  bool first_life = true;
  define("Stuck", [&](context&) {
    behaviour first;
    first.on_message([&](int) { door.wait(); }).on_request([](int what) { return what; });
    if (!std::exchange(first_life, false)) {
      first.on_message([](int) {});
    }
    return first;
  });
  start({native("a", "Stuck")});
  send("a", 1);
  REQUIRE(door.reached());
  send("a", 2);
  CHECK(carry_out(model::verb::restart, "a")); // after `shutdown` and limits::kill_grace
  CHECK(threads.stuck() == 1);
  const auto stuck = threads.stuck_since();
  REQUIRE(stuck.size() == 1);
  CHECK(stuck.begin()->first == "Main/a");
  CHECK(stuck.begin()->second <= std::chrono::steady_clock::now());
  CHECK(threads.running() == 2);
  CHECK(number("a", "", 5) == 5); // the next incarnation serves
  CHECK(tree->dead().total(actor::dead_reason::in_flight) == 1);
  CHECK(carry_out(model::verb::stop, "a"));
  CHECK(threads.running() == 1);
  door.open();
  CHECK(eventually([&] {
    std::promise<void> turn; // its last word comes to the shard
    shard.loop().post([&] { turn.set_value(); });
    turn.get_future().wait();
    return threads.stuck() == 0 && threads.running() == 0; // one after the other
  }));
  CHECK(threads.stuck_since().empty());
}

} // namespace kraken::actor_test
