// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Where messages end that nobody handled: the last ones by name, all of them counted by reason.
/// Never keeps a payload and never tells the sender off.
#pragma once

#include "kraken/base/guarded.hpp"
#include "kraken/base/limits.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
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
  std::chrono::system_clock::time_point at{}; ///< for display only
  std::string from;
  std::string to;
  dead_reason why = dead_reason::no_such;
};

/// @thread any
class dead_letters {
public:
  explicit dead_letters(std::size_t kept = limits::dead_letters_kept) : kept_(kept) {}

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
  };

  std::size_t kept_;
  guarded<content> content_;
};

} // namespace kraken::actor
