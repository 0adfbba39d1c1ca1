// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The daemon put together: shards, kinds, tree, admin door, signals. Wiring only; decides
/// nothing about containers.
#pragma once

#include "config/daemon_options.hpp"
#include "config/loader.hpp"
#include "containers/admin/admin_service.hpp"
#include "containers/admin/narya_status.hpp"
#include "containers/admin/token_gate.hpp"
#include "containers/admin/topology_change.hpp"
#include "containers/admin/verb_door.hpp"
#include "containers/http/http_container.hpp"
#include "containers/native/class_catalogue.hpp"
#include "containers/native/own_threads.hpp"
#include "containers/php/php_container.hpp"
#include "containers/php/pool_container.hpp"
#include "containers/php/template_container.hpp"
#include "containers/process/process_container.hpp"
#include "kraken/actor/tree.hpp"
#include "kraken/base/log.hpp"
#include "kraken/base/metric.hpp"
#include "kraken/net/event_loop.hpp"
#include "kraken/process/host/guardian.hpp"
#include "kraken/process/host/notify_socket.hpp"
#include "kraken/process/host/signal_descriptor.hpp"
#include "kraken/process/host/single_instance.hpp"
#include "kraken/process/launch/child_registry.hpp"
#include "kraken/process/output/log_board.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace kraken::runtime {

/// What the daemon is started with, read from the configuration.
struct daemon_plan {
  std::string node = "kraken";
  config::daemon_options daemon; ///< as the daemon was started with
  model::child_spec root;
  std::uint32_t shards = 0; ///< 0: one per core this process may use
  log::settings logging;
  std::string admin_socket;
  std::string admin_listen; ///< TCP, besides the socket; empty: none
  std::string admin_token;
  milliseconds stop_within = seconds{80};
  std::string spool_directory; ///< for temporary files without a name
  config::php_options php;     ///< of containers in PHP made by verbs
  std::vector<std::string> config_files;
  std::string shown_configuration = "null"; ///< JSON, secrets redacted
  std::vector<std::string> warnings;
  std::optional<config::target_choice> choice; ///< of `kraken serve TARGET`
  /// Reads the configuration again, of these files if there are any.
  std::function<result<daemon_plan>(const std::vector<std::string>& instead)> read_again;
};

/// @thread the main one: its loop handles signals and orphans, the shards have their own
class daemon {
public:
  /// @param classes  outlives the daemon
  /// @param guardian of this process; absent: it needs none
  daemon(daemon_plan plan,
         const containers::class_catalogue& classes,
         std::optional<pidfd> guardian);
  ~daemon();

  /// Runs until the tree has ended.
  /// @return the process's exit code, or why the daemon could not begin
  [[nodiscard]] result<int> run();

private:
  [[nodiscard]] result<void> prepare();
  void begin();
  [[nodiscard]] result<void> prepare_process();
  [[nodiscard]] static result<void> check_fronts(const model::child_spec& parent);
  [[nodiscard]] result<void> make_tree();
  [[nodiscard]] result<void> prepare_socket_directory() const;
  [[nodiscard]] result<net::listening_socket> bind_admin_socket();
  [[nodiscard]] result<void> bind_admin_door();
  void find_admin_socket();
  void open_admin_door();
  void prepare_admin();
  [[nodiscard]] std::vector<actor::kind> kinds();
  [[nodiscard]] result<void> make_shards();
  void start_shards();
  void dismiss_shards();
  void tell_when_ready();
  void look_whether_ready();
  void on_signal(const process::received_signal& signal);
  void read_signals();
  void stop(containers::stop_mode how);
  void tree_ended(int exit_code);
  void sweep_soon();
  void watch_guardian();
  void notify_watchdog();
  void reload(containers::reload_mode how,
              const std::vector<std::string>& files,
              containers::admin_environment::changes_done done);
  void create_project(model::force how, executor& on, const model::reply_callback& done);
  void take_over(const daemon_plan& read);
  void prepare_php();
  void prepare_verbs();
  [[nodiscard]] result<model::child_spec> spec_of(std::string_view family,
                                                  std::string_view alias,
                                                  std::string_view name,
                                                  const config::php_options* creator) const;
  void warn_of_root(const std::string& path);
  void apply(model::child_spec before,
             daemon_plan read,
             containers::admin_environment::changes changes,
             containers::admin_environment::changes_done done);
  void begin_anew(daemon_plan read,
                  containers::admin_environment::changes changes,
                  containers::admin_environment::changes_done done);
  void apply_if_it_stays(model::child_spec before,
                         daemon_plan read,
                         containers::admin_environment::changes changes,
                         containers::admin_environment::changes_done done);
  void reload_over(const std::string& text);
  void applied(const daemon_plan& read,
               containers::change_outcome outcome,
               const containers::admin_environment::changes& changes,
               const containers::admin_environment::changes_done& done);
  [[nodiscard]] std::vector<model::command> made_by_commands(std::string_view path) const;
  void change(model::command what, model::reply_callback answer);
  [[nodiscard]] std::string reloaded_so_far() const;
  [[nodiscard]] result<daemon_plan> read_again(const std::vector<std::string>& files) const;
  void measure(containers::metrics_page& page);
  [[nodiscard]] std::string turning_away() const;
  void measure_access_logs(containers::metrics_page& page);
  void measure_output_files(containers::metrics_page& page);
  void measure_pools(containers::metrics_page& page);
  void measure_output(containers::metrics_page& page);
  void open_narya_status();
  [[nodiscard]] containers::narya_numbers narya_numbers() const;
  [[nodiscard]] console::node_record node_record() const;

