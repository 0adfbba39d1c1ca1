// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Shards that answer, are late, come back, or were stopped with everything else; on virtual time.
#include "containers/admin/shard_watch.hpp"

#include <functional>
#include <utility>

#include <catch2/catch.hpp>

namespace kraken::containers::test {

namespace {

/// Keeps what is posted until told to turn.
class held_shard final : public executor {
public:
  void post(std::function<void()> work) override { posted_.push_back(std::move(work)); }
  [[nodiscard]] bool on_this_thread() const noexcept override { return false; }

  void turn() {
    for (auto& each : std::exchange(posted_, {})) {
      each();
    }
  }
  [[nodiscard]] std::size_t waiting() const { return posted_.size(); }

private:
  std::vector<std::function<void()>> posted_;
};

/// One wait at a time, which is what the watch has.
class watch_clock final : public reactor {
public:
  void post(std::function<void()> work) override { work(); }
  [[nodiscard]] bool on_this_thread() const noexcept override { return true; }
  [[nodiscard]] time_point now() const noexcept override { return now_; }
  [[nodiscard]] std::unique_ptr<waiting> when_readable(int, std::function<void()>) override {
    return nullptr;
  }
  [[nodiscard]] std::unique_ptr<waiting> after(milliseconds delay,
                                               std::function<void()> then) override {
    due_ = now_ + delay;
    then_ = std::move(then);
    return std::make_unique<waiting>();
  }

  /// Time passes, and what is due happens once, late if this was a leap.
  void leap(milliseconds by) {
    now_ += by;
    if (now_ >= due_) {
      std::exchange(then_, {})();
    }
  }

private:
  time_point now_{};
  time_point due_{};
  std::function<void()> then_;
};

struct watched_pair {
  watch_clock clock;
  held_shard good;
  held_shard held;
  shard_watch watch{clock, {&good, &held}};

  void pass(int periods) {
    for (int i = 0; i < periods; ++i) {
      good.turn();
      clock.leap(limits::shard_ask_period);
    }
  }
};

} // namespace

TEST_CASE("a shard that turns is not named") {
  watched_pair at;
  at.watch.begin();
  for (int i = 0; i < 20; ++i) {
    at.held.turn();
    at.pass(1);
  }
  CHECK(at.watch.reasons().empty());
  CHECK(at.held.waiting() == 1);
}

TEST_CASE("a shard that is held up is named with its time, and asked once only") {
  watched_pair at;
  at.watch.begin();
  at.pass(1);
  CHECK(at.watch.reasons().empty()); // a long turn is no fault yet
  at.pass(4);
  CHECK(at.watch.silent(0) == milliseconds{0});
  CHECK(at.watch.silent(1) == 5 * limits::shard_ask_period);
  CHECK(at.watch.reasons() == "shard 1 has not turned for 10 s\n");
  CHECK(at.watch.reasons(seconds{10}) == "shard 1 has not turned for 10 s\n");
  CHECK(at.watch.reasons(seconds{11}).empty());
  CHECK(at.held.waiting() == 1);

  at.held.turn();
  CHECK(at.watch.reasons().empty());
  at.pass(1);
  CHECK(at.held.waiting() == 1); // asked again
}

TEST_CASE("who slept with the whole process is given time anew") {
  watched_pair at;
  at.watch.begin();
  at.clock.leap(seconds{3'600});
  CHECK(at.watch.reasons().empty());
  at.pass(1);
  CHECK(at.watch.reasons().empty());
  at.pass(3);
  CHECK(at.watch.reasons() == "shard 1 has not turned for 8 s\n");
}

TEST_CASE("a question answered after the watch has gone harms nobody") {
  watch_clock clock;
  held_shard shard;
  {
    shard_watch watch{clock, {&shard}};
    watch.begin();
  }
  shard.turn();
  CHECK(shard.waiting() == 0);
}

} // namespace kraken::containers::test
