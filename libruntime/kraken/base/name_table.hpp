// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Things by the name they carry: a table of handles and nothing else, for very many that come and
/// go. A node per entry, as in std::unordered_map, costs three misses of the cache to find and an
/// allocation to add; with a hundred thousand containers that was a fifth of all time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken {

/// Handles by name, open addressing with linear probing.
/// @tparam Handle pointer or smart pointer; null stands for a free place and cannot be kept
/// @tparam NameOf `std::string_view operator()(const Handle&)`: the same for as long as it is kept
/// @thread not shared
template <class Handle, class NameOf>
class name_table {
public:
  /// @return the handle of that name; null when there is none. Valid until the next change.
  [[nodiscard]] const Handle* find(std::string_view name) const noexcept {
    const auto at = locate(name, hash_of(name));
    return at == nowhere ? nullptr : &places_[at].what;
  }

  /// @return false, and nothing changed, when there is one of that name
  bool add(Handle what) {
    const auto name = NameOf{}(what);
    const auto hash = hash_of(name);
    if (locate(name, hash) != nowhere) {
      return false;
    }
    reserve(size_ + 1);
    put({std::move(what), hash});
    ++size_;
    return true;
  }

  /// The handle of that name; if there is none, what `make()` returns is added, which has it.
  /// @return valid until the next change
  template <class Make>
  const Handle& find_or_add(std::string_view name, Make&& make) {
    const auto hash = hash_of(name);
    const auto there = locate(name, hash);
    if (there != nowhere) {
      return places_[there].what;
    }
    place made{std::forward<Make>(make)(), hash};
    reserve(size_ + 1);
    const auto at = put(std::move(made));
    ++size_;
    return places_[at].what;
  }

  /// Adds, or takes the place of the one of that name.
  void set(Handle what) {
    const auto name = NameOf{}(what);
    const auto hash = hash_of(name);
    if (const auto there = locate(name, hash); there != nowhere) {
      places_[there].what = std::move(what);
      return;
    }
    reserve(size_ + 1);
    put({std::move(what), hash});
    ++size_;
  }

  /// @return what was there; null if nothing
  Handle remove(std::string_view name) noexcept {
    auto gap = locate(name, hash_of(name));
    if (gap == nowhere) {
      return nullptr;
    }
    auto gone = std::exchange(places_[gap].what, nullptr);
    --size_;
    // Those behind it that had to give way move up, so that no search for them ends at the gap.
    for (auto at = next(gap); places_[at].what != nullptr; at = next(at)) {
      const auto from_home = (at - places_[at].hash) & mask();
      const auto from_gap = (at - gap) & mask();
      if (from_home >= from_gap) {
        places_[gap] = {std::exchange(places_[at].what, nullptr), places_[at].hash};
        gap = at;
      }
    }
    return gone;
  }

  /// Room for so many, without looking at each on the way there.
  void reserve(std::size_t count) {
    auto places = places_.empty() ? least : places_.size();
    while (count * 4 > places * 3) {
      places *= 2;
    }
    if (places == places_.size()) {
      return;
    }
    auto before = std::exchange(places_, std::vector<place>(places));
    for (auto& one : before) {
      if (one.what != nullptr) {
        put(std::move(one));
      }
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  void clear() noexcept {
    places_.clear();
    size_ = 0;
  }

  /// Calls `then` with each, in no order.
  template <class Call>
  void each(Call&& then) const {
    for (const auto& one : places_) {
      if (one.what != nullptr) {
        then(one.what);
      }
    }
  }

private:
  struct place {
    Handle what{};
    std::size_t hash = 0;
  };

  static constexpr std::size_t least = 8; ///< a power of two, as every number of places
  static constexpr std::size_t nowhere = SIZE_MAX;

  /// Names that differ in their last character only (`w10` to `w19`) have their places side by
  /// side, in the order of that character: who adds or asks for one after the other finds the next
  /// in the cache, where each place by itself would be a miss of it.
  [[nodiscard]] static std::size_t hash_of(std::string_view name) noexcept {
    constexpr unsigned side_by_side = 4; // bits
    if (name.empty()) {
      return 0;
    }
    const auto last = static_cast<unsigned char>(name.back());
    name.remove_suffix(1);
    return std::hash<std::string_view>{}(name) << side_by_side | (last & 0xFU);
  }
  [[nodiscard]] std::size_t mask() const noexcept { return places_.size() - 1; }
  [[nodiscard]] std::size_t next(std::size_t at) const noexcept { return (at + 1) & mask(); }

  [[nodiscard]] std::size_t locate(std::string_view name, std::size_t hash) const noexcept {
    if (size_ == 0) {
      return nowhere;
    }
    for (auto at = hash & mask(); places_[at].what != nullptr; at = next(at)) {
      if (places_[at].hash == hash && NameOf{}(places_[at].what) == name) {
        return at;
      }
    }
    return nowhere;
  }

  std::size_t put(place&& what) {
    auto at = what.hash & mask();
    while (places_[at].what != nullptr) {
      at = next(at);
    }
    places_[at] = std::move(what);
    return at;
  }

  std::vector<place> places_; ///< at most three quarters taken
  std::size_t size_ = 0;
};

} // namespace kraken
