// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Many messages: in order and none lost, on virtual time and on two real shards; and requests that
/// all end in exactly one answer while their targets come and go.
#include "heard.hpp"
#include "support/loop_thread.hpp"
#include "tree_fixture.hpp"

#include "kraken/actor/tree.hpp"
#include "kraken/base/log.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace kraken::actor_test {

namespace {

constexpr int letters_each = 100'000;
constexpr seconds storm_patience{60};

/// Sends numbers to `sink` as fast as its mailbox takes them.
class source final : public actor::incarnation {
public:
  explicit source(actor::host& shell) : shell_(shell) {}

  void start() override {
    shell_.ready();
    shell_.shard().post([this, alive = std::weak_ptr(alive_)] {
      if (!alive.expired()) {
        send_some();
      }
    });
  }
  void stop() override { end(); }
  void kill() override { end(); }

private:
  void send_some() {
    for (int i = 0; i < 500 && next_ < letters_each; ++i) {
      const auto body = std::make_shared<const std::string>(std::to_string(next_));
      if (!shell_.send({.to = "sink", .body = body})) {
        break; // full: this one is tried again
      }
      ++next_;
    }
    if (next_ < letters_each) {
      shell_.shard().post([this, alive = std::weak_ptr(alive_)] {
        if (!alive.expired()) {
          send_some();
        }
      });
    }
  }
  void end() {
    model::cause why;
    why.kind = model::cause_kind::exit_normal;
    shell_.ended(why);
  }

  actor::host& shell_;
  int next_ = 0;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

/// What arrived, by sender.
struct arrivals {
  std::map<std::string, int, std::less<>> next;
  int out_of_order = 0;
  int all = 0;
  std::promise<void> complete;
};

class sink final : public actor::incarnation {
public:
  sink(actor::host& shell, arrivals& seen) : shell_(shell), seen_(seen) {}

  void start() override { shell_.ready(); }
  void stop() override { end(); }
  void kill() override { end(); }
  bool receive(actor::letter& what) override {
    auto& next = seen_.next[std::string(what.sender())];
    seen_.out_of_order += *what.body == std::to_string(next) ? 0 : 1;
    ++next;
    if (++seen_.all == 2 * letters_each) {
      seen_.complete.set_value();
    }
    return true;
  }

private:
  void end() {
    model::cause why;
    why.kind = model::cause_kind::exit_normal;
    shell_.ended(why);
  }

