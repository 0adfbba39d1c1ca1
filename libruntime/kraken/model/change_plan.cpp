// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/model/change_plan.hpp"

#include "kraken/model/alias.hpp"
#include "kraken/model/topology.hpp"
#include "kraken/model/topology_diff.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>

namespace kraken::model {

namespace {

/// In the order of their turns.
enum class stage : std::uint8_t { at_rest, addition, beside, change, removal };

struct planned {
  command what;
  std::string path;                   ///< of the container it is about
  const child_spec* before = nullptr; ///< there is none
  stage at = stage::change;
  bool restarts = false;                ///< what runs ends for it, by and by at least
  std::vector<const child_spec*> ends;  ///< that run and do not any more
  std::vector<const child_spec*> comes; ///< that run then
};

using plan = std::vector<planned>;

/// Both are one program under two names, or want one address.
bool excludes(const child_spec& there, const child_spec& added) {
  if (there.kind != added.kind || there.name != added.name || there.start != added.start ||
      there.args != added.args) {
    return false;
  }
  return there.options != nullptr && added.options != nullptr
             ? there.options->excludes(*added.options)
             : !there.start.empty() && there.options == added.options;
}

void collect(const child_spec& top, std::vector<const child_spec*>& out) {
  out.push_back(&top);
  for (const auto& child : top.children) {
    collect(child, out);
  }
}

/// Whether something that `next` makes cannot serve before `first` has been done.
bool makes_room(const planned& first, const planned& next) {
  return first.path != next.path && std::ranges::any_of(first.ends, [&next](const auto* there) {
           return std::ranges::any_of(
               next.comes, [there](const auto* added) { return excludes(*there, *added); });
         });
}

bool at_or_below(std::string_view path, std::string_view top) noexcept {
  return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

/// All but what brings children into order, which is found when all else is.
plan changes(const child_spec& from,
             const child_spec& to,
             const std::function<bool(std::string_view)>& rests) {
  plan out;
  std::set<std::string, std::less<>> updated;
  for (auto& each : diff(from, to)) {
    const bool create = each.what == verb::create;
    planned one;
    one.path = create ? join_path(each.target, each.spec->id) : each.target;
    one.what = std::move(each);
    one.before = find_spec(from, one.path);
    if (one.what.what == verb::update) {
      const bool same = same_definition(*one.before, *one.what.spec);
      if (same || !updated.insert(one.path).second) {
        continue;
      }
      const bool root = one.before == &from;
      one.at = rests(one.path) ? stage::at_rest : stage::change;
      one.restarts = one.at == stage::change && !root && needs_restart(*one.before, *one.what.spec);
      if (one.restarts) { // its children have commands of their own
        one.ends.push_back(one.before);
        one.comes.push_back(one.what.spec.get());
      }
    } else if (create) {
      collect(*one.what.spec, one.comes);
    } else {
      collect(*one.before, one.ends);
    }
    out.push_back(std::move(one));
  }
  return out;
}

/// Whether `one` wants what another one in the plan holds as long as that is as it is.
bool wants_room(const planned& one, const plan& all) {
  return std::ranges::any_of(all, [&one](const planned& other) { return makes_room(other, one); });
}

bool is_new(const planned& one, const plan& all) {
  const auto& parent = one.what.target;
  return one.what.what == verb::create && one.before == nullptr && !wants_room(one, all) &&
         std::ranges::none_of(all, [&parent](const planned& other) {
           return other.restarts && at_or_below(parent, other.path);
         });
}

bool adds(const planned& one, const plan& all) {
  return one.restarts && one.before->options != nullptr && one.what.spec->options != nullptr &&
         one.before->options->adds(*one.what.spec->options) && !wants_room(one, all);
}

/// Nobody comes in its place.
bool can_wait(const planned& one, const plan& all) {
  return one.what.what == verb::destroy && std::ranges::none_of(all, [&one](const planned& other) {
           const bool anew = other.what.what == verb::create && other.path == one.path;
           return anew || makes_room(one, other);
         });
}

void set_stages(plan& all) {
  std::set<std::string> parents;
  for (auto& one : all) {
    if (is_new(one, all)) {
      one.at = stage::addition;
      parents.insert(one.what.target);
    } else if (adds(one, all)) {
      one.at = stage::beside;
    } else if (can_wait(one, all)) {
      one.at = stage::removal;
    }
  }
  for (auto& one : all) {
    const bool prepares = one.what.what == verb::update && one.at == stage::change &&
                          std::ranges::any_of(parents, [&one](const std::string& parent) {
                            return at_or_below(parent, one.path);
                          });
    one.at = prepares ? stage::addition : one.at;
  }
}

/// The parents in `made` that have not the children of `to` in this order.
void add_orders(const child_spec& made,
                const child_spec& to,
                const std::string& path,
                std::vector<command>& out) {
  std::vector<std::string_view> order;
  for (const auto& child : made.children) {
    if (const auto now = std::ranges::find(to.children, child.id, &child_spec::id);
        now != to.children.end()) {
      add_orders(child, *now, join_path(path, child.id), out);
      order.emplace_back(child.id);
    }
  }
  if (!std::ranges::equal(order, to.children, {}, {}, &child_spec::id)) {
    command update;
    update.what = verb::update;
    update.target = path;
    update.origin.clear();
    update.spec = std::make_shared<const child_spec>(to);
    out.push_back(std::move(update));
  }
}

} // namespace

std::vector<command> plan_change(const child_spec& from,
                                 const child_spec& to,
                                 const std::function<bool(std::string_view path)>& rests) {
  auto all = changes(from, to, rests);
  set_stages(all);
  std::ranges::stable_sort(all, {}, &planned::at);
  const auto removals = std::ranges::find(all, stage::removal, &planned::at);
  std::vector<command> out;
  auto made = from;
  for (auto one = all.begin(); one != removals; ++one) {
    apply(made, one->what);
    out.push_back(std::move(one->what));
  }
  add_orders(made, to, from.id, out);
  for (auto one = removals; one != all.end(); ++one) {
    out.push_back(std::move(one->what));
  }
  return out;
}

} // namespace kraken::model
