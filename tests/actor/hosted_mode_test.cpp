// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The facade on real threads: containers run on their shards, answers arrive on the asked
/// executor, and everything ends in bounded time.
#include "support/loop_thread.hpp"

#include "kraken/actor/tree.hpp"
#include "kraken/base/log.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace kraken::actor_test {

namespace {

using test_support::loop_thread;

constexpr seconds patience{20};

/// Counts calls that were made on a thread other than its shard's.
struct strays {
  std::atomic<int> made{0};
  std::atomic<int> elsewhere{0};
  std::atomic<int> alive{0};
};

class careful final : public actor::incarnation {
public:
  careful(actor::host& shell, strays& seen) : shell_(shell), seen_(seen) {
    ++seen_.made;
    ++seen_.alive;
    look();
  }
  ~careful() override {
    --seen_.alive;
    look();
  }

  void start() override {
    look();
    // A report from the next turn of the loop, as a socket's would be.
    shell_.shard().post([this, alive = std::weak_ptr(alive_)] {
      if (!alive.expired()) {
        shell_.ready();
      }
    });
  }
  void stop() override { end(); }
  void kill() override { end(); }
  bool receive(actor::letter&) override { return true; }

private:
  void look() {
    if (!shell_.shard().on_this_thread()) {
      ++seen_.elsewhere;
    }
  }

  void end() {
    look();
    model::cause why;
    why.kind = model::cause_kind::exit_normal;
    shell_.ended(why);
  }

  actor::host& shell_;
  strays& seen_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0); ///< what is posted may come too late
};

model::child_spec spec_of(std::string id, std::string kind) {
  model::child_spec made;
  made.id = std::move(id);
  made.kind = std::move(kind);
  return made;
}

result<model::reply> ask(actor::tree& tree, executor& on, model::command what) {
  auto answer = std::make_shared<std::promise<result<model::reply>>>();
  auto got = answer->get_future();
  tree.execute(std::move(what), on, [answer, &on](result<model::reply> reply) {
    answer->set_value(on.on_this_thread() ? std::move(reply)
                                          : fail(errc::internal, "answered on a wrong thread"));
  });
  REQUIRE(got.wait_for(patience) == std::future_status::ready);
  return got.get();
}

void silence_log() {
  log::settings silent;
  silent.threshold = log::level::off;
  REQUIRE(log::configure(silent));
}

} // namespace

TEST_CASE("a tree on two shards starts, obeys and ends") {
  silence_log();
  strays seen;
  loop_thread first;
  loop_thread second;
  loop_thread asker;
  std::promise<void> started;
  std::promise<int> ended;

  auto web = spec_of("web", "supervisor");
  web.supervise.start = model::start_order::parallel;
  for (int i = 1; i <= 8; ++i) {
    web.children.push_back(spec_of("w" + std::to_string(i), "careful"));
  }
  actor::tree_options options;
  options.shards = {&first.loop(), &second.loop()};
  options.root = spec_of("Main", "supervisor");
  options.root.children = {web, spec_of("a", "careful")};
  options.kinds.push_back({"careful", "", [&seen](actor::host& shell) {
                             return std::make_unique<careful>(shell, seen);
                           }});
  options.ended = [&](int code) { ended.set_value(code); };

  auto made = actor::tree::make(std::move(options));
  REQUIRE(made);
  auto& tree = **made;
  std::atomic<int> events{0};
  auto mine = tree.status().subscribe([&](const actor::status_event&) { ++events; });
  tree.start([&](const result<void>& how) {
    if (how) {
      started.set_value();
    }
  });
  REQUIRE(started.get_future().wait_for(patience) == std::future_status::ready);
  CHECK(tree.status().find("Main/a")->at == model::phase::ready);
  CHECK(tree.status().find("Main/web/w1")->shard == 0);
  CHECK(tree.status().find("Main/web/w2")->shard == 1);

  model::command restart;
  restart.what = model::verb::restart;
  for (int round = 0; round < 50; ++round) {
    restart.target = "w" + std::to_string(round % 8 + 1);
    CHECK(ask(tree, asker.loop(), restart));
  }
  model::command nobody;
  nobody.what = model::verb::stop;
  nobody.target = "nobody";
  CHECK(ask(tree, asker.loop(), nobody).error().code == errc::not_found);

  tree.stop(seconds{10});
  auto code = ended.get_future();
  REQUIRE(code.wait_for(patience) == std::future_status::ready);
  CHECK(code.get() == 0);
  CHECK(tree.close(seconds{10}));
  CHECK(seen.alive == 0);
  CHECK(seen.elsewhere == 0);
  CHECK(seen.made == 59);
  CHECK(events > 59);
}

