// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which records count for readiness, and what is wrong with them.
#include "containers/admin/health.hpp"

#include <algorithm>

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

// What holds up a pool is not seen at the pool itself.
std::string failing_child(const model::container_status& parent,
                          std::span<const actor::status_ptr> records) {
  const auto found = std::find_if(records.begin(), records.end(), [&](const auto& each) {
    return each->parent == parent.path && each->at != model::phase::ready &&
           !each->last_cause.normal() && each->last_cause.kind != model::cause_kind::none;
  });
  return found == records.end()
             ? ""
             : ": " + (*found)->alias + " is " + std::string{model::to_string((*found)->at)} +
                   " after " + (*found)->last_cause.text();
}

} // namespace

std::string unready_reasons(std::span<const actor::status_ptr> records) {
  const bool begun = std::any_of(
      records.begin(), records.end(), [](const auto& each) { return each->parent.empty(); });
  std::string reasons = begun ? "" : "the containers have not been created yet\n";
  for (const auto& each : records) {
    if (counts_for_readiness(*each) && each->at != model::phase::ready) {
      reasons += each->path + " is " + std::string{model::to_string(each->at)} +
                 failing_child(*each, records) + "\n";
    }
  }
  return reasons;
}

} // namespace kraken::containers
