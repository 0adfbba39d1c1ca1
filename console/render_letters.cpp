// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Dead letters as a table.
#include "console/render.hpp"

namespace kraken::console {

namespace {

std::string calendar_date(std::int64_t unix_ms, seconds utc_offset) {
  const std::chrono::sys_time<milliseconds> at{milliseconds{unix_ms} + utc_offset};
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(at)};
  const auto two = [](unsigned value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  return std::to_string(static_cast<int>(day.year())) + "-" +
         two(static_cast<unsigned>(day.month())) + "-" + two(static_cast<unsigned>(day.day()));
}

} // namespace

std::string render_letters(std::span<const letter_record> letters,
                           columns shown,
                           seconds utc_offset,
                           const style& look) {
  std::vector<std::vector<std::string>> rows{{"TIME", "FROM", "TO", "REASON"}};
  if (shown == columns::all) {
    rows.front().insert(rows.front().begin(), {"ID", "DATE"});
  }
  for (const auto& one : letters) {
    rows.push_back({clock_time(one.unix_ms, utc_offset),
                    one.from.empty() ? "-" : printable(one.from),
                    printable(one.to),
                    printable(one.reason)});
    if (shown == columns::all) {
      auto& row = rows.back();
      row.insert(row.begin(), {std::to_string(one.id), calendar_date(one.unix_ms, utc_offset)});
    }
  }
  return render_table(rows, {}, look);
}

} // namespace kraken::console
