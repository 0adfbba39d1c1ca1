// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "containers/admin/situation.hpp"

#include "kraken/base/units.hpp"
#include "kraken/model/lifecycle.hpp"

#include <algorithm>

namespace kraken::containers {

std::string situation_text(std::string_view path, std::span<const actor::status_ptr> children) {
  if (children.empty()) {
    return {};
  }
  const auto count = [&](model::phase which) {
    return std::ranges::count_if(children, [&](const auto& each) { return each->at == which; });
  };
  std::string out = std::string{path} + ": " + std::to_string(count(model::phase::ready)) + " of " +
                    std::to_string(children.size()) + " ready";
  for (const auto& row : model::phase_table) {
    const auto number = count(row.value);
    if (row.value != model::phase::ready && number > 0) {
      out += ", " + std::to_string(number) + " " + std::string{row.name};
    }
  }
  return out;
}

std::string
renewal_text(std::string_view path, std::span<const actor::status_ptr> children, time_point since) {
  if (children.empty()) {
    return {};
  }
  const auto renewed = std::ranges::count_if(children, [since](const auto& each) {
    return each->at == model::phase::ready && each->up_since >= since;
  });
  return std::string{path} + ": " + std::to_string(renewed) + " of " +
         std::to_string(children.size()) + " renewed";
}

namespace {

/// Whether an order has ended what rested, or had not begun to serve: its last failure has not.
/// What ends by itself is held first, or serves.
bool ended_by_order(std::span<const actor::status_event> events, const actor::status_event& last) {
  using enum model::phase;
  auto from = last.from;
  for (auto at = events.rbegin(); at != events.rend() && (from == stopping || from == ended);
       ++at) {
    if (at->seq < last.seq && at->note.empty() && at->path == last.path && at->to == from) {
      from = at->from;
    }
  }
  return from == idle || from == starting || from == backing_off || from == parked;
}

} // namespace

std::string end_text(const actor::status_board& board,
                     std::string_view wanted,
                     std::chrono::system_clock::time_point now) {
  const auto events = board.events_since(0);
  const auto last = std::find_if(events.rbegin(), events.rend(), [&](const auto& each) {
    return each.note.empty() && // a note may be about a name that nobody ever had
           (each.path == wanted || each.path.ends_with("/" + std::string{wanted}));
  });
  if (wanted.empty() || last == events.rend() || last->to != model::phase::gone) {
    return {};
  }
  // A clock that was set back makes nothing end in the future.
  const auto age = std::max(std::chrono::duration_cast<seconds>(now - last->at), seconds{0});
  const auto when =
      age == seconds{0} ? std::string{"just now"} : kraken::to_string(milliseconds{age}) + " ago";
  const bool destroyed = last->cause.empty() || ended_by_order(events, *last);
  return last->path +
         (destroyed ? " was destroyed " + when : " ended " + when + ": " + last->cause);
}

error not_there(const actor::status_board& board, std::string_view wanted, const error& why) {
  const bool about_it = why.code == errc::not_found &&
                        why.context.starts_with("no container '" + std::string{wanted} + "'");
  const auto end = about_it ? end_text(board, wanted) : std::string{};
  return end.empty() ? why
                     : error{why.code,
                             "no container '" + std::string{wanted} + "': " + end +
                                 "; see kraken events " + std::string{wanted}};
}

} // namespace kraken::containers
