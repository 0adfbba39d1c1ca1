// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/detail/routes.hpp"

#include "kraken/model/alias.hpp"

#include <utility>

namespace kraken::actor {

namespace {

constexpr std::size_t routes_cached = 8;

} // namespace

void routes::add(const seat_ptr& what) {
  seats_.with([&](auto& seats) { seats.set(what); }); // in place of one that is about to go
  version_.fetch_add(1, std::memory_order_release);
}

void routes::expect(std::size_t more) {
  seats_.with([more](auto& seats) { seats.reserve(seats.size() + more); });
}

void routes::remove(const seat& what) noexcept {
  seats_.with([&](auto& seats) {
    const auto* const found = seats.find(what.path());
    if (found != nullptr && found->get() == &what) {
      static_cast<void>(seats.remove(what.path()));
    }
  });
  version_.fetch_add(1, std::memory_order_release);
}

seat_ptr routes::at(std::string_view path) const {
  return seats_.with([&](const auto& seats) -> seat_ptr {
    const auto* const found = seats.find(path);
    return found == nullptr ? nullptr : *found;
  });
}

result<seat_ptr> routes::find(std::string_view target, std::string_view asker) const {
  if (target.empty()) {
    return fail(errc::invalid_argument, "name a target: a container's alias or path");
  }
  if (auto direct = at(target)) {
    return direct;
  }
  const auto resolved = board_.resolve(target, asker);
  if (!resolved) {
    return fail(resolved.error());
  }
  if (auto meant = at((*resolved)->path)) {
    return meant;
  }
  return fail(errc::not_found, "no container '" + std::string(target) + "' any more");
}

std::vector<std::string> routes::matching(std::string_view glob) const {
  std::vector<std::string> found;
  for (const auto& one : board_.list()) {
    if (model::matches_glob(glob, one->path)) {
      found.push_back(one->path);
    }
  }
  return found;
}

const seat_ptr* route_cache::known(std::string_view target) {
  if (const auto version = all_.version(); version != version_) {
    version_ = version;
    known_.clear();
    next_ = 0;
  }
  for (const auto& one : known_) {
    if (one.target == target) {
      return &one.to;
    }
  }
  return nullptr;
}

result<seat_ptr> route_cache::find(std::string_view target) {
  if (const auto* const found = known(target)) {
    return *found;
  }
  auto found = all_.find(target, *asker_);
  if (found) {
    if (known_.size() < routes_cached) {
      known_.push_back({std::string(target), *found});
    } else {
      known_[next_] = {std::string(target), *found};
      next_ = (next_ + 1) % routes_cached;
    }
  }
  return found;
}

} // namespace kraken::actor
