// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The budget rule, on virtual time, and the property that makes it a budget.
#include "kraken/model/restart_window.hpp"

#include "kraken/model/backoff.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>

namespace model = kraken::model;
using namespace std::chrono_literals;
using model::restart_window;

namespace {
const kraken::time_point window_start{1h};

std::uint32_t shown(const restart_window& window, kraken::time_point now) {
  return window.gauge()->with([now](const auto& all) { return all.spent(now); });
}
} // namespace

TEST_CASE("pool_intensity: max(5, 2 * size)") {
  auto [size, intensity] = GENERATE(
      table<std::uint32_t, std::uint32_t>({{0, 5}, {1, 5}, {2, 5}, {3, 6}, {4, 8}, {16, 32}}));
  CHECK(model::pool_intensity(size) == intensity);
}

TEST_CASE("restart_window: exceeded by one restart more than the intensity") {
  restart_window window{2, 10s};
  CHECK(window.record("a", window_start));
  CHECK(window.record("b", window_start + 1s));
  CHECK_FALSE(window.record("a", window_start + 2s));
  CHECK(window.count(window_start + 2s) == 3);
  CHECK(window.count_of("a", window_start + 2s) == 2);
  CHECK(window.count_of("c", window_start + 2s) == 0);
}

TEST_CASE("restart_window: intensity 0 allows none") {
  restart_window window{0, 10s};
  CHECK_FALSE(window.record("a", window_start));
  CHECK_FALSE(window.record("a", window_start + 1h));
  CHECK(window.count(window_start + 1h) == 1);
}

SCENARIO("a restart leaves the window only by age and service") {
  restart_window window{5, 10s};
  REQUIRE(window.record("a", window_start));

  WHEN("the child never becomes ready again") {
    THEN("age alone does not help") {
      CHECK(window.count(window_start + 24h) == 1);
    }
  }
  WHEN("it has been ready for less than a period") {
    window.ready("a", window_start + 30s);
    THEN("it still counts") {
      CHECK(window.count(window_start + 39s) == 1);
    }
  }
  WHEN("it has been ready for a whole period") {
    window.ready("a", window_start + 30s);
    THEN("it is gone") {
      CHECK(window.count(window_start + 40s) == 0);
    }
  }
  WHEN("it was ready at once") {
    window.ready("a", window_start);
    THEN("at exactly one period it is not older than the period") {
      CHECK(window.count(window_start + 10s) == 1);
      CHECK(window.count(window_start + 10s + 1ms) == 0);
    }
  }
  WHEN("its readiness was interrupted") {
    window.ready("a", window_start + 1s);
    window.not_ready("a", window_start + 9s);
    window.ready("a", window_start + 9s);
    THEN("the period begins anew") {
      CHECK(window.count(window_start + 18s) == 1);
      CHECK(window.count(window_start + 19s) == 0);
    }
  }
  WHEN("it served a whole period and fails then") {
    window.ready("a", window_start + 1s);
    window.not_ready("a", window_start + 12s);
    THEN("the service is not forgotten") {
      CHECK(window.count(window_start + 12s) == 0);
    }
  }
  WHEN("it is reported ready twice") {
    window.ready("a", window_start + 1s);
    window.ready("a", window_start + 9s);
    THEN("the first report counts") {
      CHECK(window.count(window_start + 11s) == 0);
    }
  }
  WHEN("another child is ready") {
    window.ready("b", window_start);
    window.not_ready("b", window_start + 60s);
    THEN("that says nothing about this one") {
      CHECK(window.count(window_start + 60s) == 1);
    }
  }
  WHEN("it is not ready although it never was") {
    window.not_ready("a", window_start + 60s);
    THEN("nothing changes") {
      CHECK(window.count(window_start + 60s) == 1);
    }
  }
  WHEN("it served, and its later break is short of a period") {
    window.ready("a", window_start + 1s);
    window.not_ready("a", window_start + 11s);
    window.ready("a", window_start + 11s);
    window.not_ready("a", window_start + 11s);
    THEN("it is still forgiven") {
      CHECK(window.count(window_start + 11s) == 0);
    }
  }
}

SCENARIO("a slow shutdown or start cannot restart for ever") {
  GIVEN("a child that needs longer than the period for each start and then crashes") {
    restart_window window{5, 10s};
    auto now = window_start;
    int restarts = 0;
    while (restarts < 100 && window.record("a", now)) {
      ++restarts;
      window.ready("a", now + 20s);
      window.not_ready("a", now + 21s);
      now += 21s;
    }
    THEN("the budget ends it") {
      CHECK(restarts == 5);
    }
  }
}

SCENARIO("an instant crasher gets five restarts and gives up after 3.1 s") {
  restart_window window{5, 10s};
  const model::backoff_spec spec;
  std::vector<std::chrono::milliseconds> at;
  auto now = window_start;
  for (;;) {
    now += model::backoff_base(spec, window.count_of("a", now));
    if (!window.record("a", now)) {
      break;
    }
    at.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(now - window_start));
  }
  CHECK(at == std::vector<std::chrono::milliseconds>{0ms, 100ms, 300ms, 700ms, 1500ms});
  CHECK(now - window_start == 3100ms);
}

TEST_CASE("restart_window: forget, clear, resize") {
  restart_window window{3, 10s};
  CHECK(window.record("a", window_start));
  CHECK(window.record("b", window_start));
  CHECK(window.record("a", window_start));
  window.forget("a");
  CHECK(window.count(window_start) == 1);
  CHECK(window.count_of("b", window_start) == 1);

  CHECK(window.record("c", window_start));
  CHECK(window.record("d", window_start));
  window.resize(0, 20s);
  CHECK(window.intensity() == 0);
  CHECK(window.period() == 20s);
  CHECK(window.count(window_start) == 1);
  CHECK(window.count_of("d", window_start) == 1);
  window.resize(5, 20s);
  CHECK(window.count(window_start) == 1);
  window.clear();
  CHECK(window.count(window_start) == 0);
}

