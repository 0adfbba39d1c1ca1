// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Reference counting: a resumable handed to `exec_later` comes with one reference. It is held by
/// `job_ptr` until the resumable says it is done or waits for messages, so that an executor which
/// drops its work on shutdown drops the references, too.
#include "kraken/actor/shard/shard_unit.hpp"

#include "caf/actor_system.hpp"
#include "caf/scheduler/abstract_coordinator.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

#include <time.h>

namespace kraken::actor {

namespace {

constexpr std::size_t jobs_per_turn = 256;
constexpr std::size_t messages_per_job = 64;

/// Changes every few milliseconds and costs five nanoseconds to read: enough to see that a job was
/// a long one. One that starts a process is: the thread waits until the child has left our memory,
/// milliseconds where the machine is busy.
std::int64_t coarse_time() noexcept {
  timespec at{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &at);
  return at.tv_sec * 1'000'000'000 + at.tv_nsec;
}

} // namespace

shard_unit::shard_unit(caf::actor_system& system, executor& runs)
    : caf::execution_unit(&system), runs_(runs) {}

shard_unit::~shard_unit() = default;

void shard_unit::exec_later(caf::resumable* job) {
  if (job->subtype() != caf::resumable::function_object) {
    system().scheduler().enqueue(job);
    return;
  }
  job_ptr owned(job, false);
  if (runs_.on_this_thread()) {
    ready_.push_back(std::move(owned));
    arm();
    return;
  }
  const bool first = inbox_.with([&](auto& jobs) {
    jobs.push_back(std::move(owned));
    return jobs.size() == 1;
  });
  if (first) {
    runs_.post([self = shared_from_this()] { self->drain(); });
  }
}

void shard_unit::arm() {
  if (!armed_ && !draining_) {
    armed_ = true;
    runs_.post([self = shared_from_this()] {
      self->armed_ = false;
      self->drain();
    });
  }
}

void shard_unit::drain() {
  if (draining_) {
    return;
  }
  draining_ = true;
  auto taken = inbox_.with([](auto& jobs) { return std::exchange(jobs, {}); });
  for (auto& job : taken) {
    ready_.push_back(std::move(job));
  }
  // Many long jobs in one turn would keep everybody who asks for the status waiting.
  const auto began = coarse_time();
  for (std::size_t budget = jobs_per_turn;
       budget > 0 && !ready_.empty() && (budget == jobs_per_turn || coarse_time() == began);
       --budget) {
    auto job = std::move(ready_.front());
    ready_.pop_front();
    run_one(std::move(job));
  }
  if (turn_over_) {
    turn_over_();
  }
  draining_ = false;
  if (!ready_.empty()) {
    arm();
  }
}

void shard_unit::run_one(job_ptr job) {
  const auto outcome = job->resume(this, messages_per_job);
  if (outcome == caf::resumable::resume_later) {
    ready_.push_back(std::move(job));
  }
}

} // namespace kraken::actor
