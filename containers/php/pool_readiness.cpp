// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What a pool tells of its workers' states: that it serves, that a new size is reached, that none
/// of them boots. How many there are to be is decided in pool_container.cpp.
#include "containers/php/pool_container.hpp"

#include "kraken/base/log.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

namespace kraken::containers {

namespace {

// One crash at boot may be chance; a small pool is given some more.
constexpr std::uint32_t hopeless_boots = 3;

/// Not the program's own doing: somebody sends it, be it the kernel.
bool was_killed(const model::cause& why) {
  return why.kind == model::cause_kind::signal && why.code == SIGKILL;
}

} // namespace

std::string pool_container::remark_on_size() const {
  std::string remark;
  if (const auto most = settings_->scaling.max; workers_.size() > most) {
    remark = "That is more than its definition has (size: " + std::to_string(most) +
             "), which counts again when it is restarted or changed.";
  }
  if (const auto rest = count_in(model::phase::ended); rest != 0) {
    const auto first = std::ranges::find_if(
        workers_, [](const auto& each) { return each.second.at == model::phase::ended; });
    remark +=
        (remark.empty() ? "" : " ") + std::to_string(rest) +
        (rest == 1 ? " of them is stopped and stays so" : " of them are stopped and stay so") +
        ": kraken container:start " + shell_.path() + "/" + first->first;
  }
  return remark;
}

void pool_container::when_scaled(std::function<void(result<void>)> done) {
  told_when_scaled_.push_back(std::move(done));
  settle_scaling();
}

// Ends when each worker serves, or has failed to: those that wait for a retry have. One that was
// stopped by hand may rest for ever.
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
    } else if (each.at != model::phase::ready && each.at != model::phase::ended && !ended_) {
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
  if (who.alias == template_id) {
    template_changed(now);
    return;
  }
  const auto found = workers_.find(who.alias);
  if (found == workers_.end()) {
    return; // removed meanwhile
  }
  if (now.at == model::phase::gone) {
    return worker_gone(found);
  }
  auto& entry = found->second;
  const bool failed = model::state_of(now.at) == model::state::failed;
  const bool just_failed = failed && model::state_of(entry.at) != model::state::failed;
  const bool in_vain = just_failed && entry.at != model::phase::ready && !now.last_cause->worked &&
                       !(has_served_ && was_killed(*now.last_cause));
  entry.at = now.at;
  entry.live = now.live;
  if (failed) {
    entry.why = now.last_cause->summary();
  }
  if (in_vain) {
    ++entry.vain_boots;
  }
  if (now.at == model::phase::ready) {
    entry.vain_boots = 0;
    has_served_ = true;
  }
  judge_readiness();
  judge_outlook();
  settle_scaling();
  if (in_vain && hopeless_ && !has_served_ && !ended_) {
    boot_failed(who, *now.last_cause);
  }
}

/// Each has tried, and somebody more than once.
bool pool_container::boots_in_vain() const {
  std::uint32_t all = 0;
  for (const auto& [id, each] : workers_) {
    if (each.vain_boots == 0) {
      return false;
    }
    all += each.vain_boots;
  }
  return all >= hopeless_boots;
}

// Who asks then is told so and need not wait for what does not come; the workers are tried again.
void pool_container::judge_outlook() {
  using outlook = pool_shard::outlook;
  const bool hopeless = boots_in_vain();
  if (hopeless != std::exchange(hopeless_, hopeless)) {
    on_each_shard([what = hopeless ? outlook::hopeless : outlook::hopeful](pool_shard& pool) {
      pool.expect(what);
    });
  }
}

/// Something has changed: it may boot now, and whoever asks may wait for that.
void pool_container::hope_again() {
  for (auto& [id, each] : workers_) {
    each.vain_boots = 0;
  }
  judge_outlook();
}

// Told at each further failure: somebody may have begun to wait meanwhile.
void pool_container::boot_failed(const model::container_identity& who, const model::cause& why) {
  model::cause out;
  out.kind = model::cause_kind::start_error;
  out.message = "no worker boots: " + why.summary();
  out.detail = why.detail;
  out.origin = who.path;
  if (!std::exchange(told_hopeless_, true)) {
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
