// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where messages end that nobody handled: the last ones by name, all of them counted by reason.
/// Never keeps a payload and never tells the sender off.
#pragma once

#include "kraken/base/clock.hpp"
#include "kraken/base/guarded.hpp"
#include "kraken/base/limits.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kraken::actor {

enum class dead_reason : std::uint8_t {
  no_such,   ///< nothing has this alias
  closed,    ///< the container is stopped or destroyed
  full,      ///< the mailbox was at its capacity
  expired,   ///< its time was over before its turn came
  in_flight, ///< the incarnation failed while it had the message
  unhandled, ///< the incarnation takes no messages
  node_down,
};

inline constexpr std::size_t dead_reasons = 7;

[[nodiscard]] std::string_view to_string(dead_reason value) noexcept;

struct dead_letter {
  std::uint64_t number = 0;                   ///< 1, 2, 3 ... of all that ever came
  std::chrono::system_clock::time_point at{}; ///< for display only
  std::string from;
  std::string to;
  dead_reason why = dead_reason::no_such;
};

/// Told of a dead letter, on the thread that found it dead.
/// @param untold others of the same reason that came since the last one that was told
using dead_letter_observer = std::function<void(const dead_letter& what, std::uint64_t untold)>;

/// @thread any
class dead_letters {
public:
  /// @param clock outlives the letters; null: the machine's
  explicit dead_letters(std::size_t kept = limits::dead_letters_kept,
                        const monotonic_clock* clock = nullptr)
      : kept_(kept), clock_(clock) {}

  /// @param observer told of each reason at most once in limits::dead_letter_told_every: a flood
  ///                 must not become a flood of events
  /// @thread before the first `add`
  void tell(dead_letter_observer observer) { observer_ = std::move(observer); }

  void add(std::string_view from, std::string_view to, dead_reason why);

  /// Oldest first, at most as many as are kept.
  [[nodiscard]] std::vector<dead_letter> list() const;

  /// All that ever came, kept or not.
  [[nodiscard]] std::uint64_t total() const;
  [[nodiscard]] std::uint64_t total(dead_reason why) const;

private:
  struct content {
    std::deque<dead_letter> ring;
    std::array<std::uint64_t, dead_reasons> totals{};
    std::array<std::optional<time_point>, dead_reasons> told{};
    std::array<std::uint64_t, dead_reasons> untold{};
    std::uint64_t last_number = 0;
  };

  std::size_t kept_;
  dead_letter_observer observer_;
  const monotonic_clock* clock_;
  guarded<content> content_;
};

} // namespace kraken::actor