  actor::host& shell_;
  arrivals& seen_;
};

model::child_spec pinned(std::string id, std::string kind, int shard) {
  model::child_spec made;
  made.id = std::move(id);
  made.kind = std::move(kind);
  made.shard = shard;
  return made;
}

} // namespace

TEST_CASE("two senders on two shards, 100,000 messages each: in order, none lost") {
  log::settings silent;
  silent.threshold = log::level::off;
  REQUIRE(log::configure(silent));
  arrivals seen;
  auto complete = seen.complete.get_future();
  test_support::loop_thread first;
  test_support::loop_thread second;
  actor::tree_options options;
  options.shards = {&first.loop(), &second.loop()};
  options.root.id = "Main";
  options.root.kind = "supervisor";
  options.root.children = {
      pinned("sink", "sink", 0), pinned("near", "source", 0), pinned("far", "source", 1)};
  options.kinds.push_back(
      {"source", "", [](actor::host& shell) { return std::make_unique<source>(shell); }});
  options.kinds.push_back(
      {"sink", "", [&](actor::host& shell) { return std::make_unique<sink>(shell, seen); }});
  auto made = actor::tree::make(std::move(options));
  REQUIRE(made);
  auto& tree = **made;
  tree.start({});
  REQUIRE(complete.wait_for(storm_patience) == std::future_status::ready);
  CHECK(tree.close(seconds{10}));
  CHECK(seen.out_of_order == 0);
  CHECK(seen.next["Main/near"] == letters_each);
  CHECK(seen.next["Main/far"] == letters_each);
}

TEST_CASE_METHOD(tree_fixture, "two senders over crashes of the target: in order, none lost") {
  auto target = leaf("t");
  target.mailbox.capacity = 1'000'000;
  target.backoff.min = milliseconds{10};
  auto root = supervisor("Main", {leaf("a"), leaf("b"), target});
  root.supervise.intensity = 1'000;
  start(root);
  constexpr int each = 20'000;
  for (int i = 0; i < each; ++i) {
    const auto body = text(std::to_string(i));
    for (const auto* const from : {"Main/a", "Main/b"}) {
      REQUIRE(
          host_of(from).send({.to = "t", .body = body, .mode = actor::delivery::buffer_online}));
    }
    if (i % 500 == 0 && phase("Main/t") == model::phase::ready) {
      crash("Main/t");
    }
    if (i % 700 == 0) {
      advance(milliseconds{10});
    }
  }
  advance(seconds{60});
  int next = 0;
  int wrong = 0;
  for (const auto& line : take_trace()) {
    if (line.rfind("receive ", 0) == 0) {
      wrong += line.rfind("receive " + std::to_string(next / 2) + " ", 0) == 0 ? 0 : 1;
      ++next;
    }
  }
  CHECK(next == 2 * each);
  CHECK(wrong == 0);
  CHECK(tree->dead->total() == 0);
}

TEST_CASE_METHOD(tree_fixture, "every request ends in one answer while targets come and go") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U);
  CAPTURE(seed);
  std::mt19937 dice(seed);
  auto root = supervisor("Main", {leaf("a"), leaf("t0"), leaf("t1"), leaf("t2")});
  root.supervise.intensity = 100'000;
  for (auto& child : root.children) {
    child.mailbox.capacity = 20;
  }
  start(root);
  std::deque<heard> all;
  const auto asks = [&] {
    auto& got = all.emplace_back();
    const auto target = "t" + std::to_string(dice() % 3);
    const auto call = host_of("Main/a").request({.to = target,
                                                 .body = text(dice() % 2 == 0 ? "echo" : "x"),
                                                 .mode = static_cast<actor::delivery>(dice() % 4),
                                                 .timeout = milliseconds{1 + dice() % 3'000},
                                                 .id = dice() % 4 == 0 ? "same" : ""},
                                                got.callback());
    if (dice() % 10 == 0) {
      host_of("Main/a").cancel_request(call);
    }
  };
  const auto shakes = [&](const std::string& alias) {
    const auto path = "Main/" + alias;
    switch (dice() % 8) {
    case 0:
      return on.live.contains(path) ? crash(path) : void();
    case 1:
      return static_cast<void>(ask(model::verb::stop, alias));
    case 2:
      return static_cast<void>(ask(model::verb::start, alias));
    case 3:
      return static_cast<void>(ask(model::verb::destroy, alias));
    case 4: {
      model::command create;
      create.what = model::verb::create;
      create.target = "Main";
      create.spec = std::make_shared<const model::child_spec>(root.children[1]);
      auto spec = leaf(alias);
      spec.mailbox.capacity = 20;
      create.spec = std::make_shared<const model::child_spec>(spec);
      return static_cast<void>(ask(create));
    }
    case 5:
      return static_cast<void>(ask(model::verb::restart, alias));
    default:
      return advance(milliseconds{dice() % 500});
    }
  };
  for (int step = 0; step < 2'000; ++step) {
    asks();
    if (dice() % 3 == 0) {
      shakes("t" + std::to_string(dice() % 3));
    }
    while (on.asked.size() > 5) {
      if (dice() % 2 == 0) {
        on.asked.front().reply.value(text("late"));
      }
      on.asked.pop_front();
    }
  }
  advance(seconds{5});
  on.asked.clear();
  run();
  int wrong = 0;
  for (const auto& one : all) {
    wrong += one.answers == 1 ? 0 : 1;
  }
  CHECK(wrong == 0);
  for (const auto* const one : {"Main/t0", "Main/t1", "Main/t2"}) {
    const auto seen = tree->board.find(one);
    CHECK((seen == nullptr || seen->lane->depth <= 20));
  }
}

} // namespace kraken::actor_test
