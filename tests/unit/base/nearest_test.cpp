// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Distances between words, and when a word is near enough to be offered.
#include "kraken/base/nearest.hpp"

#include <array>

#include <catch2/catch.hpp>

using kraken::edit_distance;
using kraken::nearest;

TEST_CASE("edits are inserts, removals, replacements and swaps of neighbours") {
  const auto [a, b, edits] = GENERATE(table<const char*, const char*, std::size_t>({
      {"", "", 0},
      {"", "abc", 3},
      {"tree", "tree", 0},
      {"tre", "tree", 1},
      {"trees", "tree", 1},
      {"trxe", "tree", 1},
      {"rtee", "tree", 1},
      {"kitten", "sitting", 3},
      {"ca", "abc", 3}, // not 2: what was swapped is not edited again
  }));
  CAPTURE(a, b);
  CHECK(edit_distance(a, b) == edits);
  CHECK(edit_distance(b, a) == edits);
}

TEST_CASE("a word is offered only while most of it is right") {
  constexpr std::array<std::string_view, 4> known{"tree", "ps", "restart", "config:validate"};
  CHECK(nearest("tre", known) == "tree");
  CHECK(nearest("ps", known) == "ps");
  CHECK(nearest("pd", known) == "ps");
  CHECK(nearest("retsrat", known) == "restart");
  CHECK(nearest("config:validte", known) == "config:validate");
  CHECK_FALSE(nearest("ab", known));
  CHECK_FALSE(nearest("completely", known));
  CHECK_FALSE(nearest("x", {}));
}

TEST_CASE("of equally near words the first is offered") {
  constexpr std::array<std::string_view, 2> known{"stop", "stow"};
  CHECK(nearest("stox", known) == "stop");
}
