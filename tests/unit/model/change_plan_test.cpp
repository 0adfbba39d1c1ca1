// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The order of a change: what is new first, what goes last; and the property that its commands
/// lead from any tree to any other.
#include "kraken/model/change_plan.hpp"

#include "kraken/model/alias.hpp"
#include "kraken/model/topology.hpp"
#include "kraken/model/topology_diff.hpp"

#include "random_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <set>

namespace model = kraken::model;
using model::child_spec;
using model::verb;
using texts = std::vector<std::string>;

namespace {

/// Of a front: a set of letters, each an address.
struct addresses final : model::kind_options {
  std::string all;

  explicit addresses(std::string wanted) : all(std::move(wanted)) {}
  [[nodiscard]] std::string fingerprint() const override { return all; }
  [[nodiscard]] bool adds(const kind_options& to) const override {
    const auto& after = dynamic_cast<const addresses&>(to).all;
    return std::ranges::all_of(all, [&after](char one) { return after.find(one) != after.npos; });
  }
  [[nodiscard]] bool excludes(const kind_options& other) const override {
    return all.find_first_of(dynamic_cast<const addresses&>(other).all) != std::string::npos;
  }
};

/// Of a kind that knows nothing better.
struct plain final : model::kind_options {
  [[nodiscard]] std::string fingerprint() const override { return {}; }
};

child_spec leaf(std::string id, std::string program) {
  child_spec spec;
  spec.id = std::move(id);
  spec.kind = "process";
  spec.start = {std::move(program)};
  return spec;
}

child_spec front(std::string id, std::string listen) {
  child_spec spec;
  spec.id = std::move(id);
  spec.kind = "http";
  spec.options = std::make_shared<const addresses>(std::move(listen));
  return spec;
}

child_spec tree_of(std::vector<child_spec> children, std::string id = "Main") {
  child_spec spec;
  spec.id = std::move(id);
  spec.kind = "supervisor";
  spec.children = std::move(children);
  return spec;
}

child_spec other_container(child_spec spec) {
  spec.mailbox.capacity = 7;
  return spec;
}

texts plan_of(const child_spec& from,
              const child_spec& to,
              const std::set<std::string, std::less<>>& at_rest = {}) {
  texts out;
  for (const auto& one : model::plan_change(
           from, to, [&](std::string_view path) { return at_rest.contains(path); })) {
    const auto about =
        one.what == verb::create ? model::join_path(one.target, one.spec->id) : one.target;
    out.push_back(std::string{to_string(one.what)} + " " + about);
    CHECK(one.origin.empty());
  }
  return out;
}

bool same_tree(const child_spec& a, const child_spec& b) {
  return model::same_definition(a, b) && std::ranges::equal(a.children, b.children, same_tree);
}

child_spec any_kind(std::mt19937& random, std::string id) {
  static const std::array<std::string, 3> programs{"a", "b", "c"};
  auto spec = random() % 4 == 0 ? front(std::move(id), programs[random() % 3])
                                : leaf(std::move(id), programs[random() % 3]);
  spec.supervise.intensity = static_cast<std::uint32_t>(random() % 2);
  spec.mailbox.capacity = 1 + static_cast<std::uint32_t>(random() % 2);
  return spec;
}

} // namespace

TEST_CASE("plan: nothing changed, nothing done") {
  const auto tree = tree_of({leaf("a", "a"), tree_of({leaf("b", "b")}, "group")});
  CHECK(plan_of(tree, tree).empty());
}

TEST_CASE("plan: what is new comes before anything that serves is touched, what goes, goes last") {
  const auto from = tree_of({leaf("a", "a"), front("f", "1"), leaf("b", "b"), leaf("c", "c")});
  const auto to = tree_of({front("f", "2"), leaf("b", "other"), leaf("d", "d"), leaf("e", "e")});
  CHECK(plan_of(from, to) == texts{"create Main/d",
                                   "create Main/e",
                                   "update Main/f",
                                   "update Main/b",
                                   "destroy Main/c",
                                   "destroy Main/a"});
}

TEST_CASE("plan: a front that gives up no address is replaced before what must stop for it") {
  const auto from = tree_of({leaf("b", "b"), front("f", "1"), front("g", "34")});
  const auto to = tree_of({leaf("b", "other"), front("f", "12"), front("g", "3"), leaf("n", "n")});
  CHECK(plan_of(from, to) ==
        texts{"create Main/n", "update Main/f", "update Main/b", "update Main/g"});
}

TEST_CASE("plan: who wants what another one holds waits until that has gone") {
  SECTION("the address of a front that goes") {
    CHECK(plan_of(tree_of({front("f", "1"), leaf("a", "a")}),
                  tree_of({leaf("b", "b"), front("g", "12"), front("h", "3")})) ==
          texts{"create Main/b",
                "create Main/h",
                "destroy Main/f",
                "create Main/g",
                "update Main",
                "destroy Main/a"});
  }
  SECTION("or one that a front gives up") {
    CHECK(plan_of(tree_of({front("f", "1")}), tree_of({front("f", "2"), front("g", "1")})) ==
          texts{"update Main/f", "create Main/g"});
  }
  SECTION("or that a front takes over") {
    CHECK(plan_of(tree_of({front("f", "1"), front("g", "2")}), tree_of({front("f", "12")})) ==
          texts{"destroy Main/g", "update Main/f"});
  }
  SECTION("the same program under another name") {
    CHECK(plan_of(tree_of({leaf("a", "x"), leaf("b", "y")}),
                  tree_of({leaf("b", "y"), leaf("c", "x")})) ==
          texts{"destroy Main/a", "create Main/c"});
  }
  SECTION("below others") {
    CHECK(plan_of(tree_of({tree_of({front("f", "1")}, "old")}),
                  tree_of({tree_of({leaf("x", "x"), front("f", "1")}, "new")})) ==
          texts{"destroy Main/old", "create Main/new"});
  }
}

