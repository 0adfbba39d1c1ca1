// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Trees for properties that hold of any two. What a node is, its test says.
#pragma once

#include "kraken/model/child_spec.hpp"

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

/// A node of that name, without children.
using random_node = std::function<kraken::model::child_spec(std::mt19937& random, std::string id)>;

/// Few names at each level, in any order, so that two trees have some in common.
/// @param depth levels below this node
inline kraken::model::child_spec
random_tree(std::mt19937& random, const random_node& node, std::string id, int depth) {
  auto spec = node(random, std::move(id));
  std::vector<std::string> ids{"a", "b", "c", "d"};
  std::ranges::shuffle(ids, random);
  ids.resize(depth == 0 ? 0 : random() % 4);
  for (auto& child : ids) {
    spec.children.push_back(random_tree(random, node, std::move(child), depth - 1));
  }
  return spec;
}
