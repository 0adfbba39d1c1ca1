// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Adding up of live numbers.
#include "kraken/model/container_status.hpp"

namespace kraken::model {

std::int64_t gauges::sum(metric gauges::*which) const noexcept {
  std::int64_t total = (this->*which).get();
  for (const auto& part : parts) {
    total += part->sum(which);
  }
  return total;
}

} // namespace kraken::model
