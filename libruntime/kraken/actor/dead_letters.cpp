// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/dead_letters.hpp"

#include <numeric>
#include <optional>
#include <utility>

namespace kraken::actor {

std::string_view to_string(dead_reason value) noexcept {
  static constexpr std::array<std::string_view, dead_reasons> names{
      "no_such", "closed", "full", "expired", "in_flight", "unhandled", "node_down"};
  return names[static_cast<std::size_t>(value)];
}

void dead_letters::add(std::string_view from, std::string_view to, dead_reason why) {
  const auto row = static_cast<std::size_t>(why);
  const auto now = clock_ != nullptr ? clock_->now() : steady_monotonic_clock{}.now();
  dead_letter one{0, std::chrono::system_clock::now(), std::string(from), std::string(to), why};
  const auto untold = content_.with([&](content& in) -> std::optional<std::uint64_t> {
    one.number = ++in.last_number;
    ++in.totals[row];
    in.ring.push_back(one);
    if (in.ring.size() > kept_) {
      in.ring.pop_front();
    }
    if (in.told[row] && now - *in.told[row] < limits::dead_letter_told_every) {
      ++in.untold[row];
      return std::nullopt;
    }
    in.told[row] = now;
    return std::exchange(in.untold[row], 0);
  });
  if (untold && observer_) {
    observer_(one, *untold);
  }
}

std::vector<dead_letter> dead_letters::list() const {
  return content_.with(
      [](const content& in) { return std::vector<dead_letter>(in.ring.begin(), in.ring.end()); });
}

std::uint64_t dead_letters::total() const {
  return content_.with([](const content& in) {
    return std::accumulate(in.totals.begin(), in.totals.end(), std::uint64_t{0});
  });
}

std::uint64_t dead_letters::total(dead_reason why) const {
  return content_.with(
      [why](const content& in) { return in.totals[static_cast<std::size_t>(why)]; });
}

} // namespace kraken::actor
