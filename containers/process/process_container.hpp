// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The kind `process`: any program, supervised without speaking our protocol. Reports its life to
/// its container; restarts nothing itself.
#pragma once

#include "kraken/actor/incarnation.hpp"
#include "kraken/model/child_spec.hpp"
#include "kraken/process/child_registry.hpp"
#include "kraken/process/launch_spec.hpp"
#include "kraken/process/log_board.hpp"
#include "kraken/process/supervised_process.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kraken::containers {

/// What the kind needs of the daemon; outlives every container.
struct process_environment {
  std::vector<reactor*> shards;
  process::log_board* logs = nullptr;
  process::child_registry* children = nullptr;
  std::function<void()> process_ended; ///< orphans may be left behind: look for them soon
  process::superuser default_root = process::superuser::refuse;
};

/// @thread its container's shard
class process_container final : public actor::incarnation {
public:
  process_container(actor::host& shell, const process_environment& environment);
  ~process_container() override;

  void start() override;
  void stop() override;
  void kill() override;

private:
  [[nodiscard]] process::launch_spec launch_spec() const;
  [[nodiscard]] result<void> await_readiness();
  void ended(const exit_status& status);
  void watch_memory();

  actor::host& shell_;
  const process_environment& environment_;
  reactor& loop_;
  std::shared_ptr<process::container_log> log_;
  std::shared_ptr<model::gauges> live_ = std::make_shared<model::gauges>();
  std::unique_ptr<process::supervised_process> process_;
  std::unique_ptr<reactor::waiting> ready_wait_;
  std::unique_ptr<reactor::waiting> memory_watch_;
};

} // namespace kraken::containers
