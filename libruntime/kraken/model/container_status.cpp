// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Adding up of live numbers, names, and the bounded history of failures.
#include "kraken/model/container_status.hpp"

#include "kraken/base/limits.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace kraken::model {

std::int64_t gauges::sum(metric gauges::*which) const noexcept {
  std::int64_t total = (this->*which).get();
  for (const auto& part : parts) {
    total += part->sum(which);
  }
  return total;
}

failure_history with_failure(const failure_history& before, past_failure latest) {
  auto made = std::make_shared<std::vector<past_failure>>();
  if (before != nullptr) {
    const auto kept =
        before->size() < limits::failures_kept ? before->size() : limits::failures_kept - 1;
    made->assign(before->end() - static_cast<std::ptrdiff_t>(kept), before->end());
  }
  made->push_back(std::move(latest));
  return made;
}

const past_failure* remembered_cause(const container_condition& c) noexcept {
  if (c.failures == nullptr) {
    return nullptr;
  }
  const auto& why = *c.last_cause;
  const auto text = why.text();
  const bool healed = why.correlation == 0;
  const auto found = std::find_if(c.failures->rbegin(), c.failures->rend(), [&](const auto& one) {
    const bool same = healed ? one.text == text : one.correlation == why.correlation;
    return same && one.kind == why.kind;
  });
  return found == c.failures->rend() ? nullptr : &*found;
}

bool past_cause(const container_condition& c) noexcept {
  if (c.last_cause->kind == cause_kind::none) {
    return false;
  }
  const auto* const known = remembered_cause(c);
  if (c.in == state::stopped) { // by an order that came after it, or its end is the cause
    return known != nullptr;
  }
  const bool before = known != nullptr && known->generation < c.generation;
  if (c.in == state::destroyed) { // started again before that, or its last failure was its end
    return before;
  }
  return c.in == state::started && (c.at != phase::starting || before);
}

spent_budget budget_of(const container_condition& c, time_point now) {
  if (c.budget == nullptr) {
    return {c.restarts_in_window, c.intensity};
  }
  return c.budget->with([now](const counted_restarts& all) {
    return spent_budget{all.spent(now), all.intensity};
  });
}

namespace {

constexpr std::array<std::string_view, 3> companion_words{"none", "successor", "predecessor"};

} // namespace

std::string_view to_string(companion value) noexcept {
  return companion_words[static_cast<std::size_t>(value)];
}

companion companion_of(std::string_view word) noexcept {
  const auto found = std::find(companion_words.begin(), companion_words.end(), word);
  return found == companion_words.end() ? companion::none
                                        : static_cast<companion>(found - companion_words.begin());
}

std::map<std::string_view, const container_status*>
start_waits(std::span<const std::shared_ptr<const container_status>> all) {
  std::map<std::string_view, const container_status*> holders; // of each parent that starts
  std::map<std::string_view, const container_status*> out;
  for (const auto& each : all) {
    const auto family = holders.find(each->parent);
    if (family != holders.end() && each->at == phase::idle) {
      if (each->autostart && family->second != nullptr) {
        out.emplace(each->path, family->second);
      }
    } else if (family != holders.end() && family->second == nullptr && each->at != phase::ready &&
               each->at != phase::ended && each->at != phase::parked) {
      family->second = each.get();
    }
    if (each->at == phase::starting) {
      holders.emplace(each->path, nullptr);
    }
  }
  return out;
}

} // namespace kraken::model
