// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// OTP's supervisor suite, group *admin*: start, terminate, restart and delete of a child in every
/// situation, with the answer word for word. OTP's names: restart_child is `start`, terminate_child
/// `stop`, delete_child `destroy`, start_child `create`.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

namespace kraken::actor_test {

using model::phase;
using model::verb;

namespace {

enum class situation : std::uint8_t { unknown, running, stopped, restarting, given_up, starting };

constexpr std::string_view name_of(situation at) {
  constexpr std::array names{"unknown", "running", "stopped", "restarting", "given up", "starting"};
  return names[static_cast<std::size_t>(at)];
}

/// Brings child `Main/s/x` into a situation; dynamic: made by the incarnation of a pool.
void arrange(tree_fixture& f, situation at, bool dynamic) {
  auto x = leaf("x");
  x.on_give_up = model::give_up::park;
  auto s = dynamic ? pool("s", {}) : supervisor("s", {x});
  s.supervise.intensity = at == situation::given_up ? 0 : 5;
  if (at == situation::starting) {
    f.on.next["Main/s/x"] = {{.start = on_start::hang}};
  }
  if (at == situation::unknown) {
    s.children.clear();
  }
  f.start(supervisor("Main", {s}));
  if (dynamic && at != situation::unknown) {
    model::command create;
    create.what = verb::create;
    create.spec = std::make_shared<const model::child_spec>(x);
    f.host_of("Main/s").manage(create, nullptr);
    f.run();
  }
  switch (at) {
  case situation::unknown:
  case situation::running:
  case situation::starting:
    break;
  case situation::stopped:
    f.ask(verb::stop, "s/x");
    break;
  case situation::restarting:
    f.crash("Main/s/x");
    f.crash("Main/s/x");
    break;
  case situation::given_up:
    f.crash("Main/s/x");
    break;
  }
}

std::string answered(const answer_ptr& got) {
  if (!got->got) {
    return "(not yet)";
  }
  return got->ok() ? (*got->got)->text : got->got->error().text();
}

struct admin_row {
  situation at;
  verb what;
  std::string_view answer;
  phase after;
};

constexpr std::string_view nobody = "not_found: no container 'Main/s/x' (did you mean 'Main/s'?)";

// clang-format off
constexpr std::array admin_rows{
    admin_row{situation::unknown, verb::start, nobody, phase::gone},
    admin_row{situation::unknown, verb::stop, nobody, phase::gone},
    admin_row{situation::unknown, verb::restart, nobody, phase::gone},
    admin_row{situation::unknown, verb::destroy, "'Main/s/x' does not exist", phase::gone},
    admin_row{situation::running, verb::start, "Main/s/x is already started", phase::ready},
    admin_row{situation::running, verb::stop, "Main/s/x stopped", phase::ended},
    admin_row{situation::running, verb::restart, "Main/s/x replaced", phase::ready},
    admin_row{situation::running, verb::destroy, "Main/s/x destroyed", phase::gone},
    admin_row{situation::stopped, verb::start, "Main/s/x started", phase::ready},
    admin_row{situation::stopped, verb::stop, "Main/s/x is already stopped", phase::ended},
    admin_row{situation::stopped, verb::restart, "Main/s/x replaced", phase::ready},
    admin_row{situation::stopped, verb::destroy, "Main/s/x destroyed", phase::gone},
    admin_row{situation::restarting, verb::start, "Main/s/x started", phase::ready},
    admin_row{situation::restarting, verb::stop, "Main/s/x stopped", phase::ended},
    admin_row{situation::restarting, verb::restart, "Main/s/x replaced", phase::ready},
    admin_row{situation::restarting, verb::destroy, "Main/s/x destroyed", phase::gone},
    admin_row{situation::given_up, verb::start, "Main/s/x started", phase::ready},
    admin_row{situation::given_up, verb::stop, "Main/s/x stopped", phase::ended},
    admin_row{situation::given_up, verb::restart, "Main/s/x replaced", phase::ready},
    admin_row{situation::given_up, verb::destroy, "Main/s/x destroyed", phase::gone},
    admin_row{situation::starting, verb::start, "(not yet)", phase::starting},
    admin_row{situation::starting, verb::stop, "Main/s/x stopped", phase::ended},
    admin_row{situation::starting, verb::restart, "Main/s/x replaced", phase::ready},
    admin_row{situation::starting, verb::destroy, "Main/s/x destroyed", phase::gone},
};
// clang-format on

} // namespace

TEST_CASE("otp admin: every verb in every situation, static and dynamic") {
  const auto row = GENERATE(from_range(admin_rows));
  const bool dynamic = GENERATE(false, true);
  CAPTURE(name_of(row.at), static_cast<int>(row.what), dynamic);
  tree_fixture f;
  arrange(f, row.at, dynamic);
  const auto got = f.ask(row.what, "Main/s/x");
  CHECK(answered(got) == row.answer);
  CHECK(f.phase("Main/s/x") == row.after);
  f.advance(seconds{70});
  CHECK(got->times == 1); // whatever became of it
  CHECK(f.phase("Main/s") == phase::ready);
  CHECK_FALSE(f.exit_code);
}

TEST_CASE("otp admin: doing it twice is doing it once") {
  const auto what = GENERATE(verb::stop, verb::start, verb::destroy);
  CAPTURE(static_cast<int>(what));
  tree_fixture f;
  f.on.always["Main/x"].stop = on_stop::hang;
  f.start(supervisor("Main", {leaf("x")}));
  const auto first = f.ask(what, "x");
  const auto second = f.ask(what, "x"); // while the first is under way
  f.advance(seconds{10});
  const auto third = f.ask(what, "x");
  CHECK(first->ok());
  CHECK(second->ok());
  if (what == verb::destroy) {
    CHECK(answered(third) == "'x' does not exist");
  } else {
    CHECK_FALSE((*third->got)->changed);
  }
}

TEST_CASE_METHOD(tree_fixture, "otp admin: opposite verbs at once, the last one is what becomes") {
  start(supervisor("Main", {leaf("x")}));
  std::vector<answer_ptr> answers;
  for (int i = 0; i < 10; ++i) {
    answers.push_back(ask(verb::stop, "x"));
    answers.push_back(ask(verb::start, "x"));
  }
  CHECK(phase("Main/x") == model::phase::ready);
  answers.push_back(ask(verb::stop, "x"));
  CHECK(phase("Main/x") == model::phase::ended);
  for (const auto& one : answers) {
    CHECK(one->times == 1);
    CHECK(one->ok());
  }
}

TEST_CASE_METHOD(tree_fixture, "otp admin: children of a parent that is not started") {
  auto s = supervisor("s", {leaf("x")});
  s.autostart = false;
  start(supervisor("Main", {s}));
  CHECK(answered(ask(verb::start, "x")) == "not_started: start Main/s before its child Main/s/x");
  CHECK(answered(ask(verb::restart, "x")) == "not_started: start Main/s before its child Main/s/x");
  CHECK(answered(ask(verb::stop, "x")) ==
        "invalid_transition: It is not possible to stop runtime from state [1].");
  CHECK(answered(ask(verb::recycle, "x")) == "not_started: Main/s/x has nothing to recycle now");
  CHECK(answered(ask(verb::destroy, "x")) == "Main/s/x destroyed");
}

TEST_CASE_METHOD(tree_fixture, "otp admin: a definition outlives its process, and its failures") {
  start(supervisor("Main", {leaf("x")}));
  for (int round = 0; round < 3; ++round) {
    CHECK(ask(verb::stop, "x")->ok());
    advance(seconds{3600});
    CHECK(phase("Main/x") == model::phase::ended);
    CHECK(ask(verb::start, "x")->ok());
  }
  CHECK(status("Main/x").generation == 4);
  CHECK(status("Main/x").restarts == 0);
}

} // namespace kraken::actor_test
