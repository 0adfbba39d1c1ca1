// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The recycling decision and its wording.
#include "kraken/model/recycle_rules.hpp"

namespace kraken::model {

namespace {

template <class Quantity>
bool reached(Quantity value, Quantity limit) noexcept {
  return limit != Quantity{} && value >= limit;
}

bool exceeded(bytes value, bytes limit) noexcept {
  return limit.value != 0 && value > limit;
}

recycle_reason wish(const recycle_rules& rules, const worker_use& use) noexcept {
  if (reached(use.requests, rules.requests)) {
    return recycle_reason::requests;
  }
  if (use.wants_out) {
    return recycle_reason::own_wish;
  }
  if (reached(use.age, rules.ttl)) {
    return recycle_reason::ttl;
  }
  if (exceeded(use.memory, rules.memory_soft)) {
    return recycle_reason::memory_soft;
  }
  if (!use.busy && reached(use.idle, rules.idle_ttl)) {
    return recycle_reason::idle;
  }
  return recycle_reason::none;
}

} // namespace

recycle_verdict judge(const recycle_rules& rules, const worker_use& use) noexcept {
  if (exceeded(use.memory, rules.memory_hard)) {
    return {.what = recycle_verdict::act::kill, .why = recycle_reason::memory_hard};
  }
  const recycle_reason why = wish(rules, use);
  if (why == recycle_reason::none || use.busy) {
    return {.what = recycle_verdict::act::keep, .why = why};
  }
  const bool spent = use.wants_out || reached(use.requests, rules.requests_most);
  return {.what = spent ? recycle_verdict::act::retire : recycle_verdict::act::replace, .why = why};
}

std::string describe(recycle_reason why, const recycle_rules& rules) {
  switch (why) {
  case recycle_reason::none:
    return {};
  case recycle_reason::memory_hard:
    return "memory above " + kraken::to_string(rules.memory_hard);
  case recycle_reason::own_wish:
    return "its own wish";
  case recycle_reason::requests:
    return std::to_string(rules.requests) + " requests";
  case recycle_reason::ttl:
    return "older than " + kraken::to_string(rules.ttl);
  case recycle_reason::memory_soft:
    return "memory above " + kraken::to_string(rules.memory_soft);
  case recycle_reason::idle:
    return "idle for " + kraken::to_string(rules.idle_ttl);
  }
  return "unknown";
}

std::string_view to_string(recycle_verdict::act value) noexcept {
  switch (value) {
  case recycle_verdict::act::keep:
    return "keep";
  case recycle_verdict::act::replace:
    return "replace";
  case recycle_verdict::act::retire:
    return "retire";
  case recycle_verdict::act::kill:
    return "kill";
  }
  return "unknown";
}

} // namespace kraken::model
