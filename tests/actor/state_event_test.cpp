// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Every state meets every event: all 25 cells with the states passed through and the answer word
/// for word, then every phase meets every verb. The pure table is in unit/model/lifecycle_test.cpp;
/// this shows that a container with its supervisor keeps to it.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::event;
using model::phase;
using model::state;
using model::verb;

namespace {

model::child_spec subject() {
  auto x = leaf("x");
  x.on_give_up = model::give_up::park;
  return x;
}

/// Brings `Main/x` into a state, by the shortest way.
void bring(tree_fixture& f, state in) {
  auto x = subject();
  x.autostart = in != state::created;
  auto root = supervisor("Main", {x});
  root.supervise.intensity = in == state::failed ? 0 : 5;
  f.start(root);
  if (in == state::stopped) {
    f.ask(verb::stop, "x");
  } else if (in == state::failed) {
    f.crash("Main/x");
  } else if (in == state::destroyed) {
    f.ask(verb::destroy, "x");
  }
}

model::command creation(const model::child_spec& spec) {
  model::command made;
  made.what = verb::create;
  made.target = "Main";
  made.spec = std::make_shared<const model::child_spec>(spec);
  return made;
}

/// @return null for the failure, which nobody commands and nobody answers
answer_ptr apply(tree_fixture& f, state in, event on) {
  switch (on) {
  case event::create: {
    auto x = subject();
    x.autostart = in != state::created; // the definition it was created with
    return f.ask(creation(x));
  }
  case event::start:
    return f.ask(verb::start, "Main/x");
  case event::stop:
    return f.ask(verb::stop, "Main/x");
  case event::destroy:
    return f.ask(verb::destroy, "Main/x");
  case event::fail:
    if (f.on.live.contains("Main/x")) {
      f.crash("Main/x");
    }
    return nullptr;
  }
  return nullptr;
}

std::string text_of(const answer_ptr& got) {
  if (got == nullptr || !got->got) {
    return "";
  }
  return got->ok() ? (*got->got)->text : got->got->error().text();
}

/// The states `path` entered after event `seen`, each edge checked against the table.
std::string states_since(const tree_fixture& f, std::uint64_t seen, std::string_view path) {
  std::string line;
  for (const auto& e : f.tree->board.events_since(seen)) {
    const auto from = model::state_of(e.from);
    const auto to = model::state_of(e.to);
    if (e.path != path || from == to) {
      continue;
    }
    CHECK(std::ranges::any_of(
        model::transitions, [&](const auto& edge) { return edge.from == from && edge.to == to; }));
    line += (line.empty() ? "" : " ") + std::string(model::to_string(to));
  }
  return line;
}

/// One cell. A failed container is given up here (parked): nothing but the event moves it.
struct cell {
  state in;
  event on;
  std::string_view passed; ///< states entered, in order
  std::string_view answer; ///< word for word
};

constexpr std::string_view no_such = "not_found: no container 'Main/x' (did you mean 'Main'?)";

// clang-format off
constexpr std::array cells{
    cell{state::destroyed, event::create, "created started", "Main/x started"},
    cell{state::destroyed, event::start, "", no_such},
    cell{state::destroyed, event::stop, "", no_such},
    cell{state::destroyed, event::destroy, "", "'Main/x' does not exist"},
    cell{state::destroyed, event::fail, "", ""},
    cell{state::created, event::create, "", "Main/x exists already"},
    cell{state::created, event::start, "started", "Main/x started"},
    cell{state::created, event::stop, "",
         "invalid_transition: It is not possible to stop runtime from state [1]."},
    cell{state::created, event::destroy, "destroyed", "Main/x destroyed"},
    cell{state::created, event::fail, "", ""},
    cell{state::started, event::create, "", "Main/x exists already"},
    cell{state::started, event::start, "", "Main/x is already started"},
    cell{state::started, event::stop, "stopped", "Main/x stopped"},
    cell{state::started, event::destroy, "stopped destroyed", "Main/x destroyed"},
    cell{state::started, event::fail, "failed started", ""}, // and restarted
    cell{state::stopped, event::create, "", "Main/x exists already"},
    cell{state::stopped, event::start, "started", "Main/x started"},
    cell{state::stopped, event::stop, "", "Main/x is already stopped"},
    cell{state::stopped, event::destroy, "destroyed", "Main/x destroyed"},
    cell{state::stopped, event::fail, "", ""},
    cell{state::failed, event::create, "", "Main/x exists already"},
    cell{state::failed, event::start, "started", "Main/x started"},
    cell{state::failed, event::stop, "stopped", "Main/x stopped"},
    cell{state::failed, event::destroy, "stopped destroyed", "Main/x destroyed"},
    cell{state::failed, event::fail, "", ""},
};
// clang-format on
static_assert(cells.size() == model::all_states.size() * model::all_events.size());

} // namespace

