// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The children of a supervisor in a row, beside a std::map by rank that does the same.
#include "kraken/actor/family/child_row.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <vector>

namespace kraken::actor_test {

namespace {

using actor::child_entry;
using actor::child_row;
using reference = std::map<std::uint64_t, std::shared_ptr<child_entry>>;

std::shared_ptr<child_entry> ranked(std::uint64_t rank) {
  auto made = std::make_shared<child_entry>();
  made->rank = rank;
  return made;
}

std::uint64_t rank_at(const child_row& row, const child_row::iterator& at) {
  return at == row.end() ? 0 : at->rank;
}

std::uint64_t rank_at(const reference& all, const reference::const_iterator& at) {
  return at == all.end() ? 0 : at->first;
}

void check_same(const child_row& row, const reference& all) {
  std::vector<std::uint64_t> wanted;
  for (const auto& [rank, one] : all) {
    wanted.push_back(rank);
  }
  std::vector<std::uint64_t> found;
  for (const auto& one : row) {
    found.push_back(one.rank);
  }
  REQUIRE(found == wanted);
  REQUIRE(row.size() == wanted.size());
  found.clear();
  for (auto at = row.end(); at != row.begin();) {
    found.insert(found.begin(), (--at)->rank);
  }
  REQUIRE(found == wanted);
}

} // namespace

TEST_CASE("a row of children: what a map by rank does") {
  const auto seed = GENERATE(range(1U, 9U));
  CAPTURE(seed);
  std::minstd_rand random(seed);
  child_row row;
  reference all;
  std::uint64_t last = 0;
  for (int step = 0; step < 3'000; ++step) {
    const auto any = random() % (last + 2);
    switch (random() % (seed % 3 + 3)) {
    case 0:
    case 1: {
      last += random() % 3 + 1; // ranks are not always without a gap
      const auto made = ranked(last);
      row.add(made);
      all.emplace(last, made);
      break;
    }
    case 2:
      REQUIRE(rank_at(row, row.from(any)) == rank_at(all, all.lower_bound(any)));
      REQUIRE(rank_at(row, row.after(any)) == rank_at(all, all.upper_bound(any)));
      break;
    default: { // more go than come, and a row comes to its end, too
      const auto rank = all.empty() || random() % 4 == 0 ? any : all.begin()->first;
      row.remove(rank);
      all.erase(rank);
    }
    }
    REQUIRE(row.size() == all.size());
    if (step % 100 == 0) {
      check_same(row, all);
    }
  }
  check_same(row, all);
  row.clear();
  check_same(row, {});
}

TEST_CASE("a row of children: one goes after the other, from either end and from the middle") {
  const auto step = GENERATE(1, 99, 41); // of 100: the next, the one before, any
  child_row row;
  reference all;
  for (std::uint64_t rank = 1; rank <= 100; ++rank) {
    const auto made = ranked(rank);
    row.add(made);
    all.emplace(rank, made);
  }
  const std::weak_ptr<child_entry> held = all.at(50);
  for (int i = 0; i < 100; ++i) {
    const auto rank = static_cast<std::uint64_t>((i * step) % 100 + 1);
    row.remove(rank);
    all.erase(rank);
    check_same(row, all);
    row.remove(rank); // there is none any more
  }
  CHECK(held.expired());
  CHECK(row.begin() == row.end());
  CHECK(row.after(std::numeric_limits<std::uint64_t>::max()) == row.end());
  row.add(ranked(7));
  CHECK(row.begin()->rank == 7);
}

TEST_CASE("a row of children: they stand by the ranks they have got") {
  child_row row;
  reference all;
  for (std::uint64_t rank = 1; rank <= 9; ++rank) {
    all.emplace(rank, ranked(rank));
    row.add(all.at(rank));
  }
  row.remove(4);
  all.at(2)->rank = 7;
  all.at(7)->rank = 2;
  row.sort();
  CHECK(row.from(2).operator->() == all.at(7).get());
  CHECK(row.from(7).operator->() == all.at(2).get());
  CHECK(rank_at(row, row.from(4)) == 5);
  CHECK(row.size() == 8);
}

} // namespace kraken::actor_test
