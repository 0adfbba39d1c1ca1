// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/board/board_events.hpp"

#include <algorithm>
#include <utility>

namespace kraken::actor::detail {

status_event kept_event::whole() const {
  auto made = note == nullptr ? status_event{} : *note;
  made.seq = seq;
  made.at = at;
  made.path = whose->path();
  if (now == nullptr) {
    return made;
  }
  made.from = from;
  made.to = now->at;
  made.generation = now->generation;
  made.restarts = now->restarts;
  made.next_action = now->next_action;
  made.correlation = now->last_cause->correlation;
  // Nobody is stopped for a failure that was healed before.
  const bool over = now->in == model::state::stopped || now->in == model::state::destroyed;
  if (now->last_cause->kind != model::cause_kind::none && !(over && made.correlation == 0)) {
    made.cause = now->last_cause->text();
  }
  made.next_in = std::chrono::ceil<milliseconds>(std::max(now->next_at, now->since) - now->since);
  return made;
}

std::uint64_t board_events::keep(kept_event&& happened, std::size_t most) {
  happened.seq = ++last_seq;
  const auto at = static_cast<std::size_t>((last_seq - 1) % most);
  if (at < ring.size()) {
    std::swap(ring[at], happened); // the old one goes when nobody waits for it
  } else {
    ring.push_back(std::move(happened));
  }
  return last_seq;
}

} // namespace kraken::actor::detail
