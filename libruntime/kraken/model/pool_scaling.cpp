// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The scaling decision.
#include "kraken/model/pool_scaling.hpp"

#include <algorithm>

namespace kraken::model {

namespace {

std::uint32_t growth(const scaling_rules& rules, const pool_load& load) noexcept {
  const std::uint32_t size = load.size();
  if (size < rules.min) {
    return rules.min - size;
  }
  if (size >= rules.max || load.waiting <= load.starting) {
    return 0;
  }
  const std::uint64_t wanted = load.waiting - load.starting;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(wanted, rules.max - size));
}

bool is_unused_for(const pool_load& load, milliseconds limit) noexcept {
  return limit.count() > 0 && load.unused >= limit;
}

std::uint32_t shrinkage(const scaling_rules& rules, const pool_load& load) noexcept {
  if (load.waiting != 0 || load.size() <= rules.min) {
    return 0;
  }
  const std::uint32_t most = std::min(load.idle, load.size() - rules.min);
  if (is_unused_for(load, rules.aggressive_idle)) {
    return most;
  }
  return is_unused_for(load, rules.gradual_idle) ? std::min(most, 1U) : 0;
}

} // namespace

scaling next_scaling(const scaling_rules& rules, const pool_load& load) noexcept {
  if (const std::uint32_t more = growth(rules, load); more != 0) {
    return {.grow = more, .shrink = 0};
  }
  return {.grow = 0, .shrink = shrinkage(rules, load)};
}

} // namespace kraken::model