TEST_CASE("a tree that never started closes at once") {
  silence_log();
  loop_thread only;
  actor::tree_options options;
  options.shards = {&only.loop()};
  options.root = spec_of("Main", "supervisor");
  auto made = actor::tree::make(std::move(options));
  REQUIRE(made);
  CHECK((*made)->close(patience));
  CHECK((*made)->close(patience)); // again: nothing left to do
}

TEST_CASE("bad options are refused by name") {
  loop_thread only;
  actor::tree_options options;
  options.root = spec_of("Main", "supervisor");
  CHECK(actor::tree::make(options).error().code == errc::invalid_argument);
  options.shards = {&only.loop()};
  options.root.children = {spec_of("a", "unheard-of")};
  const auto made = actor::tree::make(options);
  REQUIRE_FALSE(made);
  CHECK(made.error().context.find("Main/a") != std::string::npos);
  CHECK(made.error().context.find("unheard-of") != std::string::npos);
}

/// Threads of this process.
std::size_t threads_now() {
  const std::filesystem::directory_iterator all("/proc/self/task");
  return static_cast<std::size_t>(std::distance(all, {}));
}

/// Says when a timer of it has come.
class sleeper final : public actor::incarnation {
public:
  sleeper(actor::host& shell, std::promise<milliseconds>& late) : shell_(shell), late_(late) {}

  void start() override {
    shell_.ready();
    const auto due = shell_.now() + milliseconds{70};
    static_cast<void>(shell_.at(due + seconds{3600}, [] {}));
    static_cast<void>(shell_.at(due, [this, due] {
      late_.set_value(std::chrono::duration_cast<milliseconds>(shell_.now() - due));
    }));
  }
  void stop() override { shell_.ended({}); }
  void kill() override { shell_.ended({}); }

private:
  actor::host& shell_;
  std::promise<milliseconds>& late_;
};

TEST_CASE("a tree has no thread of its own, and its timers are those of its shards") {
  silence_log();
  loop_thread first;
  loop_thread second;
  std::promise<milliseconds> late[2];
  const auto before = threads_now();

  actor::tree_options options;
  options.shards = {&first.loop(), &second.loop()};
  options.root = spec_of("Main", "supervisor");
  for (int i = 0; i < 2; ++i) {
    const auto name = "sleeper" + std::to_string(i);
    options.kinds.push_back({name, "", [&told = late[i]](actor::host& shell) {
                               return std::make_unique<sleeper>(shell, told);
                             }});
    options.root.children.push_back(spec_of(name, name));
    options.root.children.back().shard = i;
  }
  auto made = actor::tree::make(std::move(options));
  REQUIRE(made);
  (*made)->start({});
  for (auto& one : late) {
    auto came = one.get_future();
    REQUIRE(came.wait_for(patience) == std::future_status::ready);
    CHECK(came.get() >= milliseconds{0});
  }
  CHECK(threads_now() == before);
  CHECK((*made)->close(patience));
}

/// Its start is long, as that of a process on a busy machine.
class slow_to_start final : public actor::incarnation {
public:
  slow_to_start(actor::host& shell, std::function<void()> starts)
      : shell_(shell), starts_(std::move(starts)) {}

  void start() override {
    starts_();
    const auto until = std::chrono::steady_clock::now() + milliseconds{20};
    while (std::chrono::steady_clock::now() < until) {
    }
    shell_.ready();
  }
  void stop() override { shell_.ended({}); }
  void kill() override { shell_.ended({}); }

private:
  actor::host& shell_;
  std::function<void()> starts_;
};

TEST_CASE("containers that are long in starting leave their shard time for others") {
  silence_log();
  constexpr int many = 20;
  loop_thread only;
  std::promise<int> seen;
  std::promise<void> ended;
  std::atomic<int> starting{0};

  actor::tree_options options;
  options.shards = {&only.loop()};
  options.root = spec_of("Main", "supervisor");
  options.root.supervise.start = model::start_order::parallel;
  for (int i = 0; i < many; ++i) {
    options.root.children.push_back(spec_of("s" + std::to_string(i), "slow"));
  }
  options.kinds.push_back({"slow", "", [&](actor::host& shell) {
                             return std::make_unique<slow_to_start>(shell, [&] {
                               if (++starting == 1) { // somebody asks while they start
                                 only.loop().post([&] { seen.set_value(starting); });
                               }
                             });
                           }});
  options.ended = [&](int) { ended.set_value(); };
  auto made = actor::tree::make(std::move(options));
  REQUIRE(made);
  (*made)->start([](const result<void>&) {});
  auto answer = seen.get_future();
  REQUIRE(answer.wait_for(patience) == std::future_status::ready);
  CHECK(answer.get() < many / 2);
  (*made)->stop(seconds{10});
  REQUIRE(ended.get_future().wait_for(patience) == std::future_status::ready);
  REQUIRE((*made)->close(seconds{10}));
}

} // namespace kraken::actor_test