TEST_CASE("restart_window: what a child did can be handed over") {
  restart_window from{3, 10s};
  restart_window to{1, 10s};
  CHECK(to.record("b", window_start + 1s));
  CHECK(from.record("a", window_start));
  CHECK(from.record("c", window_start));
  from.ready("a", window_start);
  CHECK(from.record("a", window_start + 2s));
  from.hand_over("a", to);
  CHECK(from.count(window_start + 2s) == 1);
  CHECK(from.count_of("a", window_start + 2s) == 0);
  CHECK(to.count(window_start + 2s) == 2); // more than one too many would say nothing new
  CHECK(to.count_of("a", window_start + 2s) == 1);
  from.hand_over("a", to);
  CHECK(to.count(window_start + 2s) == 2);
  to.ready("a", window_start + 3s);
  to.ready("b", window_start + 3s);
  CHECK(to.count(window_start + 13s) == 0);
}

TEST_CASE("restart_window: memory is bounded by the intensity") {
  restart_window window{2, 10s};
  for (int i = 0; i < 1000; ++i) {
    static_cast<void>(window.record("a", window_start + i * 1s));
  }
  CHECK(window.count(window_start + 1000s) == 3);
}

// Against a model that keeps everything: the answers are those of the rule, word for word.
TEST_CASE("restart_window: random histories follow the rule") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  struct remembered {
    std::string child;
    kraken::time_point at;
    bool served = false;
  };
  for (int run = 0; run < 200; ++run) {
    constexpr auto period = 10s;
    restart_window window{1000, period};
    std::vector<remembered> all;
    std::map<std::string, kraken::time_point> ready_since;
    auto now = window_start;
    const auto serve = [&](const std::string& child) {
      if (auto since = ready_since.find(child); since != ready_since.end()) {
        for (auto& one : all) {
          const auto begin = std::max(since->second, one.at);
          one.served = one.served || (one.child == child && now - begin >= period);
        }
      }
    };
    for (int step = 0; step < 60; ++step) {
      now += std::chrono::milliseconds{random() % 8000};
      const auto aged = shown(window, now); // nobody has touched the window since
      REQUIRE(aged == window.count(now));
      const std::string child(1, static_cast<char>('a' + random() % 3));
      if (ready_since.contains(child)) {
        serve(child);
        ready_since.erase(child);
        window.not_ready(child, now);
      } else if (random() % 2 == 0) {
        static_cast<void>(window.record(child, now));
        all.push_back({child, now});
      } else {
        ready_since[child] = now;
        window.ready(child, now);
      }
      std::size_t counted = 0;
      for (const char* name : {"a", "b", "c"}) {
        serve(name);
      }
      for (const auto& one : all) {
        counted += one.served && now - one.at > period ? 0U : 1U;
      }
      REQUIRE(window.count(now) == counted);
      REQUIRE(shown(window, now) == counted);
    }
  }
}

TEST_CASE("restart_window: what is shown of it grows old by itself and follows each change") {
  restart_window window{2, 10s};
  const auto gauge = window.gauge();
  const auto intensity = [&] { return gauge->with([](const auto& all) { return all.intensity; }); };
  CHECK(shown(window, window_start) == 0);
  CHECK(intensity() == 2);
  CHECK(window.record("a", window_start));
  CHECK(window.record("b", window_start));
  CHECK_FALSE(window.record("b", window_start));
  CHECK(shown(window, window_start) == 2); // never more than there is
  window.ready("a", window_start + 1s);
  CHECK(shown(window, window_start + 24h) == 2);
  window.forget("b");
  CHECK(shown(window, window_start + 10s) == 1);
  CHECK(shown(window, window_start + 11s) == 0);
  CHECK(window.record("b", window_start + 5s));
  window.resize(7, 20s);
  CHECK(intensity() == 7);
  CHECK(shown(window, window_start + 20s) == 2);
  CHECK(shown(window, window_start + 21s) == 1);
  window.clear();
  CHECK(shown(window, window_start + 5s) == 0);
}

TEST_CASE("restart_window: one that ends is adopted, and its gauge goes on showing it") {
  restart_window own{1, 10s};
  restart_window common{1, 10s};
  CHECK(common.record("b", window_start + 1s));
  CHECK(own.record("a", window_start));
  own.ready("a", window_start + 2s);
  common.adopt(own);
  CHECK(common.count_of("a", window_start + 2s) == 1);
  CHECK(shown(own, window_start + 11s) == 1);
  CHECK(shown(own, window_start + 12s) == 0);
  CHECK(common.count(window_start + 12s) == 1);
}

TEST_CASE("no more of the budget is spent than there is") {
  const auto at = [](int second) { return kraken::time_point{} + std::chrono::seconds{second}; };
  restart_window window{1, std::chrono::seconds{5}};
  CHECK(window.spent(at(0)) == 0);
  CHECK(window.record("a", at(0)));
  CHECK(window.spent(at(0)) == 1);
  CHECK_FALSE(window.record("a", at(1)));
  CHECK(window.count(at(1)) == 2);
  CHECK(window.spent(at(1)) == 1);
  restart_window none{0, std::chrono::seconds{5}};
  CHECK_FALSE(none.record("a", at(0)));
  CHECK(none.spent(at(0)) == 0);
}
