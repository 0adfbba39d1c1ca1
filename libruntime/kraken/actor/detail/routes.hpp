// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where letters go: the seat of each path. Aliases resolve as they do for verbs, by the status
/// board. Sends nothing itself.
#pragma once

#include "kraken/actor/detail/seat.hpp"
#include "kraken/actor/status_board.hpp"
#include "kraken/base/guarded.hpp"
#include "kraken/base/name_table.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken::actor {

/// @thread any
class routes {
public:
  /// @param board outlives the routes
  explicit routes(const status_board& board) noexcept : board_(board) {}

  void add(const seat_ptr& what);
  /// So many will be added soon.
  void expect(std::size_t more);
  /// No effect when the path has another seat by now.
  void remove(const seat& what) noexcept;

  /// @param path a whole path
  /// @return null if there is none
  [[nodiscard]] seat_ptr at(std::string_view path) const;

  /// @param target a path or an alias
  /// @param asker  path of the container that says so: its children and siblings come first
  /// @error errc::not_found naming the nearest; errc::ambiguous naming candidates
  [[nodiscard]] result<seat_ptr> find(std::string_view target, std::string_view asker = {}) const;

  /// Paths that a glob means, in the order of the tree.
  [[nodiscard]] std::vector<std::string> matching(std::string_view glob) const;

  /// Changes with every `add` and `remove`: what was found before may be something else now.
  [[nodiscard]] std::uint64_t version() const noexcept {
    return version_.load(std::memory_order_acquire);
  }

private:
  struct path_of_seat {
    std::string_view operator()(const seat_ptr& one) const noexcept { return one->path(); }
  };

  const status_board& board_;
  std::atomic<std::uint64_t> version_{0};
  guarded<name_table<seat_ptr, path_of_seat>> seats_;
};

/// The routes one sender has used last: no lock and no lookup for them.
/// @thread not shared
class route_cache {
public:
  /// @param asker path of the sender
  route_cache(const routes& all, std::shared_ptr<const std::string> asker) noexcept
      : all_(all), asker_(std::move(asker)) {}

  /// As `routes::find`.
  [[nodiscard]] result<seat_ptr> find(std::string_view target);
  /// What is known already; null: look it up. Valid until the next call.
  [[nodiscard]] const seat_ptr* known(std::string_view target);
  void clear() noexcept { known_.clear(); }

private:
  struct entry {
    std::string target;
    seat_ptr to;
  };

  const routes& all_;
  std::shared_ptr<const std::string> asker_;
  std::uint64_t version_ = 0;
  std::vector<entry> known_;
  std::size_t next_ = 0; ///< entry to be replaced when all are taken
};

} // namespace kraken::actor
