// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/board/board_register.hpp"

#include <algorithm>

namespace kraken::actor::detail {

const line_ptr& board_register::at_or_made(const identity_ptr& who) {
  return by_path.find_or_add(who->path, [&] {
    auto made = std::make_shared<board_line>(who);
    if (last_family == nullptr || last_family->first != made->parent()) {
      last_family = &*below.try_emplace(made->parent()).first;
    }
    auto& family = last_family->second;
    made->place = family.size();
    family.push_back(made.get());
    return made;
  });
}

void board_register::remove(const board_line& one) {
  if (const auto* const found = by_path.find(one.path()); !found || found->get() != &one) {
    return;
  }
  const auto family = below.find(one.parent());
  auto& all = family->second;
  all[one.place] = all.back();
  all[one.place]->place = one.place;
  all.pop_back();
  if (all.empty()) {
    if (last_family == &*family) {
      last_family = nullptr;
    }
    below.erase(family);
  }
  static_cast<void>(by_path.remove(one.path()));
}

std::vector<line_ptr> board_register::family_of(const std::string& parent) const {
  std::vector<line_ptr> sorted;
  const auto found = below.find(parent);
  if (found == below.end()) {
    return sorted;
  }
  // A rank may change meanwhile: each is read once.
  std::vector<std::pair<std::uint64_t, const board_line*>> ranked;
  ranked.reserve(found->second.size());
  for (const auto* one : found->second) {
    ranked.emplace_back(one->rank.load(std::memory_order_relaxed), one);
  }
  std::ranges::sort(ranked);
  sorted.reserve(ranked.size());
  for (const auto& [rank, one] : ranked) {
    sorted.push_back(*by_path.find(one->path()));
  }
  return sorted;
}

void board_register::collect(const std::string& parent, std::vector<line_ptr>& out) const {
  for (auto& one : family_of(parent)) {
    const auto& next = *out.emplace_back(std::move(one));
    collect(next.path(), out);
  }
}

line_ptr board_register::only_one(std::string_view alias) const {
  std::vector<line_ptr> found;
  by_path.each([&](const line_ptr& one) {
    const auto& path = one->path();
    if (path.ends_with(alias) && path.ends_with("/" + std::string(alias))) {
      found.push_back(one);
    }
  });
  return found.size() == 1 ? found.front() : nullptr;
}

} // namespace kraken::actor::detail
