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