TEST_CASE("25 cells: each state and event, the states passed through and the answer") {
  for (const auto in : model::all_states) {
    for (const auto on : model::all_events) {
      CAPTURE(model::to_string(in), model::to_string(on));
      const auto row = std::ranges::find_if(
          cells, [&](const cell& one) { return one.in == in && one.on == on; });
      REQUIRE(row != cells.end());
      tree_fixture f;
      bring(f, in);
      const auto seen = f.tree->board.last_seq();
      const auto got = apply(f, in, on);
      CHECK(states_since(f, seen, "Main/x") == row->passed);
      CHECK(text_of(got) == row->answer);
      CHECK((got == nullptr || got->times == 1));
      if (got != nullptr && got->ok()) {
        CHECK((*got->got)->changed == !model::already_there(in, on));
      }
    }
  }
}

TEST_CASE_METHOD(tree_fixture, "failed and failing again: recorded, one failure goes its way") {
  on.always["Main/x"].kill = on_kill::hang;
  start(supervisor("Main", {subject()}));
  throws("Main/x", "First");
  const auto seen = tree->board.last_seq();
  throws("Main/x", "Second");
  CHECK(states_since(*this, seen, "Main/x").empty());
  const auto now = status("Main/x");
  CHECK(now.last_cause->type == "First"); // what is being dealt with
  REQUIRE(now.failures->size() == 2);
  CHECK(now.failures->back().text == "Second");
  CHECK(now.failures->back().correlation == now.last_cause->correlation);
  advance(limits::kill_grace);
  CHECK(states_since(*this, seen, "Main/x") == "started");
  CHECK(status("Main/x").restarts == 1);
}

namespace {

/// Brings `Main/x` into a phase and leaves it there.
void bring(tree_fixture& f, phase at) {
  auto x = subject();
  x.autostart = at != phase::idle;
  auto root = supervisor("Main", {x});
  auto& script = f.on.next["Main/x"].emplace_back();
  switch (at) {
  case phase::idle:
  case phase::ready:
  case phase::ended:
  case phase::gone:
  case phase::backing_off:
    break;
  case phase::starting:
    script.start = on_start::hang;
    break;
  case phase::draining:
  case phase::stopping:
    script.stop = on_stop::hang;
    break;
  case phase::held:
    script.kill = on_kill::hang;
    break;
  case phase::parked:
    root.supervise.intensity = 0;
    break;
  }
  f.start(root);
  switch (at) {
  case phase::idle:
  case phase::starting:
  case phase::ready:
    break;
  case phase::draining:
    f.advance(limits::recycle_uptime_min);
    f.recycles("Main/x");
    break;
  case phase::stopping:
  case phase::ended:
    f.ask(verb::stop, "x");
    break;
  case phase::gone:
    f.ask(verb::destroy, "x");
    break;
  case phase::held:
    f.throws("Main/x", "Oops");
    break;
  case phase::backing_off:
    f.crash("Main/x");
    f.crash("Main/x");
    break;
  case phase::parked:
    f.crash("Main/x");
    break;
  }
  REQUIRE(f.phase("Main/x") == at);
}

} // namespace

TEST_CASE("every phase meets every verb: answered once, and it is what was asked for") {
  const auto at = GENERATE(from_range(model::phase_table)).value;
  const auto [what, ends] = GENERATE(table<verb, phase>({
      {verb::start, phase::ready},
      {verb::stop, phase::ended},
      {verb::destroy, phase::gone},
      {verb::restart, phase::ready},
      {verb::start_tree, phase::ready},
      {verb::stop_tree, phase::ended},
  }));
  CAPTURE(model::to_string(at), static_cast<int>(what));
  tree_fixture f;
  bring(f, at);
  const auto seen = f.tree->board.last_seq();
  const auto got = f.ask(what, "Main/x");
  f.advance(seconds{70}); // longer than any shutdown, grace, backoff or start timeout
  CHECK(got->times == 1);
  static_cast<void>(states_since(f, seen, "Main/x"));
  if (at == phase::gone && what != verb::destroy) {
    CHECK(text_of(got) == no_such);
  } else if (at == phase::idle && (what == verb::stop || what == verb::stop_tree)) {
    CHECK(got->code() == errc::invalid_transition);
    CHECK(f.phase("Main/x") == phase::idle);
  } else if (at == phase::starting && (what == verb::start || what == verb::start_tree)) {
    // It joins the start under way; that one hangs, is killed at its time, and the next serves.
    CHECK(got->code() == errc::start_failed);
    CHECK(f.phase("Main/x") == ends);
  } else {
    CHECK(f.phase("Main/x") == ends);
    CAPTURE(text_of(got));
    CHECK(got->ok());
  }
  CHECK(f.on.made == (f.phase("Main/x") == phase::ready ? 1 : 0));
  CHECK_FALSE(f.exit_code);
}

} // namespace kraken::actor_test
