// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// All 25 cells of the lifecycle table, against a second, independently written picture of it.
#include "kraken/model/lifecycle.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace model = kraken::model;
using model::event;
using model::phase;
using model::state;

namespace {

struct lifecycle_row {
  state in;
  // One letter for each event, in the order create start stop destroy fail: the state it leads
  // to (C created, D destroyed, S started, P stopped, F failed), `=` already there, `-` no edge.
  std::string_view cells;
};

constexpr std::array lifecycle_rows{
    lifecycle_row{state::destroyed, "C--=-"},
    lifecycle_row{state::created, "=S-D-"},
    lifecycle_row{state::started, "==P-F"},
    lifecycle_row{state::stopped, "=S=D-"},
    lifecycle_row{state::failed, "=SP--"},
};

char letter_of(state in) {
  switch (in) {
  case state::created:
    return 'C';
  case state::destroyed:
    return 'D';
  case state::started:
    return 'S';
  case state::stopped:
    return 'P';
  case state::failed:
    return 'F';
  }
  return '?';
}

} // namespace

TEST_CASE("lifecycle: every state and event") {
  int edges = 0;
  for (const auto& row : lifecycle_rows) {
    for (std::size_t i = 0; i < model::all_events.size(); ++i) {
      const event on = model::all_events[i];
      const char cell = row.cells[i];
      CAPTURE(model::to_string(row.in), model::to_string(on), cell);
      const auto to = model::next(row.in, on);
      CHECK(model::already_there(row.in, on) == (cell == '='));
      REQUIRE(to.has_value() == (cell != '=' && cell != '-'));
      if (to) {
        CHECK(letter_of(*to) == cell);
        ++edges;
      }
    }
  }
  CHECK(edges == 9);
}

TEST_CASE("lifecycle: every state can be reached and left") {
  for (const state one : model::all_states) {
    CAPTURE(model::to_string(one));
    CHECK(std::ranges::any_of(model::transitions, [one](auto edge) { return edge.to == one; }));
    CHECK(std::ranges::any_of(model::transitions, [one](auto edge) { return edge.from == one; }));
  }
}

TEST_CASE("lifecycle: names and numbers are Kraken's") {
  CHECK(static_cast<int>(state::created) == 1);
  CHECK(static_cast<int>(state::destroyed) == 2);
  CHECK(static_cast<int>(state::started) == 4);
  CHECK(static_cast<int>(state::stopped) == 8);
  CHECK(static_cast<int>(state::failed) == 16);
  CHECK(model::to_string(state::created) == "created");
  CHECK(model::to_string(state::destroyed) == "destroyed");
  CHECK(model::to_string(state::started) == "started");
  CHECK(model::to_string(state::stopped) == "stopped");
  CHECK(model::to_string(state::failed) == "failed");
  CHECK(model::to_string(static_cast<state>(3)) == "unknown");
  CHECK(model::to_string(event::create) == "create");
  CHECK(model::to_string(event::start) == "start");
  CHECK(model::to_string(event::stop) == "stop");
  CHECK(model::to_string(event::destroy) == "destroy");
  CHECK(model::to_string(event::fail) == "fail");
  CHECK(model::to_string(static_cast<event>(99)) == "unknown");
}

TEST_CASE("lifecycle: every phase belongs to a state and has a name") {
  for (const auto& row : model::phase_table) {
    CHECK(model::state_of(row.value) == row.of);
    CHECK(model::to_string(row.value) == row.name);
    CHECK_FALSE(row.text.empty());
  }
  CHECK(model::state_of(phase::starting) == state::started);
  CHECK(model::state_of(phase::parked) == state::failed);
  CHECK(model::state_of(phase::stopping) == state::stopped);
}

TEST_CASE("lifecycle: a rejected edge says what and where") {
  CHECK(model::invalid_transition(state::created, event::stop).text() ==
        "invalid_transition: It is not possible to stop runtime from state [1].");
}
