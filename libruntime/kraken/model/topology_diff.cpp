// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Comparing two trees of child specs.
#include "kraken/model/topology_diff.hpp"

#include "kraken/model/alias.hpp"
#include "kraken/model/topology.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace kraken::model {

namespace {

const child_spec* child_named(const child_spec& parent, std::string_view id) noexcept {
  const auto found = std::ranges::find(parent.children, id, &child_spec::id);
  return found == parent.children.end() ? nullptr : &*found;
}

/// The counterpart that goes on living, or null.
const child_spec* survivor(const child_spec& parent, const child_spec& child) {
  const child_spec* other = child_named(parent, child.id);
  return other == nullptr || needs_new_container(*other, child) ? nullptr : other;
}

command diff_command(verb what, std::string target, const child_spec* spec) {
  command out;
  out.what = what;
  out.target = std::move(target);
  out.origin.clear();
  if (spec != nullptr) {
    out.spec = std::make_shared<const child_spec>(*spec);
  }
  return out;
}

/// Destroys right to left; below a child that lives on as well.
void add_destroys(const child_spec& from,
                  const child_spec& to,
                  const std::string& path,
                  std::vector<command>& out) {
  for (auto old = from.children.rbegin(); old != from.children.rend(); ++old) {
    const std::string at = join_path(path, old->id);
    const child_spec* now = child_named(to, old->id);
    if (now == nullptr || needs_new_container(*old, *now)) {
      out.push_back(diff_command(verb::destroy, at, nullptr));
    } else {
      add_destroys(*old, *now, at, out);
    }
  }
}

/// Whether the children that live on, followed by the new ones, are in the wanted order.
bool in_order(const child_spec& from, const child_spec& to) {
  std::vector<std::string_view> made;
  for (const auto& old : from.children) {
    const child_spec* now = child_named(to, old.id);
    if (now != nullptr && !needs_new_container(old, *now)) {
      made.emplace_back(old.id);
    }
  }
  for (const auto& now : to.children) {
    if (survivor(from, now) == nullptr) {
      made.emplace_back(now.id);
    }
  }
  return std::ranges::equal(made, to.children, {}, {}, &child_spec::id);
}

void add_changes(const child_spec& from,
                 const child_spec& to,
                 const std::string& path,
                 std::vector<command>& out) {
  if (!same_definition(from, to)) {
    out.push_back(diff_command(verb::update, path, &to));
  }
  for (const auto& now : to.children) {
    if (const child_spec* old = survivor(from, now)) {
      add_changes(*old, now, join_path(path, now.id), out);
    } else {
      out.push_back(diff_command(verb::create, path, &now));
    }
  }
  if (!in_order(from, to)) {
    out.push_back(diff_command(verb::update, path, &to));
  }
}

bool same_tree(const child_spec& one, const child_spec& other) {
  return same_definition(one, other) && std::ranges::equal(one.children, other.children, same_tree);
}

void drop_destroyed(child_spec& from,
                    const child_spec* to,
                    const std::string& path,
                    const std::function<bool(std::string_view)>& exists) {
  std::erase_if(from.children, [&](child_spec& child) {
    const std::string at = join_path(path, child.id);
    const child_spec* const wanted = to == nullptr ? nullptr : child_named(*to, child.id);
    if (exists(at)) {
      drop_destroyed(child, wanted, at, exists);
      return false;
    }
    const bool meant_to_go = child.restart == restart_type::temporary;
    return !(meant_to_go && wanted != nullptr && same_tree(child, *wanted));
  });
}

/// Index among those that are there.
using places = std::map<std::string_view, std::size_t>;

// NOLINTNEXTLINE(misc-no-recursion): a definition's depth is limited
void put_what_runs(child_spec& parent,
                   const std::string& path,
                   std::span<const container_there> there,
                   const places& at) {
  std::vector<std::pair<std::size_t, child_spec>> children;
  std::size_t place = 0; // who is not there keeps to the one before it
  for (auto& child : parent.children) {
    const auto own = join_path(path, child.id);
    if (const auto found = at.find(own); found != at.end()) {
      place = found->second;
      const auto* const made = there[place].made;
      if (made != nullptr && !same_definition(child, *made)) {
        child = *made;
      }
      put_what_runs(child, own, there, at);
    }
    children.emplace_back(place, std::move(child));
  }
  std::ranges::stable_sort(children, {}, &std::pair<std::size_t, child_spec>::first);
  for (std::size_t i = 0; i < children.size(); ++i) {
    parent.children[i] = std::move(children[i].second);
  }
}

} // namespace

child_spec as_it_runs(child_spec from, std::span<const container_there> there) {
  places at;
  for (std::size_t i = 0; i < there.size(); ++i) {
    at.emplace(there[i].path, i);
  }
  put_what_runs(from, from.id, there, at);
  return from;
}

child_spec without_destroyed(child_spec from,
                             const child_spec& to,
                             const std::function<bool(std::string_view)>& exists) {
  drop_destroyed(from, &to, from.id, exists);
  return from;
}

void apply(child_spec& tree, const command& what) {
  // Found through a constant tree, changed through ours.
  auto* const at = const_cast<child_spec*>(find_spec(tree, what.target));
  if (at == nullptr) {
    return;
  }
  if (what.what == verb::create && child_named(*at, what.spec->id) == nullptr) {
    at->children.push_back(*what.spec);
  } else if (what.what == verb::destroy && at != &tree) {
    auto* const parent = const_cast<child_spec*>(find_spec(tree, parent_of(what.target)));
    parent->children.erase(parent->children.begin() + (at - parent->children.data()));
  } else if (what.what == verb::update) {
    auto children = std::move(at->children);
    const auto wanted = [&what](const child_spec& child) {
      const auto& order = what.spec->children;
      return std::ranges::find(order, child.id, &child_spec::id) - order.begin();
    };
    std::ranges::stable_sort(children, {}, wanted);
    *at = *what.spec;
    at->children = std::move(children);
  }
}

std::vector<command> diff(const child_spec& from, const child_spec& to) {
  std::vector<command> out;
  add_destroys(from, to, from.id, out);
  add_changes(from, to, from.id, out);
  return out;
}

} // namespace kraken::model
