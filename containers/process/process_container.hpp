// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The kind `process`: any program, supervised whether it speaks our protocol or not. Sees by
/// itself when it serves and whether it still does, or is told; reports that to its container,
/// restarts nothing itself.
#pragma once

#include "containers/process/probe_watch.hpp"
#include "containers/program/program_channel.hpp"
#include "containers/program/program_output.hpp"
#include "containers/program/root_default.hpp"
#include "containers/program/silence_watch.hpp"
#include "kraken/actor/incarnation.hpp"
#include "kraken/base/unique_fd.hpp"
#include "kraken/bridge/letter_bridge.hpp"
#include "kraken/model/child_spec.hpp"
#include "kraken/process/launch/child_registry.hpp"
#include "kraken/process/launch/launch_spec.hpp"
#include "kraken/process/launch/supervised_process.hpp"
#include "kraken/process/output/log_board.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kraken::containers {

/// Of its output, kept with the cause of a failure.
inline constexpr std::size_t program_tail_bytes = 4U << 10U;

/// What the kind needs of the daemon; outlives every container.
struct process_environment {
  std::vector<net::event_loop*> shards;
  process::log_board* logs = nullptr;
  output_files* files = nullptr; ///< null: all output goes to the daemon's log
  process::child_registry* children = nullptr;
  std::function<void()> process_ended; ///< orphans may be left behind: look for them soon
  /// Of a definition that names nobody: one made at run time.
  root_default root;
};

/// @thread its container's shard
class process_container final : public actor::incarnation, public program_channel_owner {
public:
  process_container(actor::host& shell, const process_environment& environment);
  ~process_container() override;

  void start() override;
  void stop() override;
  void kill() override;
  [[nodiscard]] result<void> signal_process(int number) override;
  void resume() override;
  void updated(const model::child_spec& spec, const actor::update_hold& hold) override;
  [[nodiscard]] std::string remark_on_start() const override;
  bool receive(actor::letter& what) override;
  [[nodiscard]] bool takes_letters() const noexcept override { return letters_ != nullptr; }
  void noticed(const actor::notice& what) override;

  // program_channel_owner
  void program_ready() override;
  void program_failed(model::cause why) override;
  void program_dying(model::cause why) override;
  void program_alive() override;
  void program_said(std::string_view level, std::string_view line) override;
  result<bool> program_letter(const wire::worker_frame& frame) override;
  void program_drained() override;
  void program_channel_ended(std::string why) override;

private:
  enum class stage : std::uint8_t { starting, serving, ending };

  [[nodiscard]] process::launch_spec launch_spec() const;
  void direct_output();
  [[nodiscard]] bool speaks_kraken() const;
  void ended(const exit_status& status);

  // process_speech.cpp
  [[nodiscard]] result<void> open_channel(process::launch_spec& spec);
  void close_channel();
  void ask_for_sign();

  // process_readiness.cpp
  [[nodiscard]] result<void> open_ready_line(process::launch_spec& spec);
  void read_ready_line();
  [[nodiscard]] result<void> await_readiness();
  [[nodiscard]] result<begin_probe> look_for(model::ready_spec::mode how,
                                             const std::string& target);
  void serves();
  void watch_life();
  void await_heartbeat();
  void lost(const std::string& what);
  void stop_looking();
  void begin_to_end();
  void watch_memory();

  actor::host& shell_;
  const process_environment& environment_;
  net::event_loop& loop_;
  process::incarnation_log log_;
  std::shared_ptr<model::gauges> live_ = std::make_shared<model::gauges>();
  std::unique_ptr<process::supervised_process> process_;
  program_output output_{shell_.path(), environment_.files};
  std::unique_ptr<program_channel> channel_; ///< null: it says nothing
  std::unique_ptr<bridge::letter_bridge> letters_;
  model::cause last_words_;
  stage at_ = stage::starting;
  unique_fd ready_line_; ///< reading end of `ready: {fd: N}`
  std::unique_ptr<reactor::waiting> ready_line_wait_;
  std::unique_ptr<reactor::waiting> ready_wait_;
  std::unique_ptr<probe_watch> ready_watch_;
  std::unique_ptr<probe_watch> alive_watch_;
  std::unique_ptr<silence_watch> heartbeat_wait_;
  std::unique_ptr<reactor::waiting> sign_wait_; ///< until the next ping
  std::unique_ptr<reactor::waiting> memory_watch_;
};

} // namespace kraken::containers
