// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which containers and events a filter means.
#include "containers/admin/record_filter.hpp"

#include "board_record.hpp"

#include <catch2/catch.hpp>

using namespace kraken;
using containers::record_filter;
using containers::test::board_record;

TEST_CASE("a filter without words wants everything") {
  const auto all = record_filter::of_words("", "");
  CHECK(all.wants("Main/a"));
  CHECK(all.wants("", "command"));
}

TEST_CASE("targets mean what is below them, types are names or globs") {
  const auto some = record_filter::of_words("web,,m*l", "container_f*,command");
  CHECK(some.wants("Main/web/w1"));
  CHECK(some.wants("Main/mail"));
  CHECK_FALSE(some.wants("Main"));
  CHECK(some.wants("Main/web", "container_failed"));
  CHECK(some.wants("Main/web", "command"));
  CHECK_FALSE(some.wants("Main/web", "command_refused"));
  CHECK_FALSE(some.wants("Main/api", "command"));
}

TEST_CASE("aliases are resolved, globs may mean nobody yet") {
  actor::status_board board;
  board.publish(board_record("", "Main", model::phase::ready), 1);
  board.publish(board_record("Main", "web", model::phase::ready), 1);
  auto some = record_filter::of_words("web,x*", "");
  REQUIRE(some.resolve(board));
  CHECK(some.targets == std::vector<std::string>{"Main/web", "x*"});
  auto none = record_filter::of_words("web,nobody", "");
  CHECK(none.resolve(board).error().code == errc::not_found);
}
