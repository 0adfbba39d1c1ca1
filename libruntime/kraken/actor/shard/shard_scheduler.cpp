// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header, and specs of CAF 0.17.6: its test coordinator is such a scheduler, too.
#include "kraken/actor/shard/shard_scheduler.hpp"

#include "kraken/base/assert.hpp"

#include "caf/actor_system.hpp"
#include "caf/execution_unit.hpp"
#include "caf/group.hpp"
#include "caf/make_actor.hpp"
#include "caf/monitorable_actor.hpp"
#include "caf/resumable.hpp"

#include <limits>
#include <utility>

namespace kraken::actor {

namespace {

/// Only `now` is of use: nothing is ever set, so nothing is to be cancelled.
class plain_clock final : public caf::actor_clock {
public:
  void set_ordinary_timeout(time_point, caf::abstract_actor*, caf::atom_value, uint64_t) override {
    never();
  }
  void set_multi_timeout(time_point, caf::abstract_actor*, caf::atom_value, uint64_t) override {
    never();
  }
  void set_request_timeout(time_point, caf::abstract_actor*, caf::message_id) override { never(); }
  void schedule_message(time_point, caf::strong_actor_ptr, caf::mailbox_element_ptr) override {
    never();
  }
  void schedule_message(time_point, caf::group, caf::strong_actor_ptr, caf::message) override {
    never();
  }
  void cancel_ordinary_timeout(caf::abstract_actor*, caf::atom_value) override {}
  void cancel_request_timeout(caf::abstract_actor*, caf::message_id) override {}
  void cancel_timeouts(caf::abstract_actor*) override {}
  void cancel_all() override {}

private:
  static void never() {
    constexpr bool a_timer_of_caf_was_set = false;
    KRAKEN_ASSERT(a_timer_of_caf_was_set);
  }
};

/// CAF prints with it what nobody is to see.
class mute_printer final : public caf::monitorable_actor {
public:
  explicit mute_printer(caf::actor_config& config) : caf::monitorable_actor(config) {}

  void enqueue(caf::mailbox_element_ptr, caf::execution_unit*) override {}
};

/// Runs a job on the thread that ends the system.
class last_unit final : public caf::execution_unit {
public:
  explicit last_unit(shard_scheduler& of) : caf::execution_unit(&of.system()), of_(of) {}

  void exec_later(caf::resumable* job) override { of_.enqueue(job); }

private:
  shard_scheduler& of_;
};

} // namespace

shard_scheduler::shard_scheduler(caf::actor_system& system)
    : caf::scheduler::abstract_coordinator(system), clock_(std::make_unique<plain_clock>()) {}

shard_scheduler::~shard_scheduler() = default;

caf::actor_clock& shard_scheduler::clock() noexcept {
  return *clock_;
}

void shard_scheduler::enqueue(caf::resumable* job) {
  jobs_.with([&](auto& all) { all.push_back(job); });
}

void shard_scheduler::start() {
  last_unit unit(*this);
  caf::actor_config config{&unit};
  auto& all = system();
  utility_actors_[printer_id] =
      caf::make_actor<mute_printer, caf::actor>(all.next_actor_id(), all.node(), &all, config);
}

void shard_scheduler::stop() {
  last_unit unit(*this);
  while (true) {
    const auto jobs = jobs_.with([](auto& all) { return std::exchange(all, {}); });
    if (jobs.empty()) {
      break;
    }
    for (auto* const job : jobs) {
      if (job->resume(&unit, std::numeric_limits<std::size_t>::max()) ==
          caf::resumable::resume_later) {
        enqueue(job);
      } else {
        caf::intrusive_ptr_release(job);
      }
    }
  }
  utility_actors_[printer_id] = nullptr;
}

} // namespace kraken::actor
