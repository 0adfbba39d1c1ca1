// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What goes on below a container, as one line.
#include "containers/admin/situation.hpp"

#include "board_record.hpp"

#include <catch2/catch.hpp>

using namespace kraken;
using containers::test::board_record;
using model::phase;

TEST_CASE("children are counted by phase, those that are ready first") {
  actor::status_board board;
  board.publish(board_record("", "web", phase::ready), 1);
  CHECK(containers::situation_text("web", board.children_of("web")).empty());
  std::uint64_t rank = 0;
  for (const auto at :
       {phase::idle, phase::starting, phase::ready, phase::ready, phase::idle, phase::parked}) {
    ++rank;
    board.publish(board_record("web", "w" + std::to_string(rank), at), rank);
  }
  CHECK(containers::situation_text("web", board.children_of("web")) ==
        "web: 2 of 6 ready, 2 idle, 1 starting, 1 parked");
}

TEST_CASE("of a change is told who has begun since, and serves") {
  using namespace std::chrono_literals;
  actor::status_board board;
  const time_point began{10s};
  CHECK(containers::renewal_text("web", board.children_of("web"), began).empty());
  board.publish(board_record("", "web", phase::ready), 1);
  std::uint64_t rank = 0;
  for (const auto& [at, since] : {std::pair{phase::ready, 9s},
                                  std::pair{phase::ready, 10s},
                                  std::pair{phase::starting, 11s},
                                  std::pair{phase::ready, 12s}}) {
    ++rank;
    auto record = board_record("web", "w" + std::to_string(rank), at);
    record.up_since = time_point{since};
    board.publish(record, rank);
  }
  CHECK(containers::renewal_text("web", board.children_of("web"), began) == "web: 2 of 4 renewed");
}

TEST_CASE("what is gone is told with its end") {
  actor::status_board board;
  board.publish(board_record("", "Main", phase::ready), 1);
  auto job = board_record("Main", "job", phase::ready);
  board.publish(job, 1);
  const error unknown{errc::not_found, "no container 'job'"};
  CHECK(containers::end_text(board, "job").empty());
  CHECK(containers::not_there(board, "nobody", unknown).context == unknown.context);

  job.at = phase::gone;
  job.in = model::state_of(job.at);
  model::cause why;
  why.kind = model::cause_kind::exit_code;
  why.code = 3;
  why.correlation = 1; // a failure
  job.last_cause = why;
  board.publish(job, 1);
  const auto at = board.events_since(0).back().at;
  CHECK(containers::end_text(board, "job", at + seconds{20}) ==
        "Main/job ended 20s ago: exit code 3");
  CHECK(containers::end_text(board, "Main/job", at - seconds{20}) ==
        "Main/job ended just now: exit code 3");
  CHECK(containers::end_text(board, "ob").empty());
  CHECK(containers::end_text(board, "").empty());
  const auto told = containers::not_there(board, "job", unknown);
  CHECK(told.code == errc::not_found);
  CHECK(told.context.starts_with("no container 'job': Main/job ended "));
  CHECK(told.context.ends_with(": exit code 3; see kraken events job"));
  board.note("nobody", "command", {});
  CHECK(containers::end_text(board, "nobody").empty());
  const error busy{errc::busy, "busy"};
  CHECK(containers::not_there(board, "job", busy).context == "busy");

  board.publish(board_record("Main", "job", phase::idle), 1); // it is there again
  CHECK(containers::end_text(board, "job").empty());
}

TEST_CASE("what was destroyed without a failure has no cause") {
  actor::status_board board;
  board.publish(board_record("", "a", phase::ready), 1);
  board.publish(board_record("", "a", phase::gone), 1);
  const auto at = board.events_since(0).back().at;
  CHECK(containers::end_text(board, "a", at + seconds{61}) == "a was destroyed 61s ago");
}

TEST_CASE("who was destroyed while it rested has not ended of its last failure") {
  using given = std::vector<phase>;
  const auto [passed, end] = GENERATE(table<given, std::string>({
      {{phase::ready, phase::held, phase::stopping}, " ended just now: exit code 3"},
      {{phase::ready, phase::stopping, phase::ended}, " ended just now: exit code 3"},
      {{phase::held, phase::backing_off, phase::stopping}, " was destroyed just now"},
      {{phase::held, phase::parked, phase::stopping}, " was destroyed just now"},
      {{phase::backing_off, phase::starting, phase::stopping}, " was destroyed just now"},
      {{phase::backing_off, phase::stopping, phase::ended}, " was destroyed just now"},
  }));
  actor::status_board board;
  auto a = board_record("", "a", phase::idle);
  board.publish(a, 1);
  board.publish(board_record("", "b", phase::ready), 2);
  model::cause why;
  why.kind = model::cause_kind::exit_code;
  why.code = 3;
  why.correlation = 1;
  a.last_cause = why;
  auto all = passed;
  all.push_back(phase::gone);
  for (const auto at : all) {
    a.at = at;
    a.in = model::state_of(at);
    board.publish(a, 1);
  }
  const auto at = board.events_since(0).back().at;
  CHECK(containers::end_text(board, "a", at) == "a" + end);
}
