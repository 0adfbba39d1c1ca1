// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The kind `php`: a class of a PHP application in a process of its own, run by the package's
/// runner. Reports its life to its container; restarts nothing itself.
#pragma once

#include "config/php_options.hpp"
#include "containers/php/channel/php_channel.hpp"
#include "containers/php/php_message.hpp"
#include "containers/program/program_output.hpp"
#include "containers/program/root_default.hpp"
#include "containers/program/silence_watch.hpp"
#include "kraken/actor/incarnation.hpp"
#include "kraken/bridge/letter_bridge.hpp"
#include "kraken/process/launch/supervised_process.hpp"
#include "kraken/process/output/log_board.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kraken::containers {

/// The daemon's answer to a verb.
struct php_verb_reply {
  std::string text;
  std::optional<std::vector<std::string>> names; ///< of `processes:get` and its like
};

/// What containers in PHP need of the daemon; outlives every container.
struct php_environment {
  std::vector<net::event_loop*> shards;
  process::log_board* logs = nullptr;
  output_files* files = nullptr; ///< null: all output goes to the daemon's log
  process::child_registry* children = nullptr;
  process::exit_news* news = nullptr;  ///< null: the kernel tells us none
  std::function<void()> process_ended; ///< orphans may be left behind: look for them soon
  std::string package; ///< directory of the PHP package, unless the options name another
  /// Of options that name nobody.
  root_default root;
  /// Whether the daemon carries out a command of this name.
  std::function<bool(std::string_view name)> knows_verb;
  /// Carries it out for the container of this path; answers on `on`, perhaps inside the call.
  /// `runs_with` is what its process was launched with.
  std::function<void(const php_command& what,
                     std::string origin,
                     std::shared_ptr<const config::php_options> runs_with,
                     executor& on,
                     std::function<void(result<php_verb_reply>)> done)>
      verb;
};

/// @thread its container's shard
class php_container final : public actor::incarnation, public php_channel_owner {
public:
  php_container(actor::host& shell, const php_environment& environment);
  ~php_container() override;

  // actor::incarnation
  void start() override;
  void stop() override;
  void kill() override;
  [[nodiscard]] result<void> signal_process(int number) override;
  void resume() override;
  void updated(const model::child_spec& spec, const actor::update_hold& hold) override;
  bool receive(actor::letter& what) override;
  void noticed(const actor::notice& what) override;

  // php_channel_owner
  void program_ready() override;
  void program_failed(model::cause why) override;
  void program_dying(model::cause why) override;
  void program_alive() override;
  void program_said(std::string_view level, std::string_view line) override;
  result<bool> program_letter(const wire::worker_frame& frame) override;
  void program_drained() override;
  void php_commands(std::uint32_t stream, php_command what) override;
  void program_channel_ended(std::string why) override;

private:
  struct pulse {}; ///< gone when the container is: late answers are not delivered

  [[nodiscard]] result<void> launch();
  [[nodiscard]] config::php_options options_now() const;
  void process_ended(const exit_status& status);
  void fail_with(model::cause_kind kind, std::string message);
  void watch_memory();
  void watch_life();
  void ask_for_sign();

  actor::host& shell_;
  const php_environment& environment_;
  net::event_loop& loop_;
  process::incarnation_log log_;
  std::shared_ptr<const config::php_options> runs_with_;
  std::shared_ptr<model::gauges> live_ = std::make_shared<model::gauges>();
  std::shared_ptr<const pulse> pulse_ = std::make_shared<const pulse>();
  std::unique_ptr<process::supervised_process> process_;
  program_output output_{shell_.path(), environment_.files, worker_levels{}};
  std::unique_ptr<php_channel> channel_;
  std::unique_ptr<bridge::letter_bridge> letters_;
  std::unique_ptr<reactor::waiting> memory_watch_;
  std::unique_ptr<silence_watch> heartbeat_;
  std::unique_ptr<reactor::waiting> sign_wait_; ///< until the next ping
  model::cause why_;                            ///< known before the process has ended
  bool ready_ = false;
  bool intended_ = false; ///< stop or kill by the shell
  bool forced_ = false;   ///< kill by the shell
};

/// What the process is launched with.
/// @param package directory of the PHP package
/// @param name    of the container, which stands for its class
/// @thread any (pure)
[[nodiscard]] process::launch_spec
php_launch_spec(const config::php_options& options, const std::string& package, std::string name);

} // namespace kraken::containers
