// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// One container with the tail of its output, for `inspect`.
#include "console/render.hpp"

#include "kraken/base/limits.hpp"

#include <algorithm>

namespace kraken::console {

namespace {

/// Whether each line of the text is one of the records.
bool shown_by(std::span<const log_record> records, std::string_view text) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (std::ranges::find(records, line, &log_record::text) == records.end()) {
      return false;
    }
  }
  return true;
}

} // namespace

std::string
render_page(const container_page& page, time_point now, seconds utc_offset, const style& look) {
  auto status = page.status;
  if (shown_by(page.output, status.last_cause->detail)) {
    auto why = *status.last_cause;
    why.detail.clear();
    status.last_cause = std::move(why);
  }
  std::string out = render_container(status, now, look);
  for (const auto& each : page.files) {
    const bool errors = std::ranges::find(page.error_files, each) != page.error_files.end();
    out += "writes to   " + printable(each) + (errors ? " (standard error)\n" : "\n");
  }
  if (page.output.empty()) {
    return out;
  }
  const auto count = page.output.size();
  out +=
      "\noutput      " +
      (count == 1 ? std::string{"the last line"} : "the last " + std::to_string(count) + " lines") +
      (count < limits::inspect_lines ? "\n" : "; more: kraken logs " + status.path + "\n");
  for (const auto& each : page.output) {
    auto shown = each;
    shown.text = printable(each.text);
    out += "  " + render_log(shown, utc_offset, look);
  }
  return out;
}

} // namespace kraken::console
