// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A large family on real threads: its shells are made in parts and on all shards at once, and
/// nobody who looks from outside can tell, but for others being served meanwhile.
#include "support/loop_thread.hpp"

#include "kraken/actor/tree.hpp"
#include "kraken/base/log.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kraken::actor_test {

namespace {

using test_support::loop_thread;

constexpr seconds family_patience{30};
constexpr std::size_t family_size = 50'000;

std::string child_path(std::size_t number) {
  return "Main/many/w" + std::to_string(number);
}

/// What the children of the family have seen.
struct family_seen {
  std::atomic<std::size_t> elsewhere{0}; ///< starts on a thread that is not its shard's
  std::atomic<std::size_t> started{0};
  std::atomic<std::size_t> ended{0};
  std::atomic<std::size_t> refused{0}; ///< letters to a sibling that was not there
  std::atomic<std::size_t> came{0};
};

/// Writes to the last sibling as soon as it starts.
class sibling final : public actor::incarnation {
public:
  sibling(actor::host& shell, family_seen& seen) : shell_(shell), seen_(seen) {}

  void start() override {
    seen_.elsewhere += shell_.shard().on_this_thread() ? 0 : 1;
    ++seen_.started;
    if (shell_.path() == child_path(0) || shell_.path() == child_path(1)) { // one of each shard
      const auto last = child_path(family_size - 1);
      actor::draft hello;
      hello.to = last;
      hello.mode = actor::delivery::buffer;
      seen_.refused += shell_.send(hello) ? 0 : 1;
    }
    shell_.ready();
  }
  void stop() override { kill(); }
  void kill() override {
    ++seen_.ended;
    model::cause why;
    why.kind = model::cause_kind::exit_normal;
    shell_.ended(why);
  }
  bool receive(actor::letter&) override {
    ++seen_.came;
    return true;
  }

private:
  actor::host& shell_;
  family_seen& seen_;
};

actor::tree_options family_options(std::vector<reactor*> shards, family_seen& seen) {
  log::settings silent;
  silent.threshold = log::level::off;
  REQUIRE(log::configure(silent));
  model::child_spec many;
  many.id = "many";
  many.kind = "supervisor";
  many.supervise.start = model::start_order::parallel;
  for (std::size_t i = 0; i < family_size; ++i) {
    auto& one = many.children.emplace_back();
    one.id = "w" + std::to_string(i);
    one.kind = "sibling";
  }
  actor::tree_options options;
  options.shards = std::move(shards);
  options.root.id = "Main";
  options.root.kind = "supervisor";
  options.root.children.push_back(std::move(many));
  options.kinds.push_back({"sibling", "", [&seen](actor::host& shell) {
                             return std::make_unique<sibling>(shell, seen);
                           }});
  return options;
}

result<void> family_started(actor::tree& tree) {
  auto done = std::make_shared<std::promise<result<void>>>();
  auto answer = done->get_future();
  tree.start([done](result<void> how) { done->set_value(std::move(how)); });
  REQUIRE(answer.wait_for(family_patience) == std::future_status::ready);
  return answer.get();
}

/// With one of these for each shard, reports that were under way have come.
void heard_of(actor::tree& tree, loop_thread& on, std::size_t number) {
  model::command again;
  again.what = model::verb::start;
  again.target = child_path(number);
  auto done = std::make_shared<std::promise<bool>>();
  auto answer = done->get_future();
  tree.execute(std::move(again), on.loop(), [done](const result<model::reply>& how) {
    done->set_value(how.has_value());
  });
  REQUIRE(answer.wait_for(family_patience) == std::future_status::ready);
  CHECK(answer.get());
}

} // namespace

TEST_CASE("a large family is created before any of it starts, each on its shard and in order") {
  family_seen seen;
  loop_thread first;
  loop_thread second;
  auto made = actor::tree::make(family_options({&first.loop(), &second.loop()}, seen));
  REQUIRE(made);
  auto& tree = **made;
  // Of each child: created, starting, ready, in this order; nobody starts before all are created.
  std::atomic<std::size_t> created{0};
  std::atomic<std::size_t> too_early{0};
  std::atomic<std::size_t> out_of_order{0};
  std::map<std::string, model::phase> last;
  auto events = tree.status().subscribe([&](const actor::status_event& what) {
    if (what.path.find("/w") == std::string::npos || !what.note.empty()) {
      return; // what is noted of a child, as the commands below, is no change of its phase
    }
    out_of_order += last[what.path] == what.from || what.to == model::phase::idle ? 0 : 1;
    last[what.path] = what.to;
    created += what.to == model::phase::idle ? 1 : 0;
    too_early += what.to == model::phase::starting && created < family_size ? 1 : 0;
  });
  REQUIRE(family_started(tree));
  heard_of(tree, first, family_size - 1);
  heard_of(tree, second, family_size - 2);

  CHECK(seen.started == family_size);
  CHECK(seen.elsewhere == 0);
  CHECK(seen.refused == 0);
  CHECK(seen.came == 2);
  events.reset();
  CHECK(created == family_size);
  CHECK(too_early == 0);
  CHECK(out_of_order == 0);
  const auto family = tree.status().children_of("Main/many");
  REQUIRE(family.size() == family_size);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < family_size; ++i) {
    wrong += family[i]->path == child_path(i) && family[i]->shard == i % 2 &&
                     family[i]->at == model::phase::ready
                 ? 0
                 : 1;
  }
  CHECK(wrong == 0);
  REQUIRE(tree.close(family_patience));
  CHECK(seen.ended == family_size);
}

TEST_CASE("a shard serves others while a large family is made") {
  family_seen seen;
  loop_thread only;
  auto made = actor::tree::make(family_options({&only.loop()}, seen));
  REQUIRE(made);
  auto& tree = **made;
  std::atomic<std::size_t> looks_between{0};
  std::atomic<bool> over{false};
  const std::function<void()> look = [&] {
    const bool begun = tree.status().find(child_path(0)) != nullptr;
    looks_between += begun && tree.status().find(child_path(family_size - 1)) == nullptr ? 1 : 0;
    if (!over) {
      only.loop().post(look);
    }
  };
  only.loop().post(look);
  REQUIRE(family_started(tree));
  over = true;
  CHECK(looks_between > 0);
  REQUIRE(tree.close(family_patience));
}

TEST_CASE("a tree closes while a large family of it is being made") {
  family_seen seen;
  loop_thread first;
  loop_thread second;
  auto made = actor::tree::make(family_options({&first.loop(), &second.loop()}, seen));
  REQUIRE(made);
  auto& tree = **made;
  auto begun = std::make_shared<std::promise<void>>();
  std::atomic<bool> told{false};
  auto events = tree.status().subscribe([&, begun](const actor::status_event& what) {
    if (what.path == child_path(1000) && !told.exchange(true)) {
      begun->set_value();
    }
  });
  tree.start({});
  REQUIRE(begun->get_future().wait_for(family_patience) == std::future_status::ready);
  events.reset();
  REQUIRE(tree.close(family_patience));
  CHECK(seen.started == seen.ended);
}

} // namespace kraken::actor_test
