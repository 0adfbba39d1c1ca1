// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The diff as a table, and the property that its commands lead from any tree to any other.
#include "kraken/model/topology_diff.hpp"

#include "kraken/model/alias.hpp"
#include "kraken/model/topology.hpp"

#include "random_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <random>

namespace model = kraken::model;
using model::child_spec;
using model::verb;
using texts = std::vector<std::string>;

namespace {

/// @param program   change it to force a restart; `new` makes it another container
/// @param intensity change it for a live update
child_spec leaf(std::string id, std::string program = "a", std::uint32_t intensity = 5) {
  child_spec spec;
  spec.id = std::move(id);
  spec.kind = program == "new" ? "native" : "process";
  spec.start = {std::move(program)};
  spec.supervise.intensity = intensity;
  return spec;
}

child_spec tree_of(std::vector<child_spec> children, std::string id = "Main") {
  child_spec spec;
  spec.id = std::move(id);
  spec.kind = "supervisor";
  spec.children = std::move(children);
  return spec;
}

texts diff_texts(const child_spec& from, const child_spec& to) {
  texts out;
  for (const auto& one : model::diff(from, to)) {
    switch (one.what) {
    case verb::destroy:
      out.push_back("destroy " + one.target);
      break;
    case verb::create:
      out.push_back("create " + one.target + " < " + one.spec->id);
      break;
    case verb::update:
      out.push_back("update " + one.target);
      break;
    case verb::start:
    case verb::stop:
    case verb::restart:
    case verb::recycle:
    case verb::scale:
    case verb::signal:
    case verb::reset:
    case verb::start_tree:
    case verb::stop_tree:
      FAIL("a diff issues only destroy, create and update");
    }
  }
  return out;
}

child_spec& spec_at(child_spec& root, const std::string& path) {
  return const_cast<child_spec&>(*model::find_spec(root, path));
}

/// What a runtime manager does with the commands.
void carry_out(child_spec& root, const model::command& what) {
  auto& at = spec_at(root, what.target);
  if (what.what == verb::create) {
    at.children.push_back(*what.spec);
  } else if (what.what == verb::destroy) {
    const std::string id = at.id;
    auto& siblings = spec_at(root, std::string{model::parent_of(what.target)}).children;
    std::erase_if(siblings, [&id](const child_spec& one) { return one.id == id; });
  } else {
    auto children = std::move(at.children);
    const auto rank = [&what](const child_spec& one) {
      return std::ranges::find(what.spec->children, one.id, &child_spec::id) -
             what.spec->children.begin();
    };
    std::ranges::stable_sort(children, {}, rank);
    at = *what.spec;
    at.children = std::move(children);
  }
}

bool same_tree(const child_spec& a, const child_spec& b) {
  return model::same_definition(a, b) &&
         std::ranges::equal(a.children, b.children, [](const auto& left, const auto& right) {
           return same_tree(left, right);
         });
}

child_spec any_leaf(std::mt19937& random, std::string id) {
  static const std::array<std::string, 3> programs{"a", "b", "new"};
  return leaf(std::move(id),
              programs[random() % programs.size()],
              static_cast<std::uint32_t>(random() % 2));
}

} // namespace

TEST_CASE("diff: nothing changed, nothing done") {
  const auto tree = tree_of({leaf("a"), tree_of({leaf("b")}, "web")});
  CHECK(diff_texts(tree, tree).empty());
}

TEST_CASE("diff: what goes, goes right to left; what comes, comes left to right") {
  CHECK(diff_texts(tree_of({leaf("a"), leaf("b"), leaf("c")}),
                   tree_of({leaf("b"), leaf("d"), leaf("e")})) ==
        texts{"destroy Main/c", "destroy Main/a", "create Main < d", "create Main < e"});
}

TEST_CASE("diff: another program in the same container") {
  CHECK(diff_texts(tree_of({leaf("a"), leaf("b")}), tree_of({leaf("a"), leaf("b", "other")})) ==
        texts{"update Main/b"});
}

TEST_CASE("diff: another kind is another container") {
  CHECK(diff_texts(tree_of({leaf("a"), leaf("b")}), tree_of({leaf("a"), leaf("b", "new")})) ==
        texts{"destroy Main/b", "create Main < b"});
}

