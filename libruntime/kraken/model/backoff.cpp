// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The backoff series and its jitter.
#include "kraken/model/backoff.hpp"

#include <algorithm>

namespace kraken::model {

milliseconds backoff_base(const backoff_spec& spec, std::uint32_t restarts) noexcept {
  if (restarts == 0) {
    return milliseconds{0};
  }
  // In floating point, because min * factor^n leaves every integer type for large n.
  const auto most = static_cast<double>(spec.max.count());
  auto delay = static_cast<double>(spec.min.count());
  for (std::uint32_t n = 1; n < restarts && delay < most; ++n) {
    const double grown = delay * spec.factor;
    if (grown <= delay) {
      break; // factor 1, or min 0: the series stays where it is
    }
    delay = grown;
  }
  return delay < most ? milliseconds{static_cast<std::int64_t>(delay)} : spec.max;
}

milliseconds
backoff_delay(const backoff_spec& spec, std::uint32_t restarts, jitter_source& random) noexcept {
  const milliseconds base = backoff_base(spec, restarts);
  if (base.count() == 0) {
    return base;
  }
  // Tenths of a percent, by hand: the standard distributions differ between libraries, and a seed
  // must replay the same run everywhere.
  constexpr std::int64_t whole = 1000;
  const std::int64_t spread = std::int64_t{std::min(spec.jitter_percent, 100U)} * 10;
  const auto offset =
      static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(2 * spread + 1));
  return std::min(milliseconds{base.count() * (whole - spread + offset) / whole}, spec.max);
}

milliseconds patient_delay(const backoff_spec& spec,
                           std::uint32_t in_vain,
                           budget restarts,
                           jitter_source& random) noexcept {
  const std::uint32_t earlier = in_vain == 0 ? 0 : in_vain - 1;
  const std::uint32_t least = restarts == budget::spent ? 1 : 0;
  return backoff_delay(spec, std::max(earlier, least), random);
}

} // namespace kraken::model
