// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "reference_node.hpp"

#include <algorithm>
#include <utility>

namespace kraken::actor_test {

using model::phase;
using model::restart_type;
using model::strategy;

reference_model::reference_model(model::child_spec root, start_scripts scripts)
    : scripts_(std::move(scripts)) {
  root_ = make(root, nullptr);
}

reference_model::~reference_model() = default;

std::unique_ptr<reference_model::node> reference_model::make(const model::child_spec& spec,
                                                             node* parent) const {
  auto made = std::make_unique<node>();
  made->spec = spec;
  made->path = parent == nullptr ? spec.id : parent->path + "/" + spec.id;
  made->parent = parent;
  made->wanted = spec.autostart;
  for (const auto& child : spec.children) {
    made->children.push_back(make(child, made.get()));
  }
  return made;
}

reference_model::node* reference_model::find(const std::string& path) const {
  const std::function<node*(node&)> look = [&](node& at) -> node* {
    if (at.path == path) {
      return &at;
    }
    for (auto& child : at.children) {
      if (auto* const found = look(*child)) {
        return found;
      }
    }
    return nullptr;
  };
  return root_ == nullptr ? nullptr : look(*root_);
}

/// One thing after the other, and what follows from it behind what was there before.
void reference_model::settle() {
  while (!agenda_.empty()) {
    auto next = std::move(agenda_.front());
    agenda_.pop_front();
    next();
  }
}

bool reference_model::runs(const node& n) {
  return n.at == phase::starting || n.at == phase::ready;
}

// ---- lives

void reference_model::begin(node& n) {
  ++n.generation;
  n.launched = now_;
  n.at = phase::starting;
  n.budget.clear(); // a new life, a new budget
  if (!n.leaf()) {
    return start_children(n, std::exchange(n.whole_tree, false));
  }
  trace_.push_back("start " + n.spec.id + "#" + std::to_string(n.generation));
  auto& script = scripts_[n.path];
  const int code = script.empty() ? -1 : script.front();
  if (!script.empty()) {
    script.pop_front();
  }
  agenda_.emplace_back([this, path = n.path, generation = n.generation, code] {
    auto* const still = find(path);
    if (still == nullptr || still->generation != generation || !runs(*still)) {
      return;
    }
    code < 0 ? serve(*still) : end_by_itself(*still, code == 0);
  });
}

void reference_model::serve(node& n) {
  n.at = phase::ready;
  n.was_ready = true;
  note_ready(n, true);
  if (n.parent != nullptr) {
    go_on(*n.parent);
  }
}

void reference_model::end_by_itself(node& n, bool normal) {
  note_ready(n, false);
  n.at = phase::held; // nothing lives any more
  if (!normal || n.spec.restart == restart_type::permanent) {
    return by_its_rule(n);
  }
  n.at = phase::ended;
  judge(n, true, false);
}

/// What its own rule says about a failure; a dead one can not go on.
void reference_model::by_its_rule(node& n) {
  const auto& rules = n.spec.local;
  const auto word = rules.empty() ? std::string("escalate") : rules.front().solvers.front();
  if (word == "continue" && n.at == phase::ready) {
    note_ready(n, false); // its service was interrupted
    note_ready(n, true);
    return;
  }
  if (word == "stop") {
    n.wanted = false;
    n.now = node::doing::stopped;
    stop_tree_of(n);
    return go_on(*n.parent);
  }
  fail(n, word == "restart");
}

/// Its children go with it; then the one above decides.
void reference_model::fail(node& n, bool alone) {
  stop_tree_of(n);
  n.at = phase::held;
  judge(n, false, alone);
}

/// Right to left, leaves first. A container that never ran stays as it was.
void reference_model::stop_tree_of(node& n) {
  for (auto child = n.children.rbegin(); child != n.children.rend(); ++child) {
    (*child)->due.reset();
    (*child)->now = node::doing::stopped;
    stop_tree_of(**child);
  }
  n.walking = false;
  n.grouping = false;
  n.failed.clear();
  if (n.leaf() && runs(n)) {
    trace_.push_back("end " + n.spec.id + "#" + std::to_string(n.generation));
  }
  note_ready(n, false);
  if (n.at != phase::idle) {
    n.at = phase::ended;
  }
}

void reference_model::remove(node& n) {
  stop_tree_of(n);
  if (n.parent == nullptr) {
    return root_ended();
  }
  auto& parent = *n.parent;
  forget(parent, n.spec.id);
  std::erase_if(parent.children, [&n](const auto& one) { return one.get() == &n; });
}

void reference_model::root_ended() {
  agenda_.clear();
  root_.reset();
}

// ---- supervision

/// What the end of `n` means for its parent.
void reference_model::judge(node& n, bool normal, bool alone) {
  if (n.parent == nullptr) {
    if (!exit_code_) {
      exit_code_ = normal ? 0 : 70;
    }
    return remove(n);
  }
  auto& parent = *n.parent;
  if (!n.wanted) {
    return go_on(parent);
  }
  if (n.spec.restart == restart_type::temporary) {
    const bool boot = parent.walking && !n.was_ready && !normal;
    remove(n);
    return boot ? fail(parent, false) : go_on(parent);
  }
  if (normal && n.spec.restart == restart_type::transient) {
    n.now = node::doing::stopped;
    return go_on(parent);
  }
  const bool trial = n.trial();
  const auto own = static_cast<std::size_t>(
      std::ranges::find_if(parent.children, [&n](const auto& one) { return one.get() == &n; }) -
      parent.children.begin());
  const auto how = alone || trial ? strategy::one_for_one : parent.spec.supervise.how;
  const auto first = how == strategy::one_for_all ? 0 : own;
  const auto concerned = [&](std::size_t i) {
    const auto& one = *parent.children[i];
    return i != own && one.wanted &&
           (one.now == node::doing::running || one.now == node::doing::to_start);
  };
  bool others = false;
  for (auto i = first; how != strategy::one_for_one && i < parent.children.size(); ++i) {
    others = others || concerned(i);
  }
  n.now = node::doing::to_start;
  if (others) {
    regroup(n, first);
  }
  wait_or_restart(n);
}

/// Everybody from `first` on is stopped, right to left; temporary ones for good.
void reference_model::regroup(node& failed, std::size_t first) {
  auto& parent = *failed.parent;
  parent.walking = false;
  parent.grouping = true;
  parent.failed = failed.spec.id;
  parent.members.clear();
  for (auto i = parent.children.size(); i-- > first;) {
    auto& one = *parent.children[i];
    const bool is_failed = &one == &failed;
    const bool wants =
        one.wanted && one.now != node::doing::stopped && one.now != node::doing::parked;
    if (!is_failed && !wants) {
      continue;
    }
    if (!is_failed) {
      one.due.reset();
      const bool ran = one.now == node::doing::running;
      if (one.spec.restart == restart_type::temporary && ran) {
        remove(one);
        continue;
      }
      if (ran) {
        stop_tree_of(one);
      }
      one.now = node::doing::to_start;
    }
    parent.members.insert(parent.members.begin(), one.spec.id);
  }
}

void reference_model::wait_or_restart(node& n) {
  const auto times = counted(*n.parent, &n.spec.id);
  milliseconds delay{0};
  if (times > 0) {
    delay = n.spec.backoff.min;
    for (std::uint32_t i = 1; i < times; ++i) {
      delay *= 2;
    }
    delay = std::min(delay, n.spec.backoff.max);
  }
  n.now = node::doing::to_start;
  if (delay.count() == 0) {
    return due(n);
  }
  n.due = now_ + delay;
  n.due_order = ++last_order_;
  if (n.at == phase::held) {
    n.at = phase::backing_off;
  }
}

void reference_model::due(node& n) {
  auto& parent = *n.parent;
  n.due.reset();
  while (counted(parent, n.apart() ? &n.spec.id : nullptr) > parent.spec.supervise.intensity) {
    const auto shares = [&](const auto& one) {
      return n.apart() ? one.child == n.spec.id : !counts_apart(parent, one.child);
    };
    parent.budget.erase(std::ranges::find_if(parent.budget, shares));
  }
  parent.budget.push_back({n.spec.id, now_, std::nullopt, false});
  if (counted(parent, n.apart() ? &n.spec.id : nullptr) > parent.spec.supervise.intensity) {
    return give_up(n);
  }
  if (parent.grouping && n.spec.id == parent.failed) {
    parent.grouping = false;
    parent.walking = true;
    return walk(parent);
  }
  ++n.restarts;
  n.now = node::doing::running;
  begin(n);
}

void reference_model::give_up(node& n) {
  auto& parent = *n.parent;
  if (!n.trial() && n.spec.on_give_up == model::give_up::escalate) {
    return fail(parent, false);
  }
  const bool with_group = parent.grouping && n.spec.id == parent.failed;
  const auto together = with_group ? parent.members : std::vector<std::string>{n.spec.id};
  for (auto& one : parent.children) {
    if (std::ranges::find(together, one->spec.id) != together.end()) {
      forget(parent, one->spec.id);
      one->due.reset();
      one->now = node::doing::parked;
      one->parked_with = one.get() == &n ? "" : n.spec.id;
      if (model::state_of(one->at) == model::state::failed) { // others have only been stopped
        one->at = phase::parked;
      }
    }
  }
  if (with_group) {
    parent.failed.clear();
    parent.grouping = false;
    parent.walking = true;
  }
  go_on(parent);
}

/// Started by an operator: whoever was given up with it is to start again.
void reference_model::take_along(const node& n) {
  for (auto& one : n.parent->children) {
    if (one->now == node::doing::parked && one->wanted && one->parked_with == n.spec.id) {
      one->parked_with.clear();
      one->now = node::doing::to_start;
      n.parent->walking = n.parent->walking || !n.parent->grouping;
    }
  }
}

void reference_model::start_children(node& parent, bool whole_tree) {
  for (auto& child : parent.children) {
    child->wanted = child->wanted || whole_tree;
    if (child->wanted && child->at != phase::ready) {
      child->due.reset();
      child->now = node::doing::to_start;
    }
    child->whole_tree = whole_tree;
  }
  parent.grouping = false;
  parent.failed.clear();
  parent.walking = true;
  agenda_.emplace_back([this, path = parent.path] {
    if (auto* const still = find(path)) {
      go_on(*still);
    }
  });
}

/// Left to right, each serving before the next begins.
void reference_model::walk(node& parent) {
  if (!parent.walking) {
    return;
  }
  for (auto& child : parent.children) {
    if (!child->wanted || child->now == node::doing::stopped || child->now == node::doing::parked) {
      continue;
    }
    if (child->at == phase::ready) {
      if (std::exchange(child->whole_tree, false) && !child->leaf()) {
        start_children(*child, true); // nobody waits for what is below it
      }
      continue;
    }
    if (child->now == node::doing::to_start && !child->due) {
      const bool counts = child->spec.id == parent.failed;
      if (counts) {
        ++child->restarts;
        parent.failed.clear();
      }
      child->now = node::doing::running;
      if (!runs(*child)) {
        begin(*child);
      } else if (std::exchange(child->whole_tree, false) && !child->leaf()) {
        start_children(*child, true);
      }
    }
    return;
  }
  parent.walking = false;
  if (parent.at == phase::starting) {
    serve(parent);
  }
}

/// Something below changed: whoever waited for it goes on.
void reference_model::go_on(node& parent) {
  if (parent.grouping) {
    const auto waits = std::ranges::any_of(parent.children, [&](const auto& one) {
      return one->spec.id == parent.failed && one->due.has_value();
    });
    if (!waits) {
      parent.grouping = false;
      parent.walking = true;
    }
  }
  walk(parent);
}

} // namespace kraken::actor_test
