// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Whom containers run as that others make.
#include "kraken/model/child_spec.hpp"
#include "kraken/model/identity.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <utility>

using namespace kraken;
using model::identity;
using model::inherit;
using model::root_rights;

namespace {

const identity identity_www{"www-data", "", root_rights::refused};
const identity identity_of_group{"www-data", "adm", root_rights::refused};
const identity identity_root{"", "", root_rights::allowed};
const identity identity_daemon{};

/// Options that say whom they run as.
class identity_options final : public model::kind_options {
public:
  explicit identity_options(identity who) : who_(std::move(who)) {}
  [[nodiscard]] std::string fingerprint() const override { return who_.user; }
  [[nodiscard]] identity runs_as() const override { return who_; }

private:
  identity who_;
};

model::child_spec identity_spec(const identity& who) {
  model::child_spec made;
  made.id = "a";
  made.kind = "process";
  made.options = std::make_shared<const identity_options>(who);
  return made;
}

} // namespace

TEST_CASE("identity: who names nobody runs as its creator") {
  const auto creator = GENERATE(identity_www, identity_of_group, identity_root, identity_daemon);
  CHECK(inherit(creator, {}) == creator);
  CHECK(inherit(creator, creator) == creator);
}

TEST_CASE("identity: nobody gets root by asking for it") {
  const identity wishful{"", "", root_rights::allowed};
  CHECK(inherit(identity_www, wishful) == identity_www);
  CHECK(inherit(identity_daemon, wishful)->root == root_rights::refused);
  CHECK(inherit(identity_root, {})->root == root_rights::allowed);
}

TEST_CASE("identity: another user or group than the creator's is refused") {
  struct row {
    identity creator;
    identity asked;
    std::string says;
  };
  const auto [creator, asked, says] =
      GENERATE(values<row>({{identity_www, {"root", "", root_rights::allowed}, "user 'root'"},
                            {identity_www, {"0", "", root_rights::allowed}, "user '0'"},
                            {identity_www, {"www-data", "root", {}}, "group 'root'"},
                            {identity_www, {"", "adm", {}}, "group 'adm'"},
                            {identity_of_group, {"www-data", "root", {}}, "group 'root'"},
                            {identity_root, {"root", "", {}}, "user 'root'"},
                            {identity_daemon, {"www-data", "", {}}, "user 'www-data'"}}));
  const auto got = inherit(creator, asked);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::permission_denied);
  CHECK(got.error().context.starts_with(says));
  const auto whose = creator.user.empty() ? std::string{"names none"} : "'" + creator.user + "'";
  if (creator.group.empty() && asked.group.empty()) {
    CHECK(got.error().context.find(whose) != std::string::npos);
  }
}

TEST_CASE("bounds: a child made at run time, and all it has, is held to its creator") {
  const auto creator = std::make_shared<const identity>(identity_www);
  auto wanted = identity_spec({});
  wanted.children.push_back(identity_spec({}));
  wanted.children.front().children.push_back(model::child_spec{});
  const auto made = model::held_to(creator, wanted);
  REQUIRE(made);
  CHECK(made->bounds == creator);
  CHECK(made->children.front().bounds == creator);
  CHECK(made->children.front().children.front().bounds == creator);
}

TEST_CASE("bounds: a descendant that names another user is refused by its name") {
  auto wanted = identity_spec({});
  wanted.children.push_back(identity_spec({"root", "", root_rights::allowed}));
  const auto made = model::held_to(std::make_shared<const identity>(identity_www), wanted);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::permission_denied);
}

TEST_CASE("bounds: come from who asked, then from the parent") {
  const auto own = std::make_shared<const identity>(identity_of_group);
  const auto asked = std::make_shared<const identity>(identity_www);
  auto parent = identity_spec(identity_www);
  const auto child = identity_spec({});
  using model::nameless;
  CHECK(model::bounds_of_child(parent, child, asked, nameless::as_parent) == asked);
  CHECK(model::bounds_of_child(parent, child, nullptr, nameless::as_daemon) == nullptr);
  SECTION("a parent that is held to some holds its children to them") {
    parent.bounds = own;
    CHECK(model::bounds_of_child(parent, child, nullptr, nameless::as_daemon) == own);
    CHECK(model::bounds_of_child(parent, child, asked, nameless::as_parent) == asked);
  }
  SECTION("an operator's child that names nobody runs as its parent") {
    const auto made = model::bounds_of_child(parent, child, nullptr, nameless::as_parent);
    REQUIRE(made);
    CHECK(*made == identity_www);
    const auto said = identity_spec({"bob", "", {}});
    CHECK(model::bounds_of_child(parent, said, nullptr, nameless::as_parent) == nullptr);
    const auto grouped = identity_spec({"", "adm", {}});
    CHECK(model::bounds_of_child(parent, grouped, nullptr, nameless::as_parent) == nullptr);
    const auto root = identity_spec(identity_root);
    CHECK(model::bounds_of_child(parent, root, nullptr, nameless::as_parent) == nullptr);
    CHECK(model::bounds_of_child(parent, model::child_spec{}, nullptr, nameless::as_parent));
  }
  SECTION("a parent that names nobody says nothing") {
    const auto nobody = GENERATE(as<model::child_spec>{}, model::child_spec{}, identity_spec({}));
    CHECK(model::bounds_of_child(nobody, child, nullptr, nameless::as_parent) == nullptr);
  }
}

TEST_CASE("bounds: options that run nothing name nobody") {
  class silent final : public model::kind_options {
  public:
    [[nodiscard]] std::string fingerprint() const override { return {}; }
  };
  CHECK(silent{}.runs_as() == identity{});
}
