// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. Who goes leaves a gap: nobody else moves, so that a large family can go in any
/// order. Gaps are closed when there are more of them than children.
#include "kraken/actor/family/child_row.hpp"

#include "kraken/base/assert.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace kraken::actor {

namespace {

constexpr std::size_t gaps_left = 16; // a row of that many is not worth the work

} // namespace

void child_row::add(std::shared_ptr<child_entry> last) {
  const auto rank = last->rank;
  KRAKEN_ASSERT(places_.empty() || places_.back().rank < rank);
  places_.push_back({rank, std::move(last)});
}

void child_row::remove(std::uint64_t rank) {
  const auto at = place_of(rank);
  if (at == places_.size() || places_[at].rank != rank || places_[at].one == nullptr) {
    return;
  }
  places_[at].one.reset();
  ++gaps_;
  while (!places_.empty() && places_.back().one == nullptr) {
    places_.pop_back();
    --gaps_;
  }
  if (places_.empty()) {
    first_ = 0;
  } else if (at == first_) {
    first_ = taken_from(at);
  }
  if (gaps_ > gaps_left && gaps_ > size()) {
    close_gaps();
  }
}

void child_row::sort() {
  close_gaps();
  for (auto& each : places_) {
    each.rank = each.one->rank;
  }
  std::ranges::sort(places_, {}, &place::rank);
}

void child_row::clear() noexcept {
  places_.clear();
  first_ = 0;
  gaps_ = 0;
}

child_row::iterator child_row::after(std::uint64_t rank) const noexcept {
  return rank == std::numeric_limits<std::uint64_t>::max() ? end() : from(rank + 1);
}

std::size_t child_row::taken_from(std::size_t at) const noexcept {
  while (at < places_.size() && places_[at].one == nullptr) {
    ++at;
  }
  return at;
}

/// Where nobody has gone it stands where its rank says: no search.
std::size_t child_row::place_of(std::uint64_t rank) const noexcept {
  if (places_.empty() || rank <= places_.front().rank) {
    return 0;
  }
  const auto guess = rank - places_.front().rank;
  if (guess < places_.size() && places_[guess].rank == rank) {
    return guess;
  }
  const auto found = std::ranges::lower_bound(places_, rank, {}, &place::rank);
  return static_cast<std::size_t>(found - places_.begin());
}

void child_row::close_gaps() {
  std::erase_if(places_, [](const place& each) { return each.one == nullptr; });
  first_ = 0;
  gaps_ = 0;
}

} // namespace kraken::actor
