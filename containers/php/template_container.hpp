// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The kind `template`: the process a pool's workers are forked from (docs/decisions/0023). Ready
/// when it can fork; forks for nobody itself, restarts nothing.
#pragma once

#include "containers/php/worker_container.hpp"
#include "containers/program/program_output.hpp"
#include "kraken/actor/incarnation.hpp"
#include "kraken/process/launch/supervised_process.hpp"

#include <memory>
#include <string>

namespace kraken::containers {

/// @thread its container's shard
class template_container final : public actor::incarnation {
public:
  template_container(actor::host& shell, const pool_environment& environment);
  ~template_container() override;

  void start() override;
  void stop() override;
  void kill() override;
  [[nodiscard]] result<void> signal_process(int number) override;

private:
  [[nodiscard]] result<void> launch();
  void hear();
  /// @error errc::busy it says nothing now; else it can not be understood, or says no more
  [[nodiscard]] result<void> take_word();
  void obey(const process::template_message& said);
  void refuse(std::string_view why);
  void process_ended(const exit_status& status);
  void let_go();
  void look();

  actor::host& shell_;
  const pool_environment& environment_;
  net::event_loop& loop_;
  std::string pool_; ///< its path
  std::shared_ptr<process::container_log> log_;
  std::shared_ptr<model::gauges> live_ = std::make_shared<model::gauges>();
  program_output output_;
  std::unique_ptr<process::supervised_process> process_;
  std::shared_ptr<process::template_link> link_;
  std::unique_ptr<reactor::waiting> words_;
  std::unique_ptr<reactor::waiting> watch_;
  std::string died_;     ///< how its script ended, or why it refuses, if it said so
  bool refused_ = false; ///< there is nothing to fork from until it is started again
};

} // namespace kraken::containers
