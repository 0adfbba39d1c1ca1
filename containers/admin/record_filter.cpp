// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/admin/record_filter.hpp"

#include "console/request.hpp"
#include "containers/admin/situation.hpp"
#include "kraken/base/nearest.hpp"
#include "kraken/model/alias.hpp"
#include "kraken/model/event_notes.hpp"
#include "kraken/model/lifecycle.hpp"
#include "kraken/model/solver_plan.hpp"

#include <algorithm>
#include <optional>
#include <span>

namespace kraken::containers {

namespace {

constexpr std::string_view phase_events = "container_"; // and the phase that is entered

std::vector<std::string> known_event_types() {
  std::vector<std::string> out;
  for (const auto& row : model::phase_table) {
    out.push_back(std::string{phase_events} += row.name);
  }
  for (const auto& row : model::solver_events) {
    out.emplace_back(row.name);
  }
  for (const auto& row : model::event_notes) {
    out.emplace_back(row.name);
  }
  return out;
}

/// Of a state, its first phase is meant: there are no events of states.
std::optional<std::string_view> event_type_meant(std::string_view word,
                                                 std::span<const std::string> known) {
  for (const auto& row : model::phase_table) {
    if (word.starts_with(phase_events) &&
        word.substr(phase_events.size()) == model::to_string(row.of)) {
      return known[static_cast<std::size_t>(&row - model::phase_table.data())];
    }
  }
  return nearest(word, std::vector<std::string_view>{known.begin(), known.end()});
}

std::string no_such_type(std::string_view word, std::span<const std::string> known) {
  auto out = "no event is of the type '" + std::string{word} + "'";
  if (const auto meant = event_type_meant(word, known)) {
    return out.append(" (did you mean '").append(*meant).append("'?)");
  }
  for (const auto& each : known) {
    out.append(&each == known.data() ? "; there are " : ", ").append(each);
  }
  return out;
}

} // namespace

record_filter record_filter::of_words(std::string_view of, std::string_view types) {
  return {console::words_between_commas(of), console::words_between_commas(types)};
}

result<void> record_filter::resolve(const actor::status_board& board) {
  for (auto& each : targets) {
    if (model::is_glob(each)) {
      continue;
    }
    const auto found = board.resolve(each);
    if (!found) {
      return fail(not_there(board, each, found.error()));
    }
    each = (*found)->path;
  }
  return {};
}

result<void> record_filter::check_heard_of(const actor::status_board& board) const {
  for (const auto& each : targets) {
    const auto found = board.resolve(each);
    if (found || found.error().code == errc::ambiguous || model::is_glob(each)) {
      continue;
    }
    const auto kept = board.events_since(0);
    if (std::ranges::none_of(
            kept, [&](const auto& event) { return model::is_part_of(event.path, each); })) {
      return fail(not_there(board, each, found.error()));
    }
  }
  return {};
}

result<void> record_filter::check_types() const {
  const auto known = known_event_types();
  for (const auto& each : types) {
    if (std::ranges::none_of(
            known, [&](const std::string& one) { return model::matches_glob(each, one); })) {
      return fail(errc::invalid_argument, no_such_type(each, known));
    }
  }
  return {};
}

bool record_filter::wants(std::string_view path) const noexcept {
  return targets.empty() || std::ranges::any_of(targets, [&](const std::string& each) {
           return model::is_part_of(path, each);
         });
}

bool record_filter::wants(std::string_view path, std::string_view type) const noexcept {
  return wants(path) && (types.empty() || std::ranges::any_of(types, [&](const std::string& each) {
                           return model::matches_glob(each, type);
                         }));
}

} // namespace kraken::containers
