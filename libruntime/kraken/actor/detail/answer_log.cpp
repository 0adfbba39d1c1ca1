// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "kraken/actor/detail/answer_log.hpp"

#include "kraken/actor/detail/open_call.hpp"
#include "kraken/base/limits.hpp"

#include <algorithm>
#include <utility>

namespace kraken::actor {

namespace {

bool waits(const answerer& one) noexcept {
  return !one.call()->withdrawn;
}

std::size_t weight_of(const answer& what) {
  return what.value == nullptr ? what.why.message.size() : what.value->size();
}

} // namespace

answer_log::verdict answer_log::take(letter& what, time_point now) {
  now_ = now;
  forget_old();
  auto key = std::string(what.sender()).append(1, '\n').append(what.id.view());
  const auto [at, fresh] = entries_.try_emplace(key);
  if (fresh) {
    at->second.first = what.reply.call()->weak_from_this();
    what.reply.call()->log = shared_from_this();
    what.reply.call()->key = std::move(key);
    return verdict::fresh;
  }
  if (at->second.done) {
    what.reply.give(at->second.kept);
  } else {
    auto& joined = at->second.joined;
    std::erase_if(joined, [](answerer& one) { return !waits(one) && one.release() != nullptr; });
    what.reply.call()->repeats = at->second.first;
    joined.push_back(std::move(what.reply));
  }
  return verdict::known;
}

void answer_log::given(const std::string& key, const answer& what, bool carried_out) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    return;
  }
  auto& one = found->second;
  if (!what.final()) {
    for (auto& each : one.joined) {
      each.give(what);
    }
    return;
  }
  auto joined = std::exchange(one.joined, {});
  if (carried_out) {
    one.done = true;
    one.kept = what;
    one.at = now_;
    bytes_ += weight_of(what);
    finished_.push_back(key);
    forget_old();
  } else {
    entries_.erase(found);
  }
  for (auto& each : joined) {
    each.give(what);
  }
}

bool answer_log::is_joined(const std::string& key) const {
  const auto found = entries_.find(key);
  return found != entries_.end() && std::ranges::any_of(found->second.joined, waits);
}

void answer_log::forget_old() {
  while (!finished_.empty()) {
    const auto found = entries_.find(finished_.front());
    const bool keep = finished_.size() <= limits::answers_kept &&
                      bytes_ <= limits::answers_kept_bytes &&
                      now_ - found->second.at < limits::answers_kept_for;
    if (keep) {
      return;
    }
    bytes_ -= weight_of(found->second.kept);
    entries_.erase(found);
    finished_.pop_front();
  }
}

} // namespace kraken::actor
