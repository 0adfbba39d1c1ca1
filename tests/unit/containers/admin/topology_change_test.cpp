// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A change carried out, and taken back when part of it fails.
#include "containers/admin/topology_change.hpp"

#include "kraken/model/topology_diff.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>

#include <catch2/catch.hpp>

namespace kraken::containers::test {

namespace {

using model::verb;

/// @param program its own if it is empty
model::child_spec child(std::string id, std::string program = {}) {
  model::child_spec spec;
  spec.kind = "process";
  spec.start = {program.empty() ? id : std::move(program)};
  spec.id = std::move(id);
  return spec;
}

/// Another container.
model::child_spec roomier(std::string id) {
  auto spec = child(std::move(id));
  spec.mailbox.capacity = 7;
  return spec;
}

model::child_spec root_of(std::vector<model::child_spec> children) {
  model::child_spec spec;
  spec.id = "Main";
  spec.kind = "supervisor";
  spec.children = std::move(children);
  return spec;
}

/// A tree that answers at once; programs called `bad` do not start.
struct scripted_tree {
  std::vector<std::string> asked;
  std::map<std::string, std::vector<error>> faults; ///< by what is asked, next ones first; or none

  result<model::reply> operator()(const model::command& what) {
    std::string text;
    if (what.what == verb::create) {
      text = (what.flags == model::force::soft ? "replace " : "create ") + what.target + "/" +
             what.spec->id;
    } else {
      text = (what.what == verb::update ? "update " : "destroy ") + what.target;
    }
    asked.push_back(what.origin + ": " + text);
    auto& next = faults[text];
    if (!next.empty()) {
      const auto first = next.front();
      next.erase(next.begin());
      if (first.code != errc::none) {
        return fail(first);
      }
    }
    if (what.spec && what.spec->start == std::vector<std::string>{"bad"}) {
      return fail(errc::start_failed, what.target + ": exit code 1");
    }
    return model::reply{};
  }
};

change_outcome changed(scripted_tree& tree,
                       const model::child_spec& from,
                       const model::child_spec& to,
                       const std::set<std::string, std::less<>>& at_rest = {},
                       const std::vector<model::command>& made = {}) {
  std::optional<change_outcome> out;
  topology_change::begin(
      from,
      to,
      [&tree](const model::command& what, const model::reply_callback& done) { done(tree(what)); },
      [&at_rest](std::string_view path) { return at_rest.contains(path); },
      [&made](std::string_view path) {
        std::vector<model::command> below;
        std::ranges::copy_if(made, std::back_inserter(below), [path](const auto& each) {
          return each.target.starts_with(path);
        });
        return below;
      },
      [&out](change_outcome ended) { out = std::move(ended); });
  REQUIRE(out);
  return *out;
}

bool same(const model::child_spec& a, const model::child_spec& b) {
  return model::diff(a, b).empty();
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("topology change: nothing to do") {
  scripted_tree tree;
  const auto out = changed(tree, root_of({child("a")}), root_of({child("a")}));
  CHECK(out.done);
  CHECK(tree.asked.empty());
}

TEST_CASE("topology change: new ones come first and in order, removed ones go last") {
  scripted_tree tree;
  const auto to = root_of({child("b", "other"), child("c"), child("d")});
  const auto out = changed(tree, root_of({child("a"), child("b")}), to);
  CHECK(out.done);
  CHECK(same(out.now, to));
  CHECK(tree.asked == texts{"config: create Main/c",
                            "config: create Main/d",
                            "config: update Main/b",
                            "config: destroy Main/a"});
}

TEST_CASE("topology change: a pool that goes is the last that goes") {
  scripted_tree tree;
  auto old = child("old");
  auto replaced = child("web");
  old.kind = replaced.kind = "pool";
  auto with = replaced;
  with.mailbox.capacity = 7;
  const auto from = root_of({child("a"), old, replaced, child("front", "to old")});
  SECTION("when those after it are ready") {
    const auto to = root_of({child("new"), with, child("front", "to new")});
    const auto out = changed(tree, from, to);
    CHECK(out.done);
    CHECK(same(out.now, to));
    CHECK(tree.asked == texts{"config: create Main/new",
                              "config: destroy Main/web",
                              "config: create Main/web",
                              "config: update Main/front",
                              "config: update Main",
                              "config: destroy Main/old",
                              "config: destroy Main/a"});
  }
  SECTION("and serves on when they are not") {
    const auto out = changed(tree, from, root_of({child("new", "bad"), replaced}));
    CHECK_FALSE(out.done);
    CHECK(same(out.now, from));
    CHECK(std::ranges::none_of(tree.asked, [](const std::string& each) {
      return each.find("destroy Main/old") != std::string::npos;
    }));
  }
}

TEST_CASE("topology change: who does not run knows his definition before anything else happens") {
  scripted_tree tree;
  auto inner = root_of({child("x")});
  inner.id = "s";
  const auto from = root_of({child("gone"), child("a"), child("b"), inner});
  inner.children = {child("x", "other")};
  const auto to = root_of({child("a", "other"), child("b", "other"), inner});
  const auto out = changed(tree, from, to, {"Main/b", "Main/s", "Main/s/x"});
  CHECK(out.done);
  CHECK(same(out.now, to));
  CHECK(tree.asked == texts{"config: update Main/b",
                            "config: update Main/s/x",
                            "config: update Main/a",
                            "config: destroy Main/gone"});
}

TEST_CASE("topology change: and on the way back as well") {
  scripted_tree tree;
  const auto from = root_of({child("a"), child("b")});
  const auto out =
      changed(tree, from, root_of({child("a", "bad"), child("b", "other")}), {"Main/b"});
  CHECK_FALSE(out.done);
  CHECK(same(out.now, from));
  CHECK(tree.asked == texts{"config: update Main/b",
                            "config: update Main/a",
                            "config rollback: update Main/b",
                            "config rollback: update Main/a"});
}

TEST_CASE("topology change: the order of children waits for those that come") {
  scripted_tree tree;
  const auto from = root_of({child("a"), child("b")});
  const auto to = root_of({child("a"), child("new"), child("b")});
  const auto out = changed(tree, from, to, {"Main"});
  CHECK(same(out.now, to));
  CHECK(tree.asked == texts{"config: create Main/new", "config: update Main"});
}

TEST_CASE("topology change: one that does not become ready takes everything back") {
  scripted_tree tree;
  const auto from = root_of({child("a"), child("b")});
  const auto out =
      changed(tree, from, root_of({child("b", "other"), child("c", "bad"), child("d")}));
  REQUIRE_FALSE(out.done);
  CHECK(out.done.error().code == errc::start_failed);
  CHECK(out.done.error().context == "Main/c: Main: exit code 1; everything is as it was before");
  CHECK(same(out.now, from));
  CHECK(tree.asked == texts{"config: create Main/c", "config rollback: destroy Main/c"});
}

TEST_CASE("topology change: who would be borne at the daemon's start learns how to have it") {
  scripted_tree tree;
  auto bad = child("bad");
  bad.on_give_up = model::give_up::park;
  const auto from = root_of({child("a")});
  const auto out = changed(tree, from, root_of({child("a"), bad}));
  REQUIRE_FALSE(out.done);
  CHECK(out.done.error().context ==
        "Main/bad: Main: exit code 1; everything is as it was before; a new container has to "
        "start once, whatever its give_up (park): with autostart: false it is taken as it is, and "
        "container:start tries it");
  CHECK(same(out.now, from));
}

TEST_CASE("topology change: what cannot be undone is said") {
  scripted_tree tree;
  tree.faults["replace Main/a"] = {error{errc::start_failed, "exit code 7"}};
  const auto from = root_of({child("a"), child("b")});
  const auto out = changed(tree, from, root_of({roomier("a"), child("b", "bad")}));
  REQUIRE_FALSE(out.done);
  CHECK(out.done.error().context ==
        "Main/b: exit code 1; and this could not be undone: Main/a: exit code 7");
}

TEST_CASE("topology change: a container made at run time is taken over") {
  scripted_tree tree;
  tree.faults["create Main/c"] = {error{errc::already_exists, "with another definition"}};
  const auto to = root_of({child("a"), child("c")});
  const auto out = changed(tree, root_of({child("a")}), to);
  CHECK(out.done);
  CHECK(same(out.now, to));
  CHECK(tree.asked == texts{"config: create Main/c", "config: replace Main/c"});
}

TEST_CASE("topology change: what was refused is not undone") {
  scripted_tree tree;
  tree.faults["create Main/c"] = {error{errc::limit_exceeded, "too many"}};
  const auto from = root_of({child("a")});
  const auto out = changed(tree, from, root_of({child("a"), child("c")}));
  REQUIRE_FALSE(out.done);
  CHECK(out.done.error().context == "Main/c: too many; everything is as it was before");
  CHECK(tree.asked == texts{"config: create Main/c"});
  CHECK(same(out.now, from));
}

TEST_CASE("topology change: a stop that takes too long is a failure too") {
  scripted_tree tree;
  tree.faults["destroy Main/a"] = {error{errc::timeout, "still being carried out"}};
  const auto from = root_of({child("a")});
  const auto out = changed(tree, from, root_of({}));
  REQUIRE_FALSE(out.done);
  CHECK(tree.asked == texts{"config: destroy Main/a", "config rollback: replace Main/a"});
  CHECK(same(out.now, from));
}

namespace {

/// A command has made `id` below `parent`.
model::command made(std::string parent, std::string id) {
  model::command out;
  out.what = verb::create;
  out.target = std::move(parent);
  out.spec = std::make_shared<const model::child_spec>(child(std::move(id)));
  return out;
}

} // namespace

TEST_CASE("topology change: what commands had made below it comes back with a container") {
  scripted_tree tree;
  const auto from = root_of({child("a"), child("b")});
  const auto to = root_of({roomier("a"), child("b", "bad")});
  const std::vector all{made("Main/a", "T"), made("Main/a/T", "U"), made("Main/b", "V")};
  SECTION("on the way back") {
    const auto out = changed(tree, from, to, {}, all);
    REQUIRE_FALSE(out.done);
    CHECK(out.done.error().context ==
          "Main/b: exit code 1; everything is as it was before; made anew, as commands had made "
          "it: Main/a/T, Main/a/T/U");
    CHECK(same(out.now, from));
    CHECK(tree.asked == texts{"config: destroy Main/a",
                              "config: create Main/a",
                              "config: create Main/a/T",
                              "config: create Main/a/T/U",
                              "config: update Main/b",
                              "config rollback: destroy Main/a",
                              "config rollback: replace Main/a",
                              "config rollback: create Main/a/T",
                              "config rollback: create Main/a/T/U",
                              "config rollback: update Main/b",
                              "config rollback: update Main"});
  }
  SECTION("some of it does not") {
    tree.faults["create Main/a/T"] = {error{errc::none, ""},
                                      error{errc::start_failed, "exit code 2"}};
    tree.faults["create Main/a/T/U"] = {error{errc::none, ""},
                                        error{errc::already_exists, "is there"}};
    const auto out = changed(tree, from, to, {}, all);
    CHECK(out.done.error().context ==
          "Main/b: exit code 1; and this could not be undone: Main/a/T: exit code 2; made anew, as "
          "commands had made it: Main/a/T/U");
  }
  SECTION("not without its parent") {
    tree.faults["replace Main/a"] = {error{errc::limit_exceeded, "too many"}};
    const auto out = changed(tree, from, to, {}, all);
    CHECK(out.done.error().context ==
          "Main/b: exit code 1; and this could not be undone: Main/a: too many; Main/a/T: was made "
          "by a command and is gone; Main/a/T/U: was made by a command and is gone");
  }
  SECTION("a removed one takes it along") {
    CHECK(changed(tree, from, root_of({child("b")}), {}, all).done);
    CHECK(tree.asked == texts{"config: destroy Main/a"});
  }
  SECTION("one that does not go does not lose it") {
    CHECK_FALSE(changed(tree, from, root_of({child("b"), child("c", "bad")}), {}, all).done);
    CHECK(tree.asked == texts{"config: create Main/c", "config rollback: destroy Main/c"});
  }
}

TEST_CASE("topology change: what commands had made is there below another container, too") {
  scripted_tree tree;
  const auto from = root_of({child("a")});
  auto with_room = roomier("a");
  SECTION("of the same alias") {
    CHECK(changed(tree, from, root_of({with_room}), {}, {made("Main/a", "T")}).done);
    CHECK(tree.asked ==
          texts{"config: destroy Main/a", "config: create Main/a", "config: create Main/a/T"});
  }
  SECTION("unless the definitions have it by now") {
    with_room.children = {child("T")};
    CHECK(changed(tree, from, root_of({with_room}), {}, {made("Main/a", "T")}).done);
    CHECK(tree.asked == texts{"config: destroy Main/a", "config: create Main/a"});
  }
  SECTION("or had it before") {
    auto with = child("a");
    with.children = {child("T")};
    CHECK(changed(tree, root_of({with}), root_of({with_room}), {}, {made("Main/a", "T")}).done);
    CHECK(tree.asked == texts{"config: destroy Main/a", "config: create Main/a"});
  }
  SECTION("or everything is as it was") {
    tree.faults["create Main/a/T"] = {error{errc::start_failed, "exit code 2"}};
    const auto out = changed(tree, from, root_of({with_room}), {}, {made("Main/a", "T")});
    REQUIRE_FALSE(out.done);
    CHECK(same(out.now, from));
    CHECK(out.done.error().context == "Main/a/T: exit code 2; everything is as it was before; made "
                                      "anew, as commands had made it: Main/a/T");
  }
}

} // namespace kraken::containers::test
