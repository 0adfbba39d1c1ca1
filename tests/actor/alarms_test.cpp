// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The alarms of a shard against a plain sorted list, near and far.
#include "kraken/actor/shard/alarms.hpp"
#include "kraken/base/units.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

using namespace kraken;
using actor::alarms;

namespace {

struct bell final : actor::alarm {
  bell(int number, std::vector<int>& rung) : number_(number), rung_(rung) {}
  void rings() override { rung_.push_back(number_); }

private:
  int number_;
  std::vector<int>& rung_;
};

const time_point start_of_day{std::chrono::hours{30}};

} // namespace

TEST_CASE("alarms ring once, at their time, in order of time and then of setting") {
  std::vector<int> rung;
  alarms all;
  bell a(1, rung);
  bell b(2, rung);
  bell c(3, rung);
  bell far(4, rung);
  bell gone(5, rung);
  auto now = start_of_day;
  CHECK_FALSE(all.next());
  all.set(far, now + seconds{20}, now);
  all.set(b, now + seconds{20}, now);
  all.set(a, now + milliseconds{5}, now);
  all.set(c, now + milliseconds{5}, now);
  all.set(gone, now + milliseconds{4}, now);
  gone.clear();
  gone.clear();
  CHECK_FALSE(gone.is_set());
  CHECK(all.next() == now + milliseconds{5});
  all.ring(now + milliseconds{4});
  CHECK(rung.empty());
  all.ring(now + milliseconds{5});
  CHECK(rung == std::vector{1, 3});
  CHECK(all.next() <= now + seconds{20});
  now += seconds{20};
  all.ring(now - milliseconds{1});
  CHECK(rung.size() == 2);
  all.ring(now);
  CHECK(rung == std::vector{1, 3, 4, 2});
  CHECK_FALSE(all.next());
}

TEST_CASE("an alarm set again moves, one that goes out of scope is silent") {
  std::vector<int> rung;
  auto all = std::make_unique<alarms>();
  bell a(1, rung);
  const auto now = start_of_day;
  all->set(a, now + seconds{100}, now);
  all->set(a, now + milliseconds{1}, now);
  {
    bell b(2, rung);
    all->set(b, now + seconds{300}, now);
    bell c(3, rung);
    all->set(c, now + milliseconds{1}, now);
  }
  all->ring(now + milliseconds{1});
  CHECK(rung == std::vector{1});
  all->set(a, now + seconds{3}, now);
  bell near(4, rung);
  all->set(near, now + milliseconds{2}, now);
  all.reset();
  CHECK_FALSE(a.is_set());
  CHECK_FALSE(near.is_set());
}

TEST_CASE("many alarms, near and far, set and taken back, ring as a sorted list would") {
  const auto seed = GENERATE(as<std::uint32_t>{}, 1, 2, 3, 4, 5);
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto pick = [&](std::uint32_t below) { return random() % below; };
  std::vector<int> rung;
  alarms all;
  std::deque<bell> bells;
  for (int i = 0; i < 60; ++i) {
    bells.emplace_back(i, rung);
  }
  struct expected {
    time_point at;
    int order;
    int number;
  };
  std::vector<expected> model;
  int order = 0;
  auto now = start_of_day;
  for (int step = 0; step < 4'000; ++step) {
    const auto number = static_cast<int>(pick(60));
    auto& one = bells[static_cast<std::size_t>(number)];
    const auto mine = [&](const expected& e) { return e.number == number; };
    if (pick(4) == 0) {
      one.clear();
      std::erase_if(model, mine);
    } else {
      const milliseconds away{pick(3) == 0 ? pick(400'000) : pick(2'500)};
      if (!one.is_set() || one.at() != now + away) {
        std::erase_if(model, mine);
        model.push_back({now + away, order++, number});
      }
      all.set(one, now + away, now);
    }
    if (pick(3) == 0) {
      const auto wake = all.next();
      CHECK(wake.has_value() == !model.empty());
      const auto first = std::ranges::min_element(model, {}, &expected::at);
      if (wake && first != model.end()) {
        CHECK(*wake <= first->at);
      }
      now = pick(2) == 0 && wake && *wake > now ? *wake : now + milliseconds{pick(30'000)};
      std::ranges::sort(model, {}, [](const expected& e) { return std::pair{e.at, e.order}; });
      std::vector<int> due;
      while (!model.empty() && model.front().at <= now) {
        due.push_back(model.front().number);
        model.erase(model.begin());
      }
      rung.clear();
      all.ring(now);
      REQUIRE(rung == due);
    }
  }
}
