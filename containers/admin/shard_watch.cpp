// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A question posted to each shard, and how long its answer is due.
#include "containers/admin/shard_watch.hpp"

#include "kraken/base/log.hpp"

namespace kraken::containers {

namespace {

std::int64_t whole_seconds(milliseconds of) {
  return std::chrono::duration_cast<seconds>(of).count();
}

} // namespace

shard_watch::shard_watch(reactor& clock, const std::vector<executor*>& shards) : clock_(clock) {
  for (auto* shard : shards) {
    shards_.push_back(
        {.shard = shard, .answered = std::make_shared<std::atomic<std::uint64_t>>(0)});
  }
}

void shard_watch::begin() {
  looked_at_ = clock_.now();
  for (auto& each : shards_) {
    ask(each);
  }
  wait();
}

void shard_watch::wait() {
  wait_ = clock_.after(limits::shard_ask_period, [this] { look(); });
}

void shard_watch::ask(watched& which) {
  which.asked_at = clock_.now();
  which.shard->post([answered = which.answered, number = ++which.asked] { *answered = number; });
}

void shard_watch::look() {
  // Who was stopped with the whole process, or with its machine, is given time anew.
  const bool slept = clock_.now() - looked_at_ > 2 * limits::shard_ask_period;
  looked_at_ = clock_.now();
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    auto& each = shards_[i];
    const auto lasted = std::chrono::duration_cast<milliseconds>(clock_.now() - each.asked_at);
    if (*each.answered == each.asked) {
      if (each.told) {
        log::warn("shard_turns_again", {{"shard", i}, {"seconds", whole_seconds(lasted)}});
      }
      each.told = false;
      ask(each);
    } else if (slept) {
      each.asked_at = clock_.now();
    } else if (!each.told && lasted >= limits::shard_silence) {
      each.told = true;
      log::error("shard_silent", {{"shard", i}, {"seconds", whole_seconds(lasted)}});
    }
  }
  wait();
}

milliseconds shard_watch::silent(std::size_t shard) const {
  const auto& each = shards_.at(shard);
  const auto lasted = std::chrono::duration_cast<milliseconds>(clock_.now() - each.asked_at);
  const bool late = *each.answered != each.asked && lasted >= limits::shard_silence;
  return late ? lasted : milliseconds{0};
}

std::string shard_watch::reasons(milliseconds least) const {
  std::string out;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    if (const auto lasted = silent(i); lasted.count() != 0 && lasted >= least) {
      out += "shard " + std::to_string(i) + " has not turned for " +
             std::to_string(whole_seconds(lasted)) + " s\n";
    }
  }
  return out;
}

} // namespace kraken::containers
