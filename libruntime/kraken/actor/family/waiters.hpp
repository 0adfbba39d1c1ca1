// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Who waits for a child to become something, and what he is told when.
#pragma once

#include "kraken/actor/child_report.hpp"
#include "kraken/actor/detail/child_entry.hpp"

#include <string>
#include <utility>
#include <vector>

namespace kraken::actor {

/// Answers that are due. They are given last of all that is done: a callback may lead back to the
/// supervisor through an incarnation.
using due_answers = std::vector<std::pair<reply_to, result<model::reply>>>;
void give(due_answers&& answers);

[[nodiscard]] result<model::reply> destroyed_meanwhile(const std::string& path);

/// `reply` waits until `child` has taken what it was told last, and has become `until`.
void await(child_entry& child, waiter::goal until, reply_to reply);

/// Notes whether the one that asked `of` brings back what was should it fail.
void mark_waiter(child_entry& child, const reply_to& who, const model::command& of);

/// Takes out of the waiters of `child`, which has just reported, those that can be answered now.
[[nodiscard]] due_answers judge_waiters(child_entry& child, const child_report& report);

/// Takes out those that wait for `child` to serve, or to be reached by a recursive start: it rests
/// for good, and no report will say so.
void call_off(child_entry& child, due_answers& answers);

} // namespace kraken::actor
