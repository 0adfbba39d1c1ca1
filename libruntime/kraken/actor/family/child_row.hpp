// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The children of one supervisor from left to right: a row of handles by rank, for very many that
/// are walked over. A node for each, as in std::map, is a miss of the cache at each step.
#pragma once

#include "kraken/actor/detail/child_entry.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <vector>

namespace kraken::actor {

/// @thread not shared
class child_row {
public:
  /// One of the children; not valid any more after `remove`, `sort` and `clear`.
  class iterator {
  public:
    using iterator_category = std::bidirectional_iterator_tag;
    using difference_type = std::ptrdiff_t;
    using value_type = child_entry;
    using pointer = child_entry*;
    using reference = child_entry&;

    [[nodiscard]] child_entry& operator*() const noexcept { return *of_->places_[at_].one; }
    [[nodiscard]] child_entry* operator->() const noexcept { return of_->places_[at_].one.get(); }
    iterator& operator++() noexcept {
      at_ = of_->taken_from(at_ + 1);
      return *this;
    }
    iterator& operator--() noexcept {
      do {
        --at_;
      } while (of_->places_[at_].one == nullptr);
      return *this;
    }
    [[nodiscard]] bool operator==(const iterator&) const noexcept = default;

  private:
    friend class child_row;
    iterator(const child_row& of, std::size_t at) noexcept : of_(&of), at_(at) {}

    const child_row* of_;
    std::size_t at_;
  };

  /// @param last its rank is above those of all others
  void add(std::shared_ptr<child_entry> last);
  /// No effect when there is none of that rank.
  void remove(std::uint64_t rank);
  /// The children have got other ranks.
  void sort();
  void clear() noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return places_.size() - gaps_; }
  [[nodiscard]] iterator begin() const noexcept { return {*this, first_}; }
  [[nodiscard]] iterator end() const noexcept { return {*this, places_.size()}; }
  /// The first whose rank is not below this one.
  [[nodiscard]] iterator from(std::uint64_t rank) const noexcept {
    return {*this, taken_from(place_of(rank))};
  }
  /// The first whose rank is above this one.
  [[nodiscard]] iterator after(std::uint64_t rank) const noexcept;

private:
  struct place {
    std::uint64_t rank = 0;
    std::shared_ptr<child_entry> one; ///< null: it has gone
  };

  /// The first place from `at` on that is no gap.
  [[nodiscard]] std::size_t taken_from(std::size_t at) const noexcept;
  /// The first place whose rank is not below this one.
  [[nodiscard]] std::size_t place_of(std::uint64_t rank) const noexcept;
  void close_gaps();

  std::vector<place> places_; ///< by rank; the last is no gap
  std::size_t first_ = 0;     ///< that is no gap
  std::size_t gaps_ = 0;
};

} // namespace kraken::actor
