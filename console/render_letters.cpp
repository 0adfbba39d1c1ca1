// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Dead letters as a table.
#include "console/render.hpp"

namespace kraken::console {

std::string
render_letters(std::span<const letter_record> letters, seconds utc_offset, const style& look) {
  std::vector<std::vector<std::string>> rows{{"TIME", "FROM", "TO", "REASON"}};
  for (const auto& one : letters) {
    rows.push_back({clock_time(one.unix_ms, utc_offset),
                    one.from.empty() ? "-" : printable(one.from),
                    printable(one.to),
                    printable(one.reason)});
  }
  return render_table(rows, {}, look);
}

} // namespace kraken::console
