// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// A native incarnation with a thread of its own, as its shard sees it: hands letters over one at a
/// time and waits for nothing. A thread that does not come back when its time is over is reported
/// and kept, never waited for and never forgotten.
#pragma once

#include "containers/native/class_catalogue.hpp"
#include "containers/native/own_threads.hpp"
#include "containers/native/thread_host.hpp"
#include "kraken/actor/incarnation.hpp"

#include <memory>
#include <stop_token>
#include <thread>

namespace kraken::containers {

/// @thread its container's shard
class threaded_container final : public actor::incarnation {
public:
  /// @param classes, threads outlive every container and its thread
  threaded_container(actor::host& shell, const class_catalogue& classes, own_threads& threads);
  ~threaded_container() override;

  void start() override;
  void drain() override;
  void stop() override;
  void kill() override;
  void resume() override;
  void updated(const model::child_spec& spec, const actor::update_hold& hold) override;
  [[nodiscard]] bool receive(actor::letter& what) override;
  void noticed(const actor::notice& what) override;
  void child_changed(const model::container_identity& who,
                     const model::container_condition& now) override;

private:
  void post(std::function<void(thread_host&)> work);
  void end(std::function<void(actor::incarnation&)> how);
  void letter_done(bool taken, const std::optional<model::cause>& threw);
  void over(model::cause why);

  actor::host& shell_;
  const class_catalogue& classes_;
  own_threads& threads_;
  thread_link_ptr link_;
  std::stop_source ending_;
  std::shared_ptr<actor::letter> in_hand_; ///< the thread's until it is done with it
  std::shared_ptr<const std::string> in_hand_from_;
  std::jthread thread_;
};

/// An incarnation of the kind `native`: on the shard, or with a thread of its own if its class or
/// its definition says so.
[[nodiscard]] std::unique_ptr<actor::incarnation>
make_native(actor::host& shell, const class_catalogue& classes, own_threads& threads);

} // namespace kraken::containers
