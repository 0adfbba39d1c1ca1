// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/model/solver_plan.hpp"

#include <utility>

namespace kraken::model {

solver_plan::solver_plan(std::vector<const solver_row*> steps, solve_params how)
    : steps_(std::move(steps)), how_(how) {}

plan_move solver_plan::try_now() const {
  return {plan_move::act::try_step, steps_[at_], attempt_, how_.timeout};
}

plan_move solver_plan::begin() const {
  return try_now();
}

plan_move solver_plan::succeeded() {
  attempt_ = 1;
  if (++at_ == steps_.size()) {
    return {};
  }
  return try_now();
}

plan_move solver_plan::rejected(again useful) {
  if (useful == again::no || attempt_ >= how_.retries_limit) {
    return {plan_move::act::escalate, steps_[at_], attempt_, milliseconds{0}};
  }
  ++attempt_;
  return {plan_move::act::wait, steps_[at_], attempt_, how_.retries_interval};
}

plan_move solver_plan::waited() {
  return try_now();
}

} // namespace kraken::model