  daemon_plan plan_;
  const containers::class_catalogue& classes_;
  containers::own_threads own_threads_;
  time_point began_;
  net::event_loop control_;
  std::vector<std::unique_ptr<net::event_loop>> loops_;
  /// Threads are made while nothing depends on them yet, and wait for what begins.
  enum class turn : std::uint8_t { waits, begins, never };
  std::atomic<turn> turn_{turn::waits};
  std::vector<std::jthread> threads_;
  std::unique_ptr<process::end_watch> ends_ = process::end_watch::make(); ///< of what pools have
  /// Of whatever PHP runs in, where it may be had.
  std::unique_ptr<process::exit_news> news_ = process::exit_news::make(control_);
  containers::pool_registry pools_;
  process::log_board logs_;
  process::child_registry children_{process::plan_descriptors()};
  counter_board<containers::front_counters> fronts_;
  containers::doorways doors_{fronts_};
  containers::access_logs access_logs_;
  containers::output_files output_files_;
  counter_board<containers::pool_counters> pool_counters_;
  containers::template_board templates_;
  containers::pool_environment pool_environment_;
  containers::process_environment process_environment_;
  containers::http_environment http_environment_;
  containers::php_environment php_environment_;
  containers::verb_environment verb_environment_;
  containers::verb_door verbs_{verb_environment_};
  containers::admin_environment admin_environment_;
  std::optional<pidfd> guardian_;
  std::optional<process::single_instance> only_;
  std::optional<process::signal_descriptor> signals_;
  process::notify_socket manager_;
  std::unique_ptr<actor::tree> tree_;
  net::listening_socket admin_socket_;     ///< until its front listens
  net::listening_socket admin_tcp_socket_; ///< as well; without `admin.listen`: none
  net::sink_directory admin_sinks_;
  std::unique_ptr<containers::admin_service> admin_;
  std::unique_ptr<containers::narya_status> narya_;
  steady_monotonic_clock clock_;
  std::unique_ptr<containers::front> admin_front_;
  std::unique_ptr<containers::token_gate> admin_gate_;
  std::unique_ptr<containers::front> admin_tcp_front_;
  std::optional<containers::shard_watch> shards_;
  std::unique_ptr<reactor::waiting> signal_wait_;
  std::unique_ptr<reactor::waiting> sweep_wait_;
  std::unique_ptr<reactor::waiting> watchdog_wait_;
  std::unique_ptr<reactor::waiting> guardian_wait_;
  std::unique_ptr<reactor::waiting> forced_end_;
  actor::status_board::subscription ready_news_; ///< while the manager waits for it
  std::string unready_;                          ///< what does not serve yet, one of them
  bool told_ready_ = false;
  std::atomic<bool> look_asked_{false};
  std::atomic<bool> sweep_asked_{false};
  metric orphans_killed_;
  metric orphans_unknown_; ///< at the last sweep
  std::atomic<bool> stopping_{false};
  std::atomic<bool> warned_of_root_{false};
  time_point stop_asked_; ///< the first time; used on the main loop only
  std::atomic<bool> reloading_{false};
  std::string changing_;    ///< path of what a reload is at; used on the main loop only
  time_point change_began_; ///< of that
  guarded<std::map<std::string, std::vector<std::string>>> listening_; ///< by front
  guarded<std::string> shown_configuration_;
  guarded<config::php_options> php_options_;
  int exit_code_ = 0;
};

} // namespace kraken::runtime
