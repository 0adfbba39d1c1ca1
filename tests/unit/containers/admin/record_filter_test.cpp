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

TEST_CASE("a type that no event has is a mistake, and what was meant is told") {
  CHECK(record_filter::of_words("", "container_held,container_*,command,solver_f*").check_types());
  const auto wrong = [](const std::string& types) {
    const auto checked = record_filter::of_words("", types).check_types();
    REQUIRE(!checked);
    CHECK(checked.error().code == errc::invalid_argument);
    return checked.error().context;
  };
  CHECK(wrong("command,container_raedy") ==
        "no event is of the type 'container_raedy' (did you mean 'container_ready'?)");
  CHECK(wrong("container_failed") ==
        "no event is of the type 'container_failed' (did you mean 'container_held'?)");
  CHECK_THAT(wrong("container_nonsense"),
             Catch::StartsWith("no event is of the type 'container_nonsense'; there are "
                               "container_idle, container_starting, ") &&
                 Catch::EndsWith(", dead_letter"));
  CHECK_THAT(wrong("x*"), Catch::StartsWith("no event is of the type 'x*'; there are "));
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

TEST_CASE("events are those of who is there, or was; of a glob there may be none yet") {
  actor::status_board board;
  board.publish(board_record("", "Main", model::phase::ready), 1);
  board.publish(board_record("Main", "web", model::phase::ready), 1);
  board.publish(board_record("Main/web", "w1", model::phase::ready), 1);
  board.publish(board_record("Main", "api", model::phase::ready), 1);
  board.publish(board_record("Main/api", "w1", model::phase::ready), 1);
  board.publish(board_record("Main", "gone", model::phase::ready), 1);
  board.publish(board_record("Main", "gone", model::phase::gone), 1);
  for (const auto* const fine : {"", "web", "w1", "Main/api/w1", "gone", "Main/gone", "x*"}) {
    CAPTURE(fine);
    CHECK(record_filter::of_words(fine, "").check_heard_of(board));
  }
  const auto wrong = record_filter::of_words("web,wbe", "").check_heard_of(board);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == errc::not_found);
  CHECK_THAT(wrong.error().context, Catch::StartsWith("no container 'wbe' (did you mean 'web'?)"));
}
