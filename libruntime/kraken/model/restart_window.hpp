// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A restart budget of one supervisor: which restarts still count. Does not decide who is
/// restarted (supervision.hpp) nor when (backoff.hpp), and reads no clock.
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/base/guarded.hpp"
#include "kraken/base/units.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::model {

/// Restarts that a pool of `size` workers is allowed within a period: max(5, 2 * size).
/// @thread any (pure)
[[nodiscard]] constexpr std::uint32_t pool_intensity(std::uint32_t size) noexcept {
  constexpr std::uint32_t least = 5;
  return size > least / 2 ? size * 2 : least;
}

/// How much of a budget is spent, for whoever asks later: they grow old without a word.
struct counted_restarts {
  /// Of each that counts: until then; `time_point::max()` while its child does not serve.
  std::vector<time_point> until;
  std::uint32_t intensity = 0;

  /// @return at most `intensity`
  [[nodiscard]] std::uint32_t spent(time_point now) const noexcept;
};

/// The latest of a window, written by its supervisor at each change.
/// @thread any
using budget_gauge = guarded<counted_restarts>;

/// Counted restarts of children of one supervisor: of those whose failures can become its own, or
/// of one other child.
///
/// A restart leaves the window only when it is older than `period` *and* its child has since
/// been ready for a whole `period` without a break. Age alone is not enough: a child that takes
/// longer than `period` to start, to stop or to back off would otherwise be restarted for ever.
///
/// Every `now` must not be earlier than the one before.
/// @thread not shared
/// @see docs/decisions/0005-restart-budget.md, 0036-who-shares-a-budget.md
class restart_window {
public:
  /// @param intensity restarts allowed; the budget is exceeded by one more
  /// @param period    > 0
  restart_window(std::uint32_t intensity, milliseconds period);

  /// Counts a restart of `child`; call it when the restart is due, after its backoff. A group
  /// restart is counted once, for the child that failed.
  /// @return false when the budget is exceeded: do not restart, give up
  [[nodiscard]] bool record(std::string_view child, time_point now);

  /// `child` serves from now on.
  void ready(std::string_view child, time_point now);

  /// `child` serves no longer: it failed, stopped, or said so.
  void not_ready(std::string_view child, time_point now);

  /// Drops what `child` did: it was destroyed, parked, or reset by an operator.
  void forget(std::string_view child);

  /// What `child` did counts in `other` from now on, whose latest entries stay if all are too many.
  void hand_over(std::string_view child, restart_window& other);

  /// What counts in `other`, which ends now, counts here from now on; its gauge shows it still.
  void adopt(const restart_window& other);

  /// Drops everything: `supervisor:reset`.
  void clear();

  /// New budget after a reload or a change of pool size; counted restarts stay counted.
  void resize(std::uint32_t intensity, milliseconds period);

  /// Whether there is nothing to count, to keep or to forget.
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

  /// Restarts that still count.
  [[nodiscard]] std::uint32_t count(time_point now) noexcept;

  /// How much of the budget is used: never more than there is, also when one restart too many was
  /// asked for.
  [[nodiscard]] std::uint32_t spent(time_point now) noexcept;

  /// Restarts of `child` that still count: the input of `backoff_delay`, so both reset together.
  [[nodiscard]] std::uint32_t count_of(std::string_view child, time_point now) noexcept;

  /// What is shown of it, from now on and until it is gone.
  [[nodiscard]] std::shared_ptr<const budget_gauge> gauge() const noexcept { return gauge_; }

  [[nodiscard]] std::uint32_t intensity() const noexcept { return intensity_; }
  [[nodiscard]] milliseconds period() const noexcept { return period_; }

private:
  struct entry {
    std::string child;
    time_point at;
    std::optional<time_point> ready_since;
    bool served = false; ///< was ready for a whole period since `at`
  };

  [[nodiscard]] bool expired(const entry& one, time_point now) const noexcept;
  void prune(time_point now) noexcept;
  [[nodiscard]] time_point counts_until(const entry& one) const noexcept;
  void trim() noexcept;
  void show();

  std::uint32_t intensity_;
  milliseconds period_;
  std::vector<entry> entries_; ///< oldest first, at most intensity + 1
  std::shared_ptr<budget_gauge> gauge_ = std::make_shared<budget_gauge>();
};

} // namespace kraken::model
