// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The failures a container remembers, for `inspect`.
#include "console/render.hpp"

#include "kraken/model/alias.hpp"

#include <algorithm>
#include <chrono>

namespace kraken::console {

namespace {

std::string ago(time_point then, time_point now) {
  const auto passed = std::chrono::duration_cast<milliseconds>(now - then);
  return short_duration(std::max(milliseconds{0}, passed));
}

} // namespace

std::string render_failures(const model::container_status& container, time_point now) {
  std::string out;
  if (container.failures == nullptr) {
    return out;
  }
  for (auto one = container.failures->rbegin(); one != container.failures->rend(); ++one) {
    out += (out.empty() ? "history     " : "            ") + ago(one->at, now) +
           " ago, generation " + std::to_string(one->generation) + ": " + printable(one->text) +
           "\n";
  }
  return out;
}

std::string cause_text(const model::container_status& c, time_point now) {
  std::string out;
  const bool failed = c.in == model::state::failed;
  if (c.last_cause->kind != model::cause_kind::none && (failed || !c.last_cause->normal())) {
    out = printable(c.last_cause->text());
  }
  if (!out.empty() && model::past_cause(c)) {
    const auto* const known = model::remembered_cause(c);
    out = "last failure" + (known == nullptr ? std::string{} : " " + ago(known->at, now) + " ago") +
          ": " + out;
  }
  const std::string spent =
      std::to_string(c.restarts_in_window) + " of " + std::to_string(c.intensity) + " spent";
  const std::string before = out.empty() ? "" : "; ";
  if (!c.waits_for.empty()) {
    return out + before + "waits for " + printable(model::alias_of(c.waits_for));
  }
  if (c.next_action == "restart") {
    const auto left = std::chrono::duration_cast<milliseconds>(c.next_at - now);
    out += before + "restart " +
           (left.count() <= 0 ? std::string{"now"} : "in " + short_duration(left)) + " (" + spent +
           ")";
  } else if (c.next_action == "operator") {
    // What was spent then may be forgotten: `supervisor:reset`.
    const bool still = c.restarts_in_window >= c.intensity;
    out += before + (still ? "given up (" + spent + "), an operator must start it"
                           : "given up, an operator must start it (" + spent + " by now)");
  }
  return out;
}

} // namespace kraken::console