TEST_CASE("diff: a replaced child keeps its place in the order") {
  CHECK(diff_texts(tree_of({leaf("a"), leaf("b")}), tree_of({leaf("a", "new"), leaf("b")})) ==
        texts{"destroy Main/a", "create Main < a", "update Main"});
}

TEST_CASE("diff: supervision changes without a restart") {
  const auto changes =
      model::diff(tree_of({leaf("a"), leaf("b")}), tree_of({leaf("a", "a", 9), leaf("b")}));
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].what == verb::update);
  CHECK(changes[0].target == "Main/a");
  CHECK(changes[0].spec->supervise.intensity == 9);
  CHECK(changes[0].origin.empty());
}

TEST_CASE("diff: only the order changed") {
  CHECK(diff_texts(tree_of({leaf("a"), leaf("b")}), tree_of({leaf("b"), leaf("a")})) ==
        texts{"update Main"});
}

TEST_CASE("diff: below a child that lives on") {
  CHECK(diff_texts(tree_of({tree_of({leaf("a"), leaf("b")}, "web"), leaf("x")}),
                   tree_of({tree_of({leaf("a", "other")}, "web"), leaf("x")})) ==
        texts{"destroy Main/web/b", "update Main/web/a"});
  CHECK(diff_texts(tree_of({tree_of({leaf("a"), leaf("b")}, "web"), leaf("x")}),
                   tree_of({tree_of({leaf("a", "new")}, "web"), leaf("x")})) ==
        texts{"destroy Main/web/b", "destroy Main/web/a", "create Main/web < a"});
}

TEST_CASE("diff: a replaced parent takes its children with it") {
  auto web = tree_of({leaf("a")}, "web");
  auto other = web;
  other.kind = "pool";
  other.children[0].start = {"b"};
  CHECK(diff_texts(tree_of({web}), tree_of({other})) ==
        texts{"destroy Main/web", "create Main < web"});
}

TEST_CASE("diff: a root is updated, never destroyed") {
  auto root = tree_of({leaf("a")});
  auto other = root;
  other.args["x"] = "y";
  CHECK(diff_texts(root, other) == texts{"update Main"});
}

TEST_CASE("diff: its commands lead from any tree to any other") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  for (int run = 0; run < 500; ++run) {
    auto from = random_tree(random, any_leaf, "Main", 3);
    auto to = random_tree(random, any_leaf, "Main", 3);
    to.kind = from.kind; // a root is not replaced
    const auto before = from;
    auto applied = from;
    const auto commands = model::diff(from, to);
    for (const auto& one : commands) {
      REQUIRE(model::find_spec(from, one.target) != nullptr);
      carry_out(from, one);
      model::apply(applied, one);
      REQUIRE(same_tree(applied, from));
      auto back = applied; // from wherever it was left, there is a way back
      for (const auto& undone : model::diff(applied, before)) {
        model::apply(back, undone);
      }
      REQUIRE(same_tree(back, before));
    }
    REQUIRE(same_tree(from, to));
    REQUIRE(model::diff(from, to).empty());
  }
}

