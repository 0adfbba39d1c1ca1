// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The decisions of a renewal. No clock, no process, no message.
#include "containers/php/renewal/renewal.hpp"

#include <algorithm>
#include <utility>

namespace kraken::containers {

renewal_stage next(renewal_stage from, renewal_event on) noexcept {
  switch (on) {
  case renewal_event::asked:
    return from == renewal_stage::resting ? renewal_stage::under_way : renewal_stage::asked_again;
  case renewal_event::one_ended:
    return from == renewal_stage::resting ? renewal_stage::resting : renewal_stage::under_way;
  case renewal_event::line_ended:
    break;
  }
  return renewal_stage::resting;
}

bool renewal::ask(renewed which, std::vector<renewal_candidate> who) {
  const bool rested = rests();
  stage_ = next(stage_, renewal_event::asked);
  if (rested || which == renewed::all) {
    scope_ = which;
  }
  if (!rested && !line_.empty()) {
    line_.resize(1);
  }
  line_up(std::move(who));
  return rested;
}

void renewal::line_up(std::vector<renewal_candidate> who) {
  std::ranges::stable_sort(who, {}, &renewal_candidate::as);
  for (auto& each : who) {
    line_.push_back(std::move(each.id));
  }
}

const std::string* renewal::first() const {
  return line_.empty() ? nullptr : &line_.front();
}

renewal_step renewal::begin(const renewal_facts& about) {
  using kind = renewal_facts::kind;
  if (about.of == kind::no_template || (scope_ == renewed::outdated && !about.outdated)) {
    return renewal_step::pass;
  }
  had_failed_ = about.failed;
  if (about.of == kind::template_missing) {
    return renewal_step::make;
  }
  if (about.of == kind::template_unwanted) {
    return renewal_step::remove;
  }
  const bool something_new = code_is_new_ || about.outdated;
  return about.refused || (about.failed && something_new) ? renewal_step::start
                                                          : renewal_step::recycle;
}

renewal_verdict renewal::judge(const renewal_end& end) {
  const bool asked_again = stage_ == renewal_stage::asked_again;
  stage_ = next(stage_, renewal_event::one_ended);
  // One that did not boot before either proves nothing, unless it is the first to try what is new.
  const bool proves_nothing = had_failed_ && !code_is_new_ && (end.is_template || end.proven);
  if (end.ended != renewal_end::how::did_not_boot || proves_nothing) {
    return renewal_verdict::go_on;
  }
  return asked_again ? renewal_verdict::undo_and_go_on : renewal_verdict::undo_and_end;
}

void renewal::end() {
  stage_ = next(stage_, renewal_event::line_ended);
  scope_ = renewed::outdated;
  line_.clear();
}

bool renewal::code_settled() noexcept {
  return std::exchange(code_is_new_, false);
}

} // namespace kraken::containers
