// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Random commands and failures against random trees, on virtual time. Whatever happens: every
/// command is answered once, no two incarnations of one container live, a stopped child stays
/// stopped, and the tree ends. The seed of a failing run is printed.
#include "tree_fixture.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>

namespace kraken::actor_test {

namespace {

using dice = std::mt19937;

std::uint32_t roll(dice& random, std::uint32_t below) {
  return static_cast<std::uint32_t>(random() % below);
}

script random_script(dice& random) {
  static constexpr std::array starts{
      on_start::ready, on_start::ready, on_start::exit, on_start::hang, on_start::throws};
  static constexpr std::array stops{on_stop::end, on_stop::end, on_stop::hang, on_stop::throws};
  script made;
  made.start = starts[roll(random, starts.size())];
  made.stop = stops[roll(random, stops.size())];
  made.kill = roll(random, 5) == 0 ? on_kill::hang : on_kill::end;
  made.code = static_cast<int>(roll(random, 2));
  made.finishing = milliseconds{roll(random, 2) * 300};
  return made;
}

void randomize(dice& random, model::child_spec& spec) {
  spec.on_give_up = model::give_up::park;
  spec.restart = static_cast<model::restart_type>(roll(random, 3));
  spec.ready.within = seconds{1 + roll(random, 3)};
  spec.shutdown.time = milliseconds{100 * (1 + roll(random, 5))};
  spec.supervise.how = static_cast<model::strategy>(roll(random, 3));
  spec.supervise.start = static_cast<model::start_order>(roll(random, 2));
  if (roll(random, 3) == 0) {
    spec.local = {{"*", {"continue"}}};
  }
}

model::child_spec random_tree(dice& random) {
  std::vector<model::child_spec> groups;
  for (std::uint32_t g = 0; g < 2; ++g) {
    std::vector<model::child_spec> leaves;
    for (std::uint32_t i = 0; i < 4; ++i) {
      const auto id = "g" + std::to_string(g) + "x" + std::to_string(i);
      leaves.push_back(i < 2 ? leaf(id) : overlapping(id));
      randomize(random, leaves.back());
    }
    groups.push_back(supervisor("g" + std::to_string(g), std::move(leaves)));
    randomize(random, groups.back());
  }
  auto root = supervisor("Main", std::move(groups));
  root.supervise.intensity = 1'000;
  return root;
}

std::string some_path(dice& random) {
  const auto group = "g" + std::to_string(roll(random, 2));
  const auto which = roll(random, 5);
  return which == 4 ? "Main/" + group : "Main/" + group + "/" + group + "x" + std::to_string(which);
}

answer_ptr one_command(tree_fixture& f, dice& random) {
  static constexpr std::array verbs{model::verb::start,
                                    model::verb::stop,
                                    model::verb::restart,
                                    model::verb::recycle,
                                    model::verb::reset,
                                    model::verb::start_tree,
                                    model::verb::destroy};
  const auto path = some_path(random);
  if (roll(random, 6) == 0) {
    model::command make;
    make.what = model::verb::create;
    make.flags = static_cast<model::force>(roll(random, 4));
    const auto cut = path.rfind('/');
    make.target = path.substr(0, cut);
    const auto id = path.substr(cut + 1);
    auto spec = roll(random, 2) == 0 ? leaf(id) : overlapping(id);
    randomize(random, spec);
    make.spec = std::make_shared<const model::child_spec>(spec);
    return f.ask(std::move(make));
  }
  return f.ask(verbs[roll(random, verbs.size())], path);
}

void one_failure(tree_fixture& f, dice& random) {
  const auto path = some_path(random);
  if (!f.on.live.contains(path)) {
    return;
  }
  switch (roll(random, 5)) {
  case 0:
    return f.crash(path);
  case 1:
    return f.exit_normally(path);
  case 2:
    return f.throws(path, "DomainError");
  case 3:
    return f.recycles(path, static_cast<actor::serves_on>(roll(random, 2)));
  default:
    return f.becomes_ready(path);
  }
}

void check_board(const tree_fixture& f) {
  std::map<std::string, int> doubled; // children with two incarnations, by parent
  for (const auto& one : f.tree->board.list()) {
    CAPTURE(one->path);
    CHECK(model::state_of(one->at) == one->in);
    const bool alive = f.on.live.contains(one->path);
    if (one->kind == "fake" && alive) {
      CHECK(one->at != model::phase::idle);
      CHECK(one->at != model::phase::ended);
      CHECK(one->at != model::phase::backing_off);
    }
    if (one->kind != "supervisor" && one->at == model::phase::ready) {
      CHECK(alive);
    }
    if (one->at == model::phase::ended || one->at == model::phase::idle) {
      CHECK(one->beside == model::companion::none);
    }
    doubled[one->parent] += one->beside == model::companion::none ? 0 : 1;
  }
  for (const auto& [parent, count] : doubled) {
    CAPTURE(parent);
    CHECK(count <= 1);
  }
}

} // namespace

TEST_CASE("whatever happens, commands are answered and the tree ends") {
  const auto seed = GENERATE(range(1U, 151U));
  CAPTURE(seed);
  dice random(seed);
  tree_fixture f;
  std::vector<answer_ptr> answers;
  for (std::uint32_t g = 0; g < 2; ++g) {
    for (std::uint32_t i = 0; i < 4; ++i) {
      const auto group = "g" + std::to_string(g);
      auto& next = f.on.next["Main/" + group + "/" + group + "x" + std::to_string(i)];
      for (int n = 0; n < 20; ++n) {
        next.push_back(random_script(random));
      }
    }
  }
  answers.push_back(f.start(random_tree(random)));
  for (int step = 0; step < 60; ++step) {
    switch (roll(random, 3)) {
    case 0:
      answers.push_back(one_command(f, random));
      break;
    case 1:
      one_failure(f, random);
      break;
    default:
      f.advance(milliseconds{10 * roll(random, 60)});
    }
    check_board(f);
    CHECK(f.on.made == static_cast<int>(f.on.lives.size()));
  }
  // What an operator stops stays stopped.
  answers.push_back(f.ask(model::verb::stop, "Main/g0"));
  f.advance(seconds{10});
  f.take_trace();
  f.advance(seconds{120});
  for (const auto& what : f.take_trace()) {
    CHECK(what.find("start g0") == std::string::npos);
  }
  f.stop_tree(seconds{20});
  f.advance(seconds{30});
  REQUIRE(f.exit_code);
  CHECK((*f.exit_code == 0 || *f.exit_code == actor::exit_code_gave_up));
  CHECK(f.on.made == 0);
  CHECK(f.tree->board.list().empty());
  f.advance(limits::command_deadline);
  for (const auto& one : answers) {
    CHECK(one->times == 1);
  }
}

} // namespace kraken::actor_test