TEST_CASE("plan: programs are the same when all that names them is") {
  const auto one = leaf("a", "x");
  const auto apart = [&one](auto change) {
    auto other = one;
    other.id = "b";
    change(other);
    return plan_of(tree_of({one}), tree_of({other})) == texts{"create Main/b", "destroy Main/a"};
  };
  CHECK_FALSE(apart([](child_spec&) {}));
  CHECK(apart([](child_spec& other) { other.kind = "native"; }));
  CHECK(apart([](child_spec& other) { other.name = "Other"; }));
  CHECK(apart([](child_spec& other) { other.start = {"y"}; }));
  CHECK(apart([](child_spec& other) { other.args["x"] = "y"; }));
  CHECK(apart([](child_spec& other) { other.options = std::make_shared<plain>(); }));
  CHECK(plan_of(tree_of({tree_of({}, "a")}), tree_of({tree_of({}, "b")})) ==
        texts{"create Main/b", "destroy Main/a"}); // which are no program
  auto with = one;
  with.options = std::make_shared<plain>();
  auto renamed = with;
  renamed.id = "b";
  CHECK(plan_of(tree_of({with}), tree_of({renamed})) == texts{"destroy Main/a", "create Main/b"});
}

TEST_CASE("plan: another container under the same alias goes first, in its place") {
  const auto from = tree_of({leaf("a", "a"), leaf("b", "b")});
  const auto to = tree_of({other_container(leaf("a", "a")), leaf("b", "other"), leaf("c", "c")});
  CHECK(plan_of(from, to) ==
        texts{"create Main/c", "destroy Main/a", "create Main/a", "update Main/b", "update Main"});
}

TEST_CASE("plan: who does not run knows his definition first") {
  const auto from = tree_of({leaf("a", "a"), leaf("b", "b")});
  const auto to = tree_of({leaf("a", "other"), leaf("b", "other"), leaf("c", "c")});
  CHECK(plan_of(from, to, {"Main", "Main/b"}) ==
        texts{"update Main/b", "create Main/c", "update Main/a"});
}

TEST_CASE("plan: what stands below another one waits for what that becomes") {
  auto from = tree_of({leaf("a", "a"), tree_of({}, "g")});
  auto to = from;
  SECTION("a definition that it takes over") {
    to.supervise.intensity = 9;
    to.children[0].supervise.intensity = 9;
    to.children[1].supervise.intensity = 9;
    to.children[1].children = {leaf("x", "x")};
    CHECK(plan_of(from, to) ==
          texts{"update Main", "update Main/g", "create Main/g/x", "update Main/a"});
  }
  SECTION("or another program") {
    to.children[0] = leaf("a", "other");
    to.children[0].children = {leaf("x", "x")};
    to.children.push_back(leaf("aa", "aa"));
    CHECK(plan_of(from, to) == texts{"create Main/aa", "update Main/a", "create Main/a/x"});
  }
  SECTION("not for that of its siblings") {
    to.children[0] = leaf("a", "other");
    to.children[1].children = {leaf("x", "x")};
    CHECK(plan_of(from, to) == texts{"create Main/g/x", "update Main/a"});
  }
}

TEST_CASE("plan: the root is told once, though it is told of the order as well") {
  auto from = tree_of({leaf("a", "a"), leaf("b", "b")});
  auto to = tree_of({leaf("c", "c"), leaf("b", "b"), leaf("a", "a")});
  CHECK(plan_of(from, to) == texts{"create Main/c", "update Main"});
  to.supervise.intensity = 9;
  to.start = {"which counts from the next start"};
  CHECK(plan_of(from, to) == texts{"update Main", "create Main/c", "update Main"});
}

TEST_CASE("plan: options that only one of two has, and names that only begin alike") {
  auto with = leaf("a", "x");
  with.options = std::make_shared<plain>();
  CHECK(plan_of(tree_of({with}), tree_of({leaf("b", "x")})) ==
        texts{"create Main/b", "destroy Main/a"});
  auto other = with;
  other.start = {"y"};
  for (const auto& now : {other, leaf("a", "x")}) {
    CHECK(plan_of(tree_of({with}), tree_of({now, leaf("c", "c")})) ==
          texts{"create Main/c", "update Main/a"});
  }
  CHECK(plan_of(tree_of({with, tree_of({}, "aa")}),
                tree_of({other, tree_of({leaf("x", "z")}, "aa")})) ==
        texts{"create Main/aa/x", "update Main/a"});
}

TEST_CASE("plan: its commands lead from any tree to any other") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  for (int run = 0; run < 500; ++run) {
    const auto from = random_tree(random, any_kind, "Main", 3);
    auto to = random_tree(random, any_kind, "Main", 3);
    to.kind = from.kind; // a root is not replaced
    to.options = from.options;
    to.mailbox = from.mailbox;
    const auto rests = [&random](std::string_view) { return random() % 4 == 0; };
    auto at = from;
    for (const auto& one : model::plan_change(from, to, rests)) {
      REQUIRE(model::find_spec(at, one.target) != nullptr);
      const auto about =
          one.what == verb::create ? model::join_path(one.target, one.spec->id) : one.target;
      REQUIRE((one.what == verb::create) == (model::find_spec(at, about) == nullptr));
      model::apply(at, one);
      auto back = at; // from wherever it was left, there is a way back
      for (const auto& undone : model::plan_change(at, from, rests)) {
        model::apply(back, undone);
      }
      REQUIRE(same_tree(back, from));
    }
    REQUIRE(same_tree(at, to));
  }
}
