// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "random_trees.hpp"

#include "tree_fixture.hpp"

#include <array>
#include <utility>

namespace kraken::actor_test {

namespace {

constexpr std::size_t groups = 3;
constexpr std::size_t leaves = 3;

} // namespace

model::child_spec spec_from(source& random, std::string id, std::vector<model::child_spec> kids) {
  const bool inner = !kids.empty();
  std::uint32_t own = 0;
  for (const char c : id) {
    own = own * 31 + static_cast<unsigned char>(c);
  }
  auto made = inner ? supervisor(std::move(id), std::move(kids)) : leaf(std::move(id));
  made.backoff.min = milliseconds{100 + own % 89}; // restarts seldom fall together
  made.restart = static_cast<model::restart_type>(random.below(3));
  made.on_give_up = random.one_in(3) ? model::give_up::park : model::give_up::escalate;
  made.autostart = !random.one_in(8);
  made.supervise.how = static_cast<model::strategy>(random.below(3));
  made.supervise.intensity = random.below(5);
  if (!inner && random.one_in(3)) {
    static constexpr std::array words{"continue", "restart", "stop", "escalate"};
    made.local = {{"*", {words[random.below(words.size())]}}};
  }
  return made;
}

model::child_spec tree_from(source& random) {
  std::vector<model::child_spec> inner;
  for (std::size_t g = 0; g < groups; ++g) {
    std::vector<model::child_spec> own;
    for (std::size_t l = 0; l < leaves; ++l) {
      own.push_back(spec_from(random, "g" + std::to_string(g) + "x" + std::to_string(l), {}));
    }
    if (g + 1 == groups) { // one level deeper
      auto deep = spec_from(random, "deep", std::move(own));
      own = {spec_from(random, "beside", {}), std::move(deep)};
    }
    inner.push_back(spec_from(random, "g" + std::to_string(g), std::move(own)));
  }
  auto root = supervisor("Main", std::move(inner));
  root.supervise.how = static_cast<model::strategy>(random.below(3));
  root.supervise.intensity = 3 + random.below(5);
  root.restart = model::restart_type::transient; // as the daemon's
  return root;
}

start_scripts scripts_from(source& random, const model::child_spec& at, const std::string& path) {
  start_scripts all;
  if (at.children.empty()) {
    for (auto n = random.below(8); n > 0; --n) {
      all[path].push_back(random.one_in(3) ? static_cast<int>(random.below(2)) : -1);
    }
  }
  for (const auto& child : at.children) {
    all.merge(scripts_from(random, child, path + "/" + child.id));
  }
  return all;
}

} // namespace kraken::actor_test
