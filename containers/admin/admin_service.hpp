// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The admin API behind an HTTP front: reads come from the status board and log board at once,
/// commands go to the tree and are answered when it has. The endpoints are
/// console/api_table's, the commands console/command_table's. Listens nowhere itself.
#pragma once

#include "console/api_json.hpp"
#include "console/api_table.hpp"
#include "containers/admin/command_answers.hpp"
#include "containers/admin/event_streams.hpp"
#include "containers/admin/letter_door.hpp"
#include "containers/admin/metrics_page.hpp"
#include "containers/admin/shard_watch.hpp"
#include "containers/admin/verb_door.hpp"
#include "kraken/actor/tree.hpp"
#include "kraken/net/event_loop.hpp"
#include "kraken/net/exchange.hpp"
#include "kraken/process/output/log_board.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kraken::containers {

enum class reload_mode : std::uint8_t { compare, apply };
enum class stop_mode : std::uint8_t { orderly, now };

/// What the API needs of the daemon; outlives the service.
struct admin_environment {
  using changes = std::vector<console::change_record>;
  using changes_done = std::function<void(result<changes>)>;

  actor::tree* tree = nullptr;
  const verb_door* verbs = nullptr;
  process::log_board* logs = nullptr;
  /// Adds the files that the output of a container goes to, or of what is below it; may be empty.
  std::function<void(console::container_page&)> output_files;

  std::function<console::node_record()> node;
  std::function<std::string()> configuration; ///< JSON
  /// Answers on the service's loop.
  /// @param files  absolute names, to compare with in place of the daemon's own; may be empty
  std::function<void(reload_mode, const std::vector<std::string>& files, changes_done)> reload;
  command_answers::situation reloaded_so_far; ///< empty text: there is nothing to tell
  std::function<void(stop_mode)> stop;
  std::function<void(metrics_page&)> measure; ///< adds what only others know
  std::function<bool()> stopping;
  std::function<std::string()> turning_away; ///< fronts that do so, a line each; may be empty
  const shard_watch* shards = nullptr;
};

/// @thread its loop's
class admin_service final : public net::request_sink {
public:
  admin_service(net::event_loop& loop, const admin_environment& environment);
  ~admin_service() override;

  void
  submit(net::exchange& from, const wire::request_facts& facts, net::retry_policy retry) override;
  void abandon(net::exchange& from) override;
  void resume(net::exchange& from) override;

  /// Ends every stream, so that a drain of the front can finish.
  void end_streams();

private:
  struct record_range {
    std::uint64_t after = 0; ///< only records with a greater number
    std::uint64_t lines = 0; ///< the newest of them
    bool stream = false;
  };

  struct asker {
    answer_form form = answer_form::whole;
    std::string origin;
  };

  void
  answer_call(net::exchange& from, const console::api_call& call, const wire::request_facts& facts);
  void show_containers(net::exchange& from, const console::api_call& call);
  void show_container(net::exchange& from, const console::api_call& call);
  void show_records(net::exchange& from,
                    const console::api_call& call,
                    const wire::request_facts& facts);
  void show_events(net::exchange& from, record_filter wanted, record_range range);
  void show_lines(net::exchange& from, record_filter wanted, record_range range);
  void show_letters(net::exchange& from, const console::api_call& call);
  void show_health(net::exchange& from, console::endpoint which);
  void show_metrics(net::exchange& from);
  void command(net::exchange& from, const wire::request_facts& facts);
  void carry_out(net::exchange& from, const console::command_request& wanted, const asker& by);
  struct turns;
  /// The paths that an alias or a glob means.
  /// @error errc::not_found, errc::ambiguous
  [[nodiscard]] result<std::vector<std::string>> containers_of(const std::string& name) const;
  void begin_turns(net::exchange& from, const console::command_request& wanted, const asker& by);
  void take_turn(const std::shared_ptr<turns>& all);
  void reload(net::exchange& from, const console::command_request& wanted, const asker& by);
  void note(const console::command_row& row, const asker& by);
  void letter(net::exchange& from, const console::command_request& wanted, answer_form form);
  [[nodiscard]] command_answers::situation situation_of(std::string target) const;
  [[nodiscard]] std::string name_in_doubt(const console::command_row& row,
                                          const console::command_request& wanted) const;

  static void respond(net::exchange& to,
                      int status,
                      std::string_view type,
                      std::string_view body,
                      std::string_view allow = {});
  static void respond_error(net::exchange& to,
                            const error& why,
                            std::string_view command,
                            std::string_view alias);
  static void
  respond_not_routed(net::exchange& to, const error& why, const wire::request_head& head);

  net::event_loop& loop_;
  const admin_environment& environment_;
  letter_door letters_;
  command_answers answers_;
  event_streams streams_;
};

} // namespace kraken::containers
