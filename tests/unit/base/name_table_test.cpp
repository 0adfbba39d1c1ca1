// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Things by the name they carry, beside a std::map that does the same.
#include "kraken/base/name_table.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>

using kraken::name_table;

namespace {

using named = std::shared_ptr<const std::string>;

struct name_of_it {
  std::string_view operator()(const named& one) const noexcept { return *one; }
};

using names = name_table<named, name_of_it>;

named make(std::string name) {
  return std::make_shared<const std::string>(std::move(name));
}

} // namespace

TEST_CASE("an empty table has nothing to find or to remove") {
  names all;
  CHECK(all.find("a") == nullptr);
  CHECK(all.remove("a") == nullptr);
  CHECK(all.size() == 0);
  all.each([](const named&) { FAIL("there is nothing"); });
}

TEST_CASE("one handle per name; the first stays") {
  names all;
  const auto first = make("a");
  CHECK(all.add(first));
  CHECK_FALSE(all.add(make("a")));
  REQUIRE(all.find("a") != nullptr);
  CHECK(*all.find("a") == first);
  CHECK(all.size() == 1);
  CHECK(first.use_count() == 2);
  CHECK(all.remove("a") == first);
  CHECK(first.use_count() == 1);
  CHECK(all.find("a") == nullptr);
  CHECK(all.add(make("a")));
  all.clear();
  CHECK(all.size() == 0);
  CHECK(all.find("a") == nullptr);
  CHECK(all.add(make("a")));
}

TEST_CASE("a table does what a map does") {
  const auto seed = GENERATE(range(1U, 9U));
  CAPTURE(seed);
  std::minstd_rand random(seed);
  names all;
  std::map<std::string, named, std::less<>> model;
  for (int step = 0; step < 20'000; ++step) {
    const auto name = "w" + std::to_string(random() % (seed * 40));
    switch (random() % 5) {
    case 0: {
      const auto one = make(name);
      REQUIRE(all.add(one) == model.emplace(name, one).second);
      break;
    }
    case 1: {
      const auto node = model.extract(name);
      REQUIRE(all.remove(name) == (node ? node.mapped() : nullptr));
      break;
    }
    case 2: {
      const auto one = make(name);
      all.set(one);
      model[name] = one;
      break;
    }
    case 3: {
      const auto there = model.find(name);
      const auto one = there == model.end() ? make(name) : there->second;
      int made = 0;
      REQUIRE(all.find_or_add(name, [&] {
        ++made;
        return one;
      }) == one);
      REQUIRE(made == (there == model.end() ? 1 : 0));
      model.emplace(name, one);
      break;
    }
    default: {
      const auto there = model.find(name);
      const auto* const found = all.find(name);
      REQUIRE((found == nullptr ? nullptr : *found) ==
              (there == model.end() ? nullptr : there->second));
    }
    }
    REQUIRE(all.size() == model.size());
  }
  std::set<std::string> seen;
  all.each([&](const named& one) { seen.insert(*one); });
  CHECK(seen.size() == model.size());
  for (const auto& [name, one] : model) {
    CHECK(seen.contains(name));
  }
}

TEST_CASE("what is reserved is kept when more comes") {
  names all;
  all.reserve(1'000);
  for (int i = 0; i < 3'000; ++i) {
    REQUIRE(all.add(make(std::to_string(i))));
  }
  all.reserve(10); // never less
  for (int i = 0; i < 3'000; ++i) {
    REQUIRE(all.find(std::to_string(i)) != nullptr);
  }
}

TEST_CASE("names that have their places side by side, and names that end alike") {
  names all;
  std::map<std::string, named> model;
  for (int i = 0; i < 300; ++i) {
    for (const auto* const end : {"", "0", "9", "p", "\xff"}) { // `0` and `p` want the same place
      const auto name = std::to_string(i) + end;
      const auto one = make(name);
      REQUIRE(all.add(one) == model.emplace(name, one).second);
    }
  }
  const auto nameless = make("");
  REQUIRE(all.add(nameless));
  REQUIRE(all.size() == model.size() + 1);
  for (const auto& [name, one] : model) {
    REQUIRE(all.remove(name) == one);
    REQUIRE(all.find(name) == nullptr);
  }
  CHECK(all.remove("") == nameless);
  CHECK(all.size() == 0);
}
