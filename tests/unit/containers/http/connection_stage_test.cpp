// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The stages of a connection: what each one is, which follow which, that none is a dead end.
#include "containers/http/connection_stage.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>

namespace containers = kraken::containers;

namespace {

using stage = containers::connection_stage;

constexpr std::array every_stage{stage::idle,
                                 stage::full,
                                 stage::head,
                                 stage::body,
                                 stage::answering,
                                 stage::streaming,
                                 stage::sending,
                                 stage::sending_noted,
                                 stage::closing};

} // namespace

TEST_CASE("connection stage: what each one is") {
  struct row {
    stage of;
    bool awaits_request;
    bool reads_head;
    bool owes_answer;
    bool sends_end;
    bool is_noted;
  };
  const auto each = GENERATE(values<row>({
      {stage::idle, true, true, false, false, false},
      {stage::full, true, true, false, false, false},
      {stage::head, false, true, false, false, false},
      {stage::body, false, false, false, false, false},
      {stage::answering, false, false, true, false, false},
      {stage::streaming, false, false, true, false, false},
      {stage::sending, false, false, true, true, false},
      {stage::sending_noted, false, false, true, true, true},
      {stage::closing, false, false, false, false, true},
  }));
  CAPTURE(static_cast<int>(each.of));
  CHECK(awaits_request(each.of) == each.awaits_request);
  CHECK(reads_head(each.of) == each.reads_head);
  CHECK(owes_answer(each.of) == each.owes_answer);
  CHECK(sends_end(each.of) == each.sends_end);
  CHECK(is_noted(each.of) == each.is_noted);
}

TEST_CASE("connection stage: which follow which") {
  // Rows: from; columns: to, both in the order of the stages.
  constexpr std::array<const char*, 9> follows{"xxxxx..xx",
                                               "xxxxx..xx",
                                               "x.xxx...x",
                                               "x..x....x",
                                               "x...xx..x",
                                               "x....xx.x",
                                               "x.....x.x",
                                               "x......xx",
                                               "........x"};
  for (const auto from : every_stage) {
    for (const auto to : every_stage) {
      CAPTURE(static_cast<int>(from), static_cast<int>(to));
      const bool wanted =
          follows[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)] == 'x';
      CHECK(may_follow(from, to) == wanted);
    }
  }
}

TEST_CASE("connection stage: each edge is listed once, and none to or from closing") {
  for (const auto& edge : containers::connection_edges) {
    CAPTURE(static_cast<int>(edge.from), static_cast<int>(edge.to));
    int same = 0;
    for (const auto& other : containers::connection_edges) {
      same += other.from == edge.from && other.to == edge.to ? 1 : 0;
    }
    CHECK(same == 1);
    CHECK(edge.from != edge.to);
    CHECK(edge.from != stage::closing);
    CHECK(edge.to != stage::closing);
  }
}
