// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The kind `worker`: one process of a pool with its channel. Reports its life to its container;
/// restarts nothing itself.
#pragma once

#include "containers/php/php_message.hpp"
#include "containers/php/pool/pool_registry.hpp"
#include "containers/php/pool/worker_channel.hpp"
#include "containers/php/template_board.hpp"
#include "containers/program/program_output.hpp"
#include "kraken/actor/incarnation.hpp"
#include "kraken/base/counter_board.hpp"
#include "kraken/bridge/letter_bridge.hpp"
#include "kraken/process/launch/supervised_process.hpp"
#include "kraken/process/output/log_board.hpp"

#include <functional>
#include <memory>
#include <string>

namespace kraken::containers {

/// What workers and pools need of the daemon; outlives every container.
struct pool_environment {
  pool_registry* pools = nullptr;
  process::log_board* logs = nullptr;
  output_files* files = nullptr; ///< null: all output goes to the daemon's log
  process::child_registry* children = nullptr;
  std::function<void()> process_ended; ///< orphans may be left behind: look for them soon
  counter_board<pool_counters>* counters = nullptr; ///< for the metrics page
  template_board* templates = nullptr;
  process::end_watch* ends = nullptr;        ///< of forked workers; null: the machine has none
  process::exit_news* news = nullptr;        ///< of any, later; null: the kernel tells us none
  std::string socket_directory;              ///< private, for dialects that connect by path
  std::string native_program = "kraken-php"; ///< found by PATH unless it has a slash
};

/// @thread its container's shard
class worker_container final : public actor::incarnation, public channel_owner {
public:
  /// Descriptors of the daemon that each one holds while it runs.
  static constexpr std::uint64_t descriptors = process::supervised_process::descriptors + 1;

  worker_container(actor::host& shell, const pool_environment& environment);
  ~worker_container() override;

  // actor::incarnation
  void start() override;
  void stop() override;
  void kill() override;
  [[nodiscard]] result<void> signal_process(int number) override;
  milliseconds relieved() override;
  bool receive(actor::letter& what) override;
  [[nodiscard]] bool takes_letters() const noexcept override { return takes_letters_; }
  void noticed(const actor::notice& what) override;

  // channel_owner
  void worker_ready() override;
  void channel_ended(std::string why) override;
  void request_overdue() override;
  bool request_answered(std::uint64_t memory_bytes, bool wants_recycle) override;
  void worker_said(std::string_view level, std::string_view message) override;
  void worker_failed(std::string type,
                     std::string message,
                     std::string place,
                     std::vector<std::string> parents) override;
  void worker_takes_letters() override { takes_letters_ = true; }
  result<bool> worker_letter(const wire::worker_frame& frame) override;
  void worker_drained() override;

private:
  [[nodiscard]] result<void> launch();
  [[nodiscard]] result<void> launch_kraken(process::launch_spec spec);
  [[nodiscard]] result<void> launch_narya(process::launch_spec spec);
  [[nodiscard]] result<void> open_channel(process::launch_spec& spec);
  void forked(const result<void>& born);
  [[nodiscard]] result<void> execute_instead(const error& why);
  void process_ended(const exit_status& status);
  [[nodiscard]] bool expired(const exit_status& status) const;
  [[nodiscard]] model::cause cause_of(const exit_status& status);
  void orderly_end();
  void let_go();
  void close_letters();
  void fail_with(model::cause_kind kind, std::string message);
  void look_at_memory();
  void look_whether_stopped(bool busy);
  void watch_over();
  void follow_output() { output_.go_to(pool_->settings().output); }
  [[nodiscard]] model::worker_use use_now(bool busy) const;
  [[nodiscard]] bool judge_use(const model::worker_use& use);

  actor::host& shell_;
  const pool_environment& environment_;
  net::event_loop& loop_;
  std::shared_ptr<pool_shard> pool_;
  std::shared_ptr<const pool_settings> made_with_; ///< its limits and times are its pool's
  process::incarnation_log log_;
  std::shared_ptr<model::gauges> live_ = std::make_shared<model::gauges>();
  std::unique_ptr<process::supervised_process> process_;
  program_output output_{shell_.path(), environment_.files, worker_levels{}};
  std::unique_ptr<worker_channel> channel_;
  std::unique_ptr<bridge::letter_bridge> letters_; ///< null: a dialect without any
  std::unique_ptr<class narya_door> door_;
  std::unique_ptr<reactor::waiting> watch_;
  time_point started_{};
  time_point last_answer_{};
  std::uint64_t answered_ = 0;
  int stopped_looks_ = 0; ///< in a row
  bytes memory_used_{0};  ///< of its own, as it said with an answer or as was seen since
  model::cause why_;      ///< known before the process has ended
  bool may_fork_ = true;  ///< by the pool's template, if it has one
  bool ready_ = false;
  bool intended_ = false;    ///< stop or kill by the shell
  bool handed_over_ = false; ///< the next incarnation serves: this one finishes its request
  bool wants_out_ = false;   ///< said so itself
  bool takes_letters_ = false;
  model::recycle_verdict::act told_ = model::recycle_verdict::act::keep; ///< the shell
};

} // namespace kraken::containers
