// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/board/board_events.hpp"

#include <algorithm>
#include <utility>

namespace kraken::actor::detail {

namespace {

/// Whether the last failure is healed, and this change is not its healing: nobody is stopped or
/// replaced for what is over.
bool is_past(const model::container_condition& now) {
  if (now.last_cause->correlation != 0) {
    return false;
  }
  if (now.in == model::state::stopped || now.in == model::state::destroyed) {
    return true;
  }
  const auto* const known = model::remembered_cause(now);
  const bool heals = now.at == model::phase::ready;
  return known != nullptr && !(heals && known->generation + 1 >= now.generation);
}

/// What a change has beside its phases.
std::unique_ptr<const status_event> rest_of(const model::container_condition& now) {
  const auto& why = *now.last_cause;
  const bool caused = why.kind != model::cause_kind::none && !is_past(now);
  const auto next_in =
      std::chrono::ceil<milliseconds>(std::max(now.next_at, now.since) - now.since);
  if (!caused && why.correlation == 0 && now.next_action.empty() && next_in.count() == 0) {
    return nullptr;
  }
  status_event made;
  made.next_action = now.next_action;
  made.correlation = why.correlation;
  made.cause = caused ? why.text() : "";
  made.next_in = next_in;
  return std::make_unique<const status_event>(std::move(made));
}

} // namespace

kept_event kept_event::of_change(const model::container_condition& now, model::phase from) {
  return {.generation = now.generation,
          .restarts = now.restarts,
          .from = from,
          .to = now.at,
          .rest = rest_of(now)};
}

status_event kept_event::whole(const std::string& path) const {
  auto made = rest == nullptr ? status_event{} : *rest;
  made.seq = seq;
  made.at = at;
  made.path = path;
  made.from = from;
  made.to = to;
  made.generation = generation;
  made.restarts = restarts;
  return made;
}

std::uint64_t board_events::keep(const std::string& path, kept_event& happened, std::size_t most) {
  happened.seq = ++last_seq;
  const auto at = static_cast<std::size_t>((last_seq - 1) % most);
  if (at == ring.size()) {
    ring.emplace_back();
  }
  ring[at].path = path;
  std::swap(ring[at].what, happened); // the old one goes when nobody waits for it
  return last_seq;
}

} // namespace kraken::actor::detail