TEST_CASE("diff: what has been destroyed since is made anew") {
  auto passing = leaf("passing");
  passing.restart = model::restart_type::temporary;
  auto family = passing;
  family.id = "family";
  family.children = {leaf("child")};
  const auto from =
      tree_of({leaf("a"), leaf("b"), tree_of({leaf("x"), leaf("y")}, "sub"), passing, family});
  const auto gone = [](std::vector<std::string_view> which) {
    return [which = std::move(which)](std::string_view path) {
      return std::ranges::find(which, path) == which.end();
    };
  };
  const auto changes = [&](const child_spec& to, std::vector<std::string_view> which) {
    return diff_texts(model::without_destroyed(from, to, gone(std::move(which))), to);
  };
  CHECK(changes(from, {}).empty());
  CHECK(changes(from, {"Main/b", "Main/sub/y"}) ==
        texts{"create Main < b", "create Main/sub < y", "update Main"});
  CHECK(changes(from, {"Main/sub", "Main/sub/x", "Main/sub/y"}) ==
        texts{"create Main < sub", "update Main"});
  auto changed = from;
  changed.children[1] = leaf("b", "other");
  CHECK(changes(changed, {"Main/b"}) == texts{"create Main < b", "update Main"});
  auto without = from;
  without.children.erase(without.children.begin() + 1);
  CHECK(changes(without, {"Main/b"}).empty());
  // It has ended, as it was to; only another one begins.
  CHECK(changes(from, {"Main/passing", "Main/family", "Main/family/child"}).empty());
  changed = from;
  changed.children[3].start = {"other"};
  changed.children[4].children[0].start = {"other"};
  CHECK(changes(changed, {"Main/passing", "Main/family"}) ==
        texts{"create Main < passing", "create Main < family"});
  without = tree_of({from.children.begin(), from.children.begin() + 3});
  CHECK(changes(without, {"Main/passing", "Main/family"}).empty());
  // Below one that lives on but is to go.
  without = tree_of({from.children.begin(), from.children.begin() + 2});
  CHECK(changes(without, {"Main/sub/x"}) ==
        texts{"destroy Main/family", "destroy Main/passing", "destroy Main/sub"});
}

TEST_CASE("diff: what a command has put in a place is compared as it runs") {
  auto passing = leaf("passing");
  passing.restart = model::restart_type::temporary;
  const auto from = tree_of({leaf("a"), passing, leaf("b"), tree_of({leaf("x")}, "sub")});
  const auto other = leaf("a", "other");
  const auto same = leaf("b");
  const auto instead = leaf("sub", "new");
  const auto stranger = leaf("stranger");
  using there = std::vector<model::container_there>;
  const auto changes = [&from](const there& all) {
    return diff_texts(model::as_it_runs(from, all), from);
  };
  CHECK(changes({}).empty());
  CHECK(changes({{"Main"}, {"Main/a"}, {"Main/b"}, {"Main/sub"}, {"Main/sub/x"}}).empty());
  // In its place: as after an update; at the end: as after its destruction.
  CHECK(changes({{"Main"}, {"Main/a", &other}, {"Main/b"}, {"Main/sub"}, {"Main/sub/x"}}) ==
        texts{"update Main/a"});
  CHECK(changes({{"Main"}, {"Main/b"}, {"Main/sub"}, {"Main/sub/x"}, {"Main/a", &other}}) ==
        texts{"update Main/a", "update Main"});
  CHECK(changes({{"Main"}, {"Main/a"}, {"Main/sub"}, {"Main/sub/x"}, {"Main/b", &same}}) ==
        texts{"update Main"});
  // What it has of its own goes with it, and what the tree wants comes.
  CHECK(changes({{"Main"}, {"Main/a"}, {"Main/b"}, {"Main/sub", &instead}}) ==
        texts{"destroy Main/sub", "create Main < sub"});
  CHECK(changes({{"Main"},
                 {"Main/a"},
                 {"Main/b"},
                 {"Main/sub"},
                 {"Main/sub/x"},
                 {"Main/stranger", &stranger}})
            .empty());
}

TEST_CASE("diff: commands that change no definition, or are about nobody, are no change") {
  const auto before = tree_of({leaf("a"), leaf("b")});
  const auto applied = [&before](verb what, std::string target, const child_spec* spec) {
    auto tree = before;
    model::command command;
    command.what = what;
    command.target = std::move(target);
    command.spec = spec == nullptr ? nullptr : std::make_shared<const child_spec>(*spec);
    model::apply(tree, command);
    return tree;
  };
  CHECK(same_tree(applied(verb::restart, "Main/a", nullptr), before));
  CHECK(same_tree(applied(verb::destroy, "Main/nobody", nullptr), before));
  CHECK(same_tree(applied(verb::destroy, "Main", nullptr), before));
  CHECK(same_tree(applied(verb::create, "Main", &before.children[0]), before));
}

TEST_CASE("verbs have names") {
  CHECK(model::to_string(verb::create) == "create");
  CHECK(model::to_string(verb::start_tree) == "start_tree");
  CHECK(model::to_string(verb::signal) == "signal");
}
