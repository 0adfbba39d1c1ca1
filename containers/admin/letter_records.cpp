// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/admin/letter_records.hpp"

#include "kraken/base/units.hpp"
#include "kraken/model/alias.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace kraken::containers {

std::vector<console::letter_record> letter_records(const actor::dead_letters& from,
                                                   std::string_view to,
                                                   std::string_view reason,
                                                   std::uint64_t most) {
  std::vector<console::letter_record> out;
  for (const auto& each : from.list()) {
    const auto why = to_string(each.why);
    if ((!reason.empty() && why != reason) || (!to.empty() && !model::is_part_of(each.to, to))) {
      continue;
    }
    const auto at = std::chrono::duration_cast<milliseconds>(each.at.time_since_epoch());
    out.push_back({each.number, at.count(), each.from, each.to, std::string{why}});
  }
  if (out.size() > most) {
    out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(most));
  }
  return out;
}

} // namespace kraken::containers
