// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which records count for readiness, and what is wrong with them.
#include "containers/admin/health.hpp"

#include "kraken/model/alias.hpp"

#include <algorithm>
#include <map>

namespace kraken::containers {

namespace {

bool counts_for_readiness(const model::container_status& each) {
  if (each.parent.empty()) {
    return true;
  }
  if (each.kind == "worker" || each.at == model::phase::ended || each.at == model::phase::idle) {
    return false;
  }
  return each.at != model::phase::parked || each.kind == "pool";
}

/// By an order, and not by an end of its own.
bool was_stopped(const model::container_status& each) {
  return each.in == model::state::stopped &&
         (each.last_cause->kind == model::cause_kind::none || model::past_cause(each));
}

// What holds up a pool is not seen at the pool itself.
std::string failing_child(const model::container_status& parent,
                          std::span<const actor::status_ptr> records) {
  const auto found = std::find_if(records.begin(), records.end(), [&](const auto& each) {
    return each->parent == parent.path && each->at != model::phase::ready &&
           !each->last_cause->normal() && each->last_cause->kind != model::cause_kind::none &&
           !was_stopped(*each);
  });
  return found == records.end()
             ? ""
             : ": " + (*found)->alias + " is " + std::string{model::to_string((*found)->at)} +
                   " after " + (*found)->last_cause->text();
}

/// Why it is being tried again, or is about to be; of what was stopped that, and nothing older.
std::string own_cause(const model::container_status& each) {
  if (was_stopped(each)) {
    return each.at == model::phase::ended ? ": it was stopped" : "";
  }
  const bool failed =
      each.last_cause->kind != model::cause_kind::none && !each.last_cause->normal();
  return failed ? " after " + each.last_cause->text() : "";
}

/// Those whose turn comes when this one serves.
std::string waiting_for(const model::container_status& holder,
                        const std::map<std::string_view, const model::container_status*>& waiting) {
  std::string out;
  for (const auto& [path, what] : waiting) {
    if (what == &holder) {
      out += (out.empty() ? "; waiting for it: " : ", ") + std::string{model::alias_of(path)};
    }
  }
  return out;
}

} // namespace

bool is_unready(const model::container_status& each) {
  return counts_for_readiness(each) && each.at != model::phase::ready;
}

std::string unready_reasons(std::span<const actor::status_ptr> records) {
  const bool begun = std::any_of(
      records.begin(), records.end(), [](const auto& each) { return each->parent.empty(); });
  std::string reasons = begun ? "" : "the containers have not been created yet\n";
  const auto waiting = model::start_waits(records);
  for (const auto& each : records) {
    if (is_unready(*each)) {
      const auto below = was_stopped(*each) ? std::string{} : failing_child(*each, records);
      reasons += each->path + " is " + std::string{model::to_string(each->at)} +
                 (below.empty() ? own_cause(*each) : below) + waiting_for(*each, waiting) + "\n";
    }
  }
  return reasons;
}

std::string parked_ones(std::span<const actor::status_ptr> records) {
  std::string out;
  for (const auto& each : records) {
    if (each->at == model::phase::parked) {
      out += each->path + " is parked" + own_cause(*each) +
             "; it does not count, start it with: kraken container:start " + each->path + "\n";
    }
  }
  return out;
}

} // namespace kraken::containers
