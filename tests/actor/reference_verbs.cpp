// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What happens to the reference model from outside: verbs, failures, time; and the budget.
#include "reference_node.hpp"

#include "kraken/base/limits.hpp"

#include <algorithm>
#include <utility>

namespace kraken::actor_test {

using model::phase;
using model::verb;

void reference_model::start() {
  root_->now = node::doing::running;
  begin(*root_);
  settle();
}

errc reference_model::carry_out(verb what, const std::string& path) {
  auto* const n = find(path);
  if (n == nullptr) {
    return what == verb::destroy ? errc::none : errc::not_found;
  }
  const auto refused = [&]() -> errc {
    switch (what) {
    case verb::start:
    case verb::start_tree:
      return start_one(*n, what == verb::start_tree);
    case verb::stop:
    case verb::stop_tree:
      return stop_one(*n);
    case verb::restart:
      return restart_one(*n);
    case verb::destroy: {
      auto& parent = *n->parent;
      remove(*n);
      go_on(parent);
      return errc::none;
    }
    case verb::reset:
      forget(*n->parent, n->spec.id);
      n->budget.clear();
      return errc::none;
    case verb::create:
    case verb::recycle:
    case verb::scale:
    case verb::signal:
    case verb::update:
      break;
    }
    return errc::unsupported;
  }();
  settle();
  return refused;
}

/// A verb is about to start the one that a group waits for, with whom a group was given up, or whom
/// a start of all has not reached.
void reference_model::note_race(const node& n) {
  const auto& parent = *n.parent;
  const bool takes_along = std::ranges::any_of(parent.children, [&](const auto& one) {
    return one->now == node::doing::parked && one->wanted && one->parked_with == n.spec.id;
  });
  raced_ = raced_ || n.whole_tree ||
           (((parent.grouping && parent.failed == n.spec.id) || takes_along) &&
            std::ranges::any_of(scripts_, [&](const auto& one) {
              return one.first.starts_with(parent.path + "/") &&
                     std::ranges::any_of(one.second, [](int code) { return code >= 0; });
            }));
}

errc reference_model::start_one(node& n, bool whole_tree) {
  if (!runs(*n.parent)) {
    return errc::not_started;
  }
  const bool already = n.wanted && n.at == phase::ready;
  n.wanted = true;
  if (already && !whole_tree) {
    return errc::none;
  }
  if (model::state_of(n.at) == model::state::failed) {
    forget(*n.parent, n.spec.id);
  }
  note_race(n);
  n.due.reset();
  n.now = node::doing::running;
  std::erase(n.parent->members, n.spec.id); // it does not wait for the others
  if (!runs(n)) {
    n.whole_tree = whole_tree;
    begin(n);
  } else if (whole_tree && !n.leaf()) {
    start_children(n, true);
  }
  take_along(n);
  go_on(*n.parent);
  return errc::none;
}

errc reference_model::stop_one(node& n) {
  if (n.at == phase::idle) {
    return errc::invalid_transition;
  }
  n.due.reset();
  n.wanted = false;
  n.now = node::doing::stopped;
  stop_tree_of(n);
  go_on(*n.parent);
  return errc::none;
}

errc reference_model::restart_one(node& n) {
  if (!runs(*n.parent)) {
    return errc::not_started;
  }
  forget(*n.parent, n.spec.id);
  note_race(n);
  n.due.reset();
  n.wanted = true;
  n.now = node::doing::running;
  std::erase(n.parent->members, n.spec.id);
  if (runs(n)) {
    stop_tree_of(n);
  }
  begin(n);
  take_along(n);
  go_on(*n.parent);
  return errc::none;
}

void reference_model::create(const std::string& parent, const model::child_spec& spec) {
  auto* const above = find(parent);
  if (above == nullptr) {
    return;
  }
  auto& n = *above->children.emplace_back(make(spec, above));
  n.by_verb = true;
  if (n.wanted && runs(*above)) {
    n.now = node::doing::running;
    begin(n);
  }
  settle();
}

void reference_model::crash(const std::string& path, int code) {
  if (auto* const n = find(path); n != nullptr && n->at == phase::ready) {
    end_by_itself(*n, code == 0);
    settle();
  }
}

void reference_model::throws(const std::string& path) {
  auto* const n = find(path);
  if (n == nullptr || n->at != phase::ready) {
    return;
  }
  by_its_rule(*n);
  settle();
}

void reference_model::recycle(const std::string& path) {
  auto* const n = find(path);
  if (n == nullptr || n->at != phase::ready) {
    return;
  }
  if (now_ - n->launched < limits::recycle_uptime_min) {
    by_its_rule(*n);
  } else {
    stop_tree_of(*n);
    begin(*n);
  }
  settle();
}

/// Who waits for a restart, the next first.
std::vector<reference_model::node*> reference_model::waiting() const {
  std::vector<node*> all;
  const std::function<void(node&)> look = [&](node& at) {
    if (at.due) {
      all.push_back(&at);
    }
    for (auto& child : at.children) {
      look(*child);
    }
  };
  if (root_ != nullptr) {
    look(*root_);
  }
  std::ranges::sort(all, {}, [](const node* one) { return std::pair(*one->due, one->due_order); });
  return all;
}

milliseconds reference_model::until_next(milliseconds at_most) const {
  const auto all = waiting();
  return all.empty() ? at_most
                     : std::min(at_most,
                                std::chrono::duration_cast<milliseconds>(*all.front()->due - now_));
}

bool reference_model::ambiguous() const {
  const auto all = waiting();
  return raced_ || std::ranges::adjacent_find(all, [](const node* a, const node* b) {
                     return a->due == b->due && a->parent != b->parent;
                   }) != all.end();
}

void reference_model::advance(milliseconds by) {
  now_ += by;
  for (auto all = waiting(); !all.empty() && *all.front()->due <= now_; all = waiting()) {
    due(*all.front());
    settle();
  }
}

bool reference_model::serves(const std::string& path) const {
  const auto* const n = find(path);
  return n != nullptr && n->leaf() && n->at == phase::ready;
}

bool reference_model::start_is_coming(const std::string& path) const {
  const auto* const n = find(path);
  for (const auto* above = n == nullptr ? nullptr : n->parent; above != nullptr;
       above = above->parent) {
    if (above->whole_tree) {
      return true;
    }
  }
  return false;
}

std::map<std::string, reference_model::picture> reference_model::pictures() const {
  std::map<std::string, picture> all;
  const std::function<void(const node&)> look = [&](const node& at) {
    all[at.path] = {at.at, at.generation, at.restarts};
    for (const auto& child : at.children) {
      look(*child);
    }
  };
  if (root_ != nullptr) {
    look(*root_);
  }
  return all;
}

std::vector<std::string> reference_model::take_trace() {
  return std::exchange(trace_, {});
}

// ---- the budget

bool reference_model::counts_apart(const node& parent, const std::string& child) {
  const auto one =
      std::ranges::find(parent.children, child, [](const auto& n) { return n->spec.id; });
  return one != parent.children.end() && (*one)->apart();
}

/// Restarts of `child`, or of all that share a budget, that still count.
std::uint32_t reference_model::counted(node& parent, const std::string* child) const {
  const auto period = parent.spec.supervise.period;
  std::erase_if(parent.budget, [&](const node::counted_restart& one) {
    const bool served = one.served || (one.ready_since && now_ - *one.ready_since >= period);
    return served && now_ - one.at > period;
  });
  return static_cast<std::uint32_t>(std::ranges::count_if(parent.budget, [&](const auto& one) {
    return child == nullptr ? !counts_apart(parent, one.child) : one.child == *child;
  }));
}

void reference_model::forget(node& parent, const std::string& child) {
  std::erase_if(parent.budget, [&child](const auto& one) { return one.child == child; });
}

void reference_model::note_ready(node& n, bool ready) const {
  if (n.parent == nullptr) {
    return;
  }
  for (auto& one : n.parent->budget) {
    if (one.child == n.spec.id && ready && !one.ready_since) {
      one.ready_since = now_;
    } else if (one.child == n.spec.id && !ready && one.ready_since) {
      one.served = one.served || now_ - *one.ready_since >= n.parent->spec.supervise.period;
      one.ready_since.reset();
    }
  }
}

} // namespace kraken::actor_test
