// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Turns of planned replacement: one child at a time has a second incarnation, so a pool never runs
/// more than one above its size. How a child is replaced is its own affair.
#include "kraken/actor/remote_supervisor.hpp"

#include <algorithm>
#include <utility>

namespace kraken::actor {

void remote_supervisor::queue_recycle(child_entry& child, reply_to reply) {
  const auto asked_before = [&](const recycle_wish& each) {
    return each.reply == nullptr && each.id == child.spec->id;
  };
  if (reply == nullptr && std::any_of(recycles_.begin(), recycles_.end(), asked_before)) {
    return;
  }
  recycles_.push_back({child.spec->id, std::move(reply)});
  next_recycle();
}

void remote_supervisor::next_recycle() {
  while (!turn_ && !recycles_.empty()) {
    auto wish = std::move(recycles_.front());
    recycles_.pop_front();
    auto* const child = find(wish.id);
    if (child == nullptr) {
      if (wish.reply) {
        wish.reply->answer(destroyed_meanwhile(wish.id));
      }
      continue;
    }
    instruction made;
    made.what = instruction::act::recycle;
    made.reply = wish.reply;
    instruct(*child, std::move(made));
    turn_ = recycle_turn{std::move(wish.id), child->sent};
    if (wish.reply) {
      await(*child, waiter::goal::replaced, std::move(wish.reply));
    }
  }
}

void remote_supervisor::follow_recycle(const child_entry& child, const child_report& report) {
  if (!turn_ || turn_->id != child.who->alias) {
    return;
  }
  const bool over =
      report.now->at == model::phase::gone ||
      (report.obeyed >= turn_->serial && report.now->beside == model::companion::none);
  if (over) {
    turn_.reset();
    next_recycle();
  }
}

/// All children end: none is replaced in its turn. Whoever waited for his turn waits for what comes
/// now, another incarnation or the end, as all who wait do.
void remote_supervisor::forget_plans() {
  due_answers answers; // callbacks may lead back here: all of them last
  for (auto& each : std::exchange(recycles_, {})) {
    auto* const child = each.reply ? find(each.id) : nullptr;
    if (child != nullptr) {
      await(*child, waiter::goal::replaced, std::move(each.reply));
    } else if (each.reply) {
      answers.emplace_back(std::move(each.reply), destroyed_meanwhile(each.id));
    }
  }
  give(std::move(answers));
}

/// It is being replaced, or is to be.
bool remote_supervisor::recycles(const child_entry& child) const {
  const auto& id = child.spec->id;
  return (turn_ && turn_->id == id) || child.seen->beside != model::companion::none ||
         std::ranges::find(recycles_, id, &recycle_wish::id) != recycles_.end();
}

} // namespace kraken::actor
