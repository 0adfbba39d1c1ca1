// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Messages between two containers of Kraken: one way, to and fro, and as requests.
#include "behaviours.hpp"
#include "kraken_tree.hpp"
#include "sides.hpp"

#include <atomic>

namespace kraken::bench {

namespace {

constexpr std::uint32_t room_for_all = 10'000'000;

/// Two containers below Main, on one shard or on two.
model::child_spec pair_of(std::string first, std::string second, std::uint32_t shards) {
  auto root = spec("Main", "supervisor");
  auto a = spec("a", std::move(first));
  auto b = spec("b", std::move(second));
  a.shard = 0;
  b.shard = static_cast<int>(shards) - 1;
  for (auto* const each : {&b, &a}) { // the one that begins is started last
    each->mailbox.capacity = room_for_all;
    root.children.push_back(*each);
  }
  return root;
}

void must(const result<actor::posted>& sent) {
  if (!sent) {
    give_up(sent.error().text());
  }
}

/// Starts the pair and waits for `done`.
/// @return microseconds from the first letter
double run(std::uint32_t shards,
           std::vector<actor::kind> kinds,
           std::atomic<double>& began,
           std::atomic<double>& ended) {
  running_tree on(shards, std::move(kinds), pair_of("first", "second", shards));
  on.start();
  ended.wait(0.0);
  return ended - began;
}

} // namespace

void kraken_messages(std::size_t count, std::uint32_t shards) {
  std::atomic<double> began{0};
  std::atomic<double> ended{0};
  std::size_t seen = 0;
  const auto body = std::make_shared<const std::string>("\xa5hello");
  const auto send_all = [&](actor::host& shell) {
    began = now_us();
    for (std::size_t i = 0; i < count; ++i) {
      must(shell.send({.to = "Main/b", .body = body}));
    }
  };
  const auto take = [&](actor::host&, actor::letter&) {
    if (++seen == count) {
      ended = now_us();
      ended.notify_one();
    }
  };
  const auto took =
      run(shards, {kind_of("first", send_all), kind_of("second", {}, take)}, began, ended);
  print("messages_per_second", static_cast<double>(count) / took * 1e6);
}

void kraken_ping_pong(std::size_t count, std::uint32_t shards) {
  std::atomic<double> began{0};
  std::atomic<double> ended{0};
  std::size_t rounds = 0;
  const auto body = std::make_shared<const std::string>("\xa4ping");
  const auto serve = [&](actor::host& shell) {
    began = now_us();
    must(shell.send({.to = "Main/b", .body = body}));
  };
  const auto again = [&](actor::host& shell, actor::letter&) {
    if (++rounds == count) {
      ended = now_us();
      ended.notify_one();
      return;
    }
    must(shell.send({.to = "Main/b", .body = body}));
  };
  const auto back = [&](actor::host& shell, actor::letter& what) {
    must(shell.send({.to = "Main/a", .body = what.body}));
  };
  const auto took =
      run(shards, {kind_of("first", serve, again), kind_of("second", {}, back)}, began, ended);
  print("ping_pong_us", took / static_cast<double>(count));
}

void kraken_requests(std::size_t count, std::uint32_t shards) {
  std::atomic<double> began{0};
  std::atomic<double> ended{0};
  std::size_t rounds = 0;
  const auto body = std::make_shared<const std::string>("\xa4ping");
  std::function<void(actor::host&)> ask = [&](actor::host& shell) {
    shell.request({.to = "Main/b", .body = body}, [&](const actor::answer& what) {
      if (what.what != actor::answer::kind::value) {
        give_up(what.why.message);
      }
      if (++rounds == count) {
        ended = now_us();
        ended.notify_one();
        return;
      }
      ask(shell);
    });
  };
  const auto serve = [&](actor::host& shell) {
    began = now_us();
    ask(shell);
  };
  const auto answer = [](actor::host&, actor::letter& what) { what.reply.value(what.body); };
  const auto took =
      run(shards, {kind_of("first", serve), kind_of("second", {}, answer)}, began, ended);
  print("request_us", took / static_cast<double>(count));
}

} // namespace kraken::bench
