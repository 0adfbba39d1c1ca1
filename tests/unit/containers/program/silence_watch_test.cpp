// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a wait takes for silence, on a clock that passes, leaps or stands still.
#include "containers/program/silence_watch.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <utility>

namespace kraken::containers::test {

namespace {

/// One wait at a time, on a clock that the test moves.
class silence_clock final : public reactor {
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

  /// Time passes as it does for a loop that turns.
  void pass(milliseconds by) {
    for (const auto until = now_ + by; now_ < until; now_ += milliseconds{1}) {
      due();
    }
    due();
  }
  /// The loop stands still, and is then told of one timer that is due.
  void stand_still(milliseconds by) {
    now_ += by;
    due();
  }

private:
  void due() {
    if (then_ && now_ >= due_) {
      std::exchange(then_, {})();
    }
  }

  time_point now_{};
  time_point due_{};
  std::function<void()> then_;
};

struct watched_silence {
  silence_clock clock;
  int over = 0;
  silence_watch silence{clock, milliseconds{1'000}, [this] { ++over; }};
};

} // namespace

TEST_CASE("silence is over once, after its limit") {
  watched_silence at;
  at.clock.pass(milliseconds{999});
  CHECK(at.over == 0);
  at.clock.pass(milliseconds{5});
  CHECK(at.over == 1);
  at.clock.pass(milliseconds{5'000});
  CHECK(at.over == 1);
}

TEST_CASE("a sign of life renews it, up to the last moment") {
  watched_silence at;
  at.clock.pass(milliseconds{900});
  at.silence.renew();
  at.clock.pass(milliseconds{999});
  CHECK(at.over == 0);
  at.silence.renew();
  at.clock.pass(milliseconds{1'000}); // what is ready beside the timer comes after it
  at.silence.renew();
  at.clock.pass(milliseconds{999});
  CHECK(at.over == 0);
  at.clock.pass(milliseconds{5});
  CHECK(at.over == 1);
}

TEST_CASE("time in which the loop stood still does not count") {
  watched_silence at;
  at.clock.pass(milliseconds{600});
  at.clock.stand_still(milliseconds{6'000});
  CHECK(at.over == 0);
  at.clock.pass(milliseconds{200});
  at.clock.stand_still(milliseconds{6'000});
  at.clock.pass(milliseconds{200}); // who is asked only now has time to answer
  CHECK(at.over == 0);
  at.clock.pass(milliseconds{100});
  CHECK(at.over == 1);
}

TEST_CASE("a heartbeat may be missed and be late") {
  model::alive_spec how;
  how.every = milliseconds{100};
  how.failures = 3;
  how.timeout = milliseconds{50};
  CHECK(longest_silence(how) == milliseconds{350});
}

} // namespace kraken::containers::test
