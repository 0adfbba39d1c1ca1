// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The names of log events, each with its level and one sentence: the source of
/// docs/reference/events.md. tests/tidy refuses a logged name that has no row here.
#pragma once

#include "kraken/base/log.hpp"

#include <array>
#include <string_view>

namespace kraken::log {

struct event_row {
  std::string_view name;
  level at;
  std::string_view text;
};

// Rows read as a table.
// clang-format off
inline constexpr std::array event_table{
  event_row{"accept_failed", level::error, "no descriptor or memory for a client: turned away"},
  event_row{"access_log_drops", level::warn, "lines of an access log are lost, continuing"},
  event_row{"access_log_not_opened", level::error, "its lines are lost until it can be"},
  event_row{"access_log_not_reopened", level::error, "an access log could not be opened anew"},
  event_row{"access_log_resumes", level::info, "an access log takes its lines again"},
  event_row{"admin_door_closed", level::error, "the admin socket could not be opened"},
  event_row{"admin_socket_made_anew", level::warn, "its file was gone; found at a reload"},
  event_row{"admin_socket_missing", level::error, "its file is gone and could not be made anew"},
  event_row{"answer_not_spooled", level::warn, "a slow client holds its worker, continuing"},
  event_row{"body_not_stored", level::error, "a large request body met a full disk, say: 503"},
  event_row{"code_changed", level::info, "watched files changed; a pool's workers are replaced"},
  event_row{"code_refused", level::error, "changed code does not boot; what serves goes on"},
  event_row{"code_taken", level::info, "every worker of a pool runs the changed code"},
  event_row{"configuration", level::warn, "a warning about the configuration, continuing"},
  event_row{"container_cause", level::error, "detail of a failure: standard error, trace"},
  event_row{"container_failed", level::error, "an incarnation ended or failed unasked"},
  event_row{"container_handler_threw", level::error, "code of a container threw an exception"},
  event_row{"container_predecessor_ended", level::info, "a replaced incarnation has ended"},
  event_row{"container_ready", level::info, "an incarnation serves"},
  event_row{"container_replaced", level::info, "the next incarnation has taken over as planned"},
  event_row{"daemon_died", level::error, "told by its guardian, which ended what it had left"},
  event_row{"daemon_ended", level::info, "everything has ended; the exit code follows"},
  event_row{"daemon_started", level::info, "the daemon begins to start its tree"},
  event_row{"daemon_stopping", level::info, "the daemon was told to stop"},
  event_row{"dead_letter", level::warn, "a message nobody handled; `untold`: others of the reason"},
  event_row{"drain_threw", level::warn, "code of a container threw while draining, continuing"},
  event_row{"failed_again", level::warn, "a container failed while a failure is dealt with"},
  event_row{"front_socket_made_anew", level::warn, "its file was gone; found at a reload"},
  event_row{"guardian_died", level::error, "the guardian was killed: the daemon ends too"},
  event_row{"incarnation_survived_kill", level::error, "a process did not end after SIGKILL"},
  event_row{"kill_threw", level::warn, "code of a container threw when killed, continuing"},
  event_row{"listen_failed", level::error, "an address could not be listened on"},
  event_row{"listening", level::info, "an address takes connections"},
  event_row{"log_lines_lost", level::error, "log lines that could not be written"},
  event_row{"log_not_reopened", level::error, "the log file could not be opened anew"},
  event_row{"message_unexpected", level::error, "an actor got a message it does not know"},
  event_row{"message_unreadable", level::warn, "a message is not of the type its handler takes"},
  event_row{"orphans_killed", level::warn, "processes without a container were ended"},
  event_row{"output", level::info, "a line a container's process wrote"},
  event_row{"output_dropped", level::warn, "a container wrote more lines than the limit allows"},
  event_row{"output_file_drops", level::warn, "lines of a program's file are lost, continuing"},
  event_row{"output_file_not_opened", level::error, "a program's lines go to this log instead"},
  event_row{"output_file_not_renewed", level::error, "a file for output could not be opened anew"},
  event_row{"output_file_resumes", level::info, "a program's file takes its lines again"},
  event_row{"own_thread_returned", level::warn, "a thread that was stuck has ended"},
  event_row{"own_thread_stuck", level::error, "a container is gone, its thread still runs"},
  event_row{"plugin_loaded", level::info, "the classes of a library are known by name"},
  event_row{"pool_does_not_boot", level::error, "no worker of a pool boots; it goes on trying"},
  event_row{"pool_grows", level::info, "a pool adds a worker because requests wait"},
  event_row{"pool_has_no_room", level::warn, "file descriptors do not suffice for the workers"},
  event_row{"pool_keeps_workers", level::warn, "a replacement failed; the others are not replaced"},
  event_row{"pool_renews_on", level::info, "a new definition has proven good; some lack it"},
  event_row{"pool_shrinks", level::info, "a pool ends a worker because it is idle"},
  event_row{"reload_refused", level::error, "a configuration was not taken; nothing has changed"},
  event_row{"reload_taken_back", level::error, "part of a change failed; back to what was"},
  event_row{"reloaded", level::info, "a changed configuration is in force"},
  event_row{"replacement_failed", level::warn, "a next incarnation failed; the old one serves on"},
  event_row{"reply_callback_threw", level::error, "the receiver of a command's answer threw"},
  event_row{"restart_budget_spent", level::error, "a child failed too often for its supervisor"},
  event_row{"root_gave_up", level::error, "the root's budget is spent: the daemon ends"},
  event_row{"runtime_manager_threw", level::error, "the runtime manager caught an exception"},
  event_row{"service_manager_unreachable", level::warn, "systemd cannot be notified, continuing"},
  event_row{"shard_silent", level::error, "a thread is held up, and all containers on it"},
  event_row{"shard_turns_again", level::warn, "a thread that was held up goes on"},
  event_row{"shutdown_timeout", level::warn, "a container did not stop in time and is killed"},
  event_row{"slab_damaged", level::warn, "a worker scribbled in it; all of it are killed"},
  event_row{"slab_not_made", level::warn, "requests go by sockets, continuing"},
  event_row{"solver_failed", level::warn, "a local rule's solver was refused or had no result"},
  event_row{"spool_not_usable", level::warn, "large request bodies will be refused, continuing"},
  event_row{"start_waits", level::info, "an ordered start waits for one child to be ready"},
  event_row{"stop_cut_short", level::warn, "a PHP container did not end its stop by itself"},
  event_row{"stop_deadline", level::warn, "the tree did not stop in time and is killed"},
  event_row{"stop_threw", level::warn, "code of a container threw when stopped; it is killed"},
  event_row{"sweep_failed", level::warn, "orphans could not be looked for, continuing"},
  event_row{"target_chosen", level::info, "what `kraken serve TARGET` serves, and why"},
  event_row{"template_not_created", level::warn, "a pool has no template: workers are executed"},
  event_row{"template_refused", level::warn, "forking is not safe; workers are executed"},
  event_row{"template_warns", level::warn, "a template has something all workers would share"},
  event_row{"tree_left_behind", level::error, "the tree could not be ended in good order"},
  event_row{"tree_not_ready", level::error, "the tree did not start"},
  event_row{"tree_ready", level::info, "every container of the tree serves"},
  event_row{"watch_incomplete", level::warn, "changes of some files will not be seen"},
  event_row{"worker_not_created", level::warn, "a pool could not add a worker, continuing"},
  event_row{"worker_not_forked", level::warn, "the template could not; the worker is executed"},
};
// clang-format on

} // namespace kraken::log
