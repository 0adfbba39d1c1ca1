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
#include <optional>
#include <string>
#include <vector>

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
  void begin();
  [[nodiscard]] result<void> launch();
  void hear();
  /// @error errc::busy it says nothing now; else it can not be understood, or says no more
  [[nodiscard]] result<void> take_word();
  void obey(const process::template_message& said);
  void refuse(std::string_view why);
  void serves_itself(std::string_view target);
  void leave_out(const std::string& target);
  void leave_all_out(const std::string& target);
  void begin_again();
  [[nodiscard]] milliseconds left_for_warming();
  void process_ended(const exit_status& status);
  void let_go();
  void look();
  void look_at_memory();
  void follow_output();

  actor::host& shell_;
  const pool_environment& environment_;
  net::event_loop& loop_;
  std::string pool_; ///< its path
  std::shared_ptr<const pool_settings> made_with_;
  process::incarnation_log log_;
  std::shared_ptr<model::gauges> live_ = std::make_shared<model::gauges>();
  program_output output_{shell_.path(), environment_.files, template_levels{}};
  std::unique_ptr<process::supervised_process> process_;
  std::shared_ptr<process::template_link> link_;
  std::unique_ptr<reactor::waiting> words_;
  std::unique_ptr<reactor::waiting> watch_;
  std::unique_ptr<reactor::waiting> overdue_; ///< while it serves something to itself
  milliseconds warm_timeout_{0};
  time_point started_ = time_point::min();
  time_point launched_ = time_point::min();
  std::optional<milliseconds> boot_;  ///< how long it took until it began to serve itself
  bool cold_ = false;                 ///< serves nothing to itself: until it is recycled
  std::vector<std::string> left_out_; ///< of what it serves to itself: until it is recycled
  bool again_ = false;                ///< its process ends only to be begun without these
  bool hung_up_ = false;              ///< its end of the socket is closed
  std::string died_;                  ///< how its script ended, or why it refuses, if it said so
  bool refused_ = false;              ///< there is nothing to fork from until it is started again
};

} // namespace kraken::containers
