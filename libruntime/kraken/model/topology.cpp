// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Walking a tree of child specs.
#include "kraken/model/topology.hpp"

#include "kraken/base/limits.hpp"
#include "kraken/model/alias.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace kraken::model {

namespace {

tl::unexpected<error> topology_fault(const std::string& path, std::string_view fault) {
  return fail(errc::invalid_argument, (path + ": ").append(fault));
}

result<void> check_siblings(const child_spec& parent, const std::string& path) {
  if (parent.children.size() > limits::children_max) {
    return topology_fault(path, "children: more than " + std::to_string(limits::children_max));
  }
  std::set<std::string_view> seen;
  for (const auto& child : parent.children) {
    if (!seen.insert(child.id).second) {
      return topology_fault(path, "children: '" + child.id + "' is there twice");
    }
    if (child.significant && parent.supervise.ends == auto_shutdown::never) {
      return topology_fault(join_path(path, child.id),
                            "significant: the parent needs supervise.auto_shutdown");
    }
  }
  return {};
}

// Recursion is bounded by tree_depth_max: the depth is checked before the children are visited.
result<void> check_subtree(const child_spec& spec, const std::string& path) {
  if (auto fine = check(spec); !fine) {
    return topology_fault(path, fine.error().context);
  }
  if (depth_of(path) > limits::tree_depth_max) {
    return topology_fault(path,
                          "is deeper than " + std::to_string(limits::tree_depth_max) + " segments");
  }
  if (auto fine = check_siblings(spec, path); !fine) {
    return fine;
  }
  for (const auto& child : spec.children) {
    if (auto fine = check_subtree(child, join_path(path, child.id)); !fine) {
      return fine;
    }
  }
  return {};
}

} // namespace

result<void> check_topology(const child_spec& root) {
  return check_subtree(root, root.id);
}

const child_spec* find_spec(const child_spec& root, std::string_view path) noexcept {
  if (path == root.id) {
    return &root;
  }
  if (!is_below(path, root.id)) {
    return nullptr;
  }
  const child_spec* at = &root;
  std::string_view rest = path.substr(root.id.size() + 1);
  for (;;) {
    const std::string_view segment = rest.substr(0, rest.find('/'));
    const auto found = std::ranges::find(at->children, segment, &child_spec::id);
    if (found == at->children.end()) {
      return nullptr;
    }
    at = &*found;
    if (segment.size() == rest.size()) {
      return at;
    }
    rest.remove_prefix(segment.size() + 1);
  }
}

} // namespace kraken::model
