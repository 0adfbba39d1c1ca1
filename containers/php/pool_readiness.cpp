// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a pool tells of its workers' states: that it serves, that a new size is reached, that none
/// of them boots. How many there are to be is decided in pool_container.cpp.
#include "containers/php/pool_container.hpp"

#include "kraken/base/log.hpp"

#include <algorithm>
#include <utility>

namespace kraken::containers {

namespace {

// One crash at boot may be chance; a small pool is given some more.
constexpr std::uint32_t hopeless_boots = 3;

/// What a program says last is why it ends.
std::string_view last_line(std::string_view text) {
  const auto end = text.find_last_not_of(" \r\n");
  text = text.substr(0, end == std::string_view::npos ? 0 : end + 1);
  return text.substr(text.rfind('\n') + 1);
}

} // namespace

void pool_container::when_scaled(std::function<void(result<void>)> done) {
  told_when_scaled_.push_back(std::move(done));
  settle_scaling();
}

// Ends when each worker serves, or has failed to: those that wait for a retry have.
void pool_container::settle_scaling() {
  if (told_when_scaled_.empty()) {
    return;
  }
  std::size_t failed = 0;
  std::string why;
  for (const auto& [id, each] : workers_) {
    if (model::state_of(each.at) == model::state::failed) {
      ++failed;
      why = why.empty() ? id + ": " + each.why : why;
    } else if (each.at != model::phase::ready && !ended_) {
      return;
    }
  }
  result<void> outcome;
  if (ended_) {
    outcome = fail(errc::canceled, "'" + shell_.path() + "' was stopped meanwhile");
  } else if (failed != 0) {
    outcome = fail(errc::start_failed,
                   std::to_string(failed) + " of " + std::to_string(workers_.size()) +
                       " workers do not serve, and are tried again; " + why);
  }
  for (const auto& tell : std::exchange(told_when_scaled_, {})) {
    tell(outcome);
  }
}

std::uint32_t pool_container::count_in(model::phase at) const {
  return static_cast<std::uint32_t>(std::count_if(
      workers_.begin(), workers_.end(), [at](const auto& each) { return each.second.at == at; }));
}

void pool_container::child_changed(const model::container_identity& who,
                                   const model::container_condition& now) {
  if (who.alias == template_id && has_template_) {
    template_changed(now.at);
    return;
  }
  const auto found = workers_.find(who.alias);
  if (found == workers_.end()) {
    return; // removed meanwhile
  }
  const bool failed = model::state_of(now.at) == model::state::failed;
  const bool just_failed = failed && model::state_of(found->second.at) != model::state::failed;
  found->second.at = now.at;
  found->second.live = now.live;
  if (failed) {
    found->second.why = now.last_cause.text();
  }
  found->second.has_failed = found->second.has_failed || failed;
  has_served_ = has_served_ || now.at == model::phase::ready;
  judge_readiness();
  settle_scaling();
  if (just_failed && !has_served_ && !ended_) {
    boot_failed(who, now.last_cause);
  }
}

// Told at each further failure: somebody may have begun to wait meanwhile.
void pool_container::boot_failed(const model::container_identity& who, const model::cause& why) {
  ++failed_boots_;
  const bool all = std::all_of(
      workers_.begin(), workers_.end(), [](const auto& each) { return each.second.has_failed; });
  if (!all || failed_boots_ < hopeless_boots) {
    return;
  }
  model::cause out;
  out.kind = model::cause_kind::start_error;
  out.message = "no worker boots: " + why.text();
  // An exception has said it already, and ends with a stack trace.
  if (const auto line = last_line(why.detail); why.type.empty() && !line.empty()) {
    out.message.append(" (").append(line).append(")");
  }
  out.detail = why.detail;
  out.origin = who.path;
  if (!std::exchange(hopeless_, true)) {
    log::error("pool_does_not_boot", {{"container", shell_.path()}, {"reason", out.message}});
  }
  shell_.hopeless(std::move(out));
}

void pool_container::judge_readiness() {
  const bool enough = count_in(model::phase::ready) >= std::max(min_, std::uint32_t{1});
  if (enough == ready_ || ended_) {
    return;
  }
  // Losing one worker of many is no reason to take the whole pool out.
  if (!enough && count_in(model::phase::ready) != 0) {
    return;
  }
  ready_ = enough;
  enough ? shell_.ready() : shell_.unready();
}

} // namespace kraken::containers
