// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Faults of whole trees, and finding specs by path.
#include "kraken/model/topology.hpp"

#include "kraken/base/limits.hpp"

#include <catch2/catch.hpp>

namespace model = kraken::model;
using model::child_spec;

namespace {

child_spec branch(std::string id, std::vector<child_spec> children = {}) {
  child_spec spec;
  spec.id = std::move(id);
  spec.kind = "supervisor";
  spec.children = std::move(children);
  return spec;
}

std::string topology_fault_of(const child_spec& root) {
  const auto checked = model::check_topology(root);
  return checked ? std::string{} : checked.error().context;
}

} // namespace

TEST_CASE("check_topology: a good tree") {
  auto root = branch("Main", {branch("web", {branch("w1"), branch("w2")}), branch("http")});
  CHECK(topology_fault_of(root).empty());
  root.supervise.ends = model::auto_shutdown::any_significant;
  root.children[1].significant = true;
  root.children[1].restart = model::restart_type::transient;
  CHECK(topology_fault_of(root).empty());
}

TEST_CASE("check_topology: faults name their place") {
  CHECK(topology_fault_of(branch("")) == ": id: alias '': is empty");
  CHECK(topology_fault_of(branch("Main", {branch("a"), branch("b"), branch("a")})) ==
        "Main: children: 'a' is there twice");
  CHECK(topology_fault_of(branch("Main", {branch("a", {branch("b c")})})) ==
        "Main/a/b c: id: alias 'b c': has other characters than A-Z a-z 0-9 _ - . :");
  auto root = branch("Main", {branch("a")});
  root.children[0].significant = true;
  root.children[0].restart = model::restart_type::transient;
  CHECK(topology_fault_of(root) == "Main/a: significant: the parent needs supervise.auto_shutdown");
}

TEST_CASE("check_topology: limits") {
  auto deep = branch("a");
  for (std::size_t i = 1; i < kraken::limits::tree_depth_max; ++i) {
    deep = branch("a", {deep});
  }
  CHECK(topology_fault_of(deep).empty());
  const auto fault = topology_fault_of(branch("a", {deep}));
  CHECK(fault.ends_with("/a: is deeper than 16 segments"));

  auto wide = branch("Main");
  wide.children.resize(kraken::limits::children_max + 1);
  CHECK(topology_fault_of(wide) == "Main: children: more than 100000");
}

TEST_CASE("find_spec") {
  const auto root = branch("Main", {branch("web", {branch("w1")}), branch("http")});
  CHECK(model::find_spec(root, "Main") == &root);
  CHECK(model::find_spec(root, "Main/web") == &root.children[0]);
  CHECK(model::find_spec(root, "Main/web/w1") == &root.children[0].children[0]);
  CHECK(model::find_spec(root, "Main/web/w2") == nullptr);
  CHECK(model::find_spec(root, "Main/api/w1") == nullptr);
  CHECK(model::find_spec(root, "Other") == nullptr);
  CHECK(model::find_spec(root, "Main/") == nullptr);
  CHECK(model::find_spec(root, "") == nullptr);
}
