// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The Kraken framework's 27 console verbs as rows of the command table: its names, arguments,
/// flags and texts. What ours adds to it is in command_table.cpp.
#include "console/command_table.hpp"

#include <array>

namespace kraken::console {

namespace {

// Named inside, so that a unity build keeps these short names apart.
namespace framework {

using enum errc;

// Rows read as a table.
// clang-format off
constexpr std::array create_words{
  std::string_view{"CREATE_DEFAULT"}, std::string_view{"CREATE_FORCE_SOFT"},
  std::string_view{"CREATE_FORCE_HARD"}, std::string_view{"CREATE_FORCE"}};
constexpr std::array destroy_words{
  std::string_view{"DESTROY_KEEP"}, std::string_view{"DESTROY_DEFAULT"},
  std::string_view{"DESTROY_FORCE_SOFT"}, std::string_view{"DESTROY_FORCE_HARD"},
  std::string_view{"DESTROY_FORCE"}};

constexpr std::array create_flags{
  flag_row{"flags", 0, value_type::word, "FLAGS", "CREATE_DEFAULT", completion::choices,
           "what to do when the alias is taken: refuse, or replace it softly, hard, or in turn",
           false, create_words}};
constexpr std::array restart_words{
  std::string_view{"permanent"}, std::string_view{"transient"}, std::string_view{"temporary"}};
constexpr std::array child_flags{
  create_flags[0],
  flag_row{"restart", 0, value_type::word, "TYPE", "permanent", completion::choices,
           "when it is started again after its end: always, after a failure, never", false,
           restart_words}};
constexpr std::array destroy_flags{
  flag_row{"flags", 0, value_type::word, "FLAGS", "DESTROY_FORCE_SOFT", completion::choices,
           "refuse, or end it in good order, with SIGKILL, or in good order and then with SIGKILL",
           false, destroy_words}};

constexpr std::array alias_only{
  argument_row{"alias", value_type::alias, true, "", completion::containers,
               "alias or path of the container"}};
constexpr std::array parent_and_alias{
  argument_row{"parent", value_type::alias, true, "", completion::containers,
               "alias or path of the parent container"},
  argument_row{"alias", value_type::alias, true, "", completion::containers,
               "alias of the child"}};
constexpr std::array parent_alias_name{
  argument_row{"parent", value_type::alias, true, "", completion::containers,
               "alias or path of the parent container"},
  argument_row{"alias", value_type::alias, true, "", completion::none,
               "unique alias of the new container"},
  argument_row{"name", value_type::text, true, "", completion::none,
               "registered name: the class or program it runs"}};

constexpr std::array status_errors{not_found, ambiguous, timeout, unreachable, permission_denied};
constexpr std::array ping_errors{timeout, unreachable, permission_denied};
constexpr std::array create_errors{invalid_argument, not_found, ambiguous, already_exists, busy,
                                   limit_exceeded, unsupported, start_failed, timeout,
                                   unreachable, permission_denied};
constexpr std::array change_errors{not_found, ambiguous, invalid_transition, busy, canceled,
                                   start_failed, container_destroyed, timeout, unreachable,
                                   permission_denied};
constexpr std::array destroy_errors{invalid_argument, not_found, ambiguous, refused, busy, timeout,
                                    unreachable, permission_denied};

// As long as the containers take, each as its definition says.
constexpr seconds patient{0};

constexpr std::array rows{
  command_row{"project:create", "create the project's tree, from the files as they are now",
              place::daemon, {}, create_flags, subject::root, model::verb::create, {},
              "Project has been created.", "", "Project could not be created.", create_errors,
              "kraken project:create", patient},
  command_row{"project:destroy", "destroy the whole tree; the daemon stays", place::daemon, {},
              destroy_flags, subject::root, model::verb::destroy, {}, "Project has been destroyed.",
              "Project was not needed to be destroyed, because it had not existed.",
              "Project could not be destroyed.", destroy_errors, "kraken project:destroy",
              patient},
  command_row{"project:start", "start the whole tree", place::daemon, {}, {}, subject::root,
              model::verb::start_tree, {}, "Project has been started.",
              "", "Project could not be started.", change_errors,
              "kraken project:start", patient},
  command_row{"project:stop", "stop the whole tree; the daemon stays", place::daemon, {}, {},
              subject::root, model::verb::stop_tree, {}, "Project has been stopped.",
              "", "Project could not be stopped.", change_errors,
              "kraken project:stop", patient},
  command_row{"project:status", "state of every container", place::view, {}, {}, subject::root, {},
              endpoint::containers, "", "", "", status_errors, "kraken project:status"},

  command_row{"arch:start", "start a container and everything below it", place::daemon, alias_only,
              {}, subject::alias, model::verb::start_tree, {},
              "Part of architecture has been started.",
              "",
              "Part of architecture could not be started.", change_errors, "kraken arch:start web",
              patient},
  command_row{"arch:stop", "stop a container and everything below it", place::daemon, alias_only,
              {}, subject::alias, model::verb::stop_tree, {},
              "Part of architecture has been stopped.",
              "",
              "Part of architecture could not be stopped.", change_errors, "kraken arch:stop web",
              patient},
  command_row{"arch:status", "state of a container and everything below it", place::view,
              alias_only, {}, subject::alias, {}, endpoint::containers, "", "", "", status_errors,
              "kraken arch:status web"},

  command_row{"container:start", "start a container", place::daemon, alias_only, {}, subject::alias,
              model::verb::start, {}, "Runtime has been started.",
              "Runtime has been already started.", "Runtime could not be started.", change_errors,
              "kraken container:start w1", patient},
  command_row{"container:stop", "stop a container", place::daemon, alias_only, {}, subject::alias,
              model::verb::stop, {}, "Runtime has been stopped.",
              "Runtime has been already stopped.", "Runtime could not be stopped.", change_errors,
              "kraken container:stop w1", patient},
  command_row{"container:destroy", "stop and remove a container", place::daemon, alias_only, {},
              subject::alias, model::verb::destroy, {}, "Runtime has been destroyed.",
              "Runtime has been already destroyed.", "Runtime could not be destroyed.",
              destroy_errors, "kraken container:destroy w1", patient},
  command_row{"container:status", "state of one container", place::view, alias_only, {},
              subject::alias, {}, endpoint::container, "", "", "", status_errors,
              "kraken container:status w1"},

  command_row{"runtime:exists", "whether a parent has a child of this alias", place::daemon,
              parent_and_alias, {}, subject::parent_alias, {}, {}, "Runtime exists.", "",
              "Runtime does not exist.", status_errors, "kraken runtime:exists Main T1"},
  command_row{"runtime:start", "start a child", place::daemon, parent_and_alias, {},
              subject::parent_alias, model::verb::start, {}, "Runtime has been started.",
              "Runtime has been already started.", "Runtime could not be started.", change_errors,
              "kraken runtime:start Main T1"},
  command_row{"runtime:stop", "stop a child", place::daemon, parent_and_alias, {},
              subject::parent_alias, model::verb::stop, {}, "Runtime has been stopped.",
              "Runtime has been already stopped.", "Runtime could not be stopped.", change_errors,
              "kraken runtime:stop Main T1"},
  command_row{"runtime:destroy", "destroy a child", place::daemon, parent_and_alias, destroy_flags,
              subject::parent_alias, model::verb::destroy, {}, "Runtime has been destroyed.",
              "", "Runtime could not be destroyed.", destroy_errors,
              "kraken runtime:destroy Main T1"},

  command_row{"process:create", "create and start a child that is an OS process", place::daemon,
              parent_alias_name, child_flags, subject::parent_alias, model::verb::create, {},
              "Process has been created.",
              "Process has been already created.", "Process could not be created.", create_errors,
              "kraken process:create Main T1 Test\n"
              "kraken process:create Main once 'php import.php' --restart temporary"},
  command_row{"process:exists", "whether a parent has a process of this alias", place::daemon,
              parent_and_alias, {}, subject::parent_alias, {}, {}, "Process exists.", "",
              "Process does not exist.", status_errors, "kraken process:exists Main T1"},
  command_row{"process:start", "start a process", place::daemon, parent_and_alias, {},
              subject::parent_alias, model::verb::start, {}, "Runtime has been started.",
              "Runtime has been already started.", "Runtime could not be started.", change_errors,
              "kraken process:start Main T1"},
  command_row{"process:stop", "stop a process", place::daemon, parent_and_alias, {},
              subject::parent_alias, model::verb::stop, {}, "Runtime has been stopped.",
              "Runtime has been already stopped.", "Runtime could not be stopped.", change_errors,
              "kraken process:stop Main T1"},
  command_row{"process:destroy", "destroy a process", place::daemon, parent_and_alias,
              destroy_flags, subject::parent_alias, model::verb::destroy, {},
              "Process has been destroyed.",
              "Process [{alias}] was not needed to be destroyed, because it had not existed.",
              "Process could not be destroyed.", destroy_errors, "kraken process:destroy Main T1"},

  command_row{"thread:create", "create and start a child that is a thread of the daemon",
              place::daemon, parent_alias_name, child_flags, subject::parent_alias,
              model::verb::create, {}, "Thread has been created.",
              "Thread has been already created.",
              "Thread could not be created.", create_errors, "kraken thread:create Main T1 Test"},
  command_row{"thread:exists", "whether a parent has a thread of this alias", place::daemon,
              parent_and_alias, {}, subject::parent_alias, {}, {}, "Thread exists.", "",
              "Thread does not exist.", status_errors, "kraken thread:exists Main T1"},
  command_row{"thread:start", "start a thread", place::daemon, parent_and_alias, {},
              subject::parent_alias, model::verb::start, {}, "Runtime has been started.",
              "Runtime has been already started.", "Runtime could not be started.", change_errors,
              "kraken thread:start Main T1"},
  command_row{"thread:stop", "stop a thread", place::daemon, parent_and_alias, {},
              subject::parent_alias, model::verb::stop, {}, "Runtime has been stopped.",
              "Runtime has been already stopped.", "Runtime could not be stopped.", change_errors,
              "kraken thread:stop Main T1"},
  command_row{"thread:destroy", "destroy a thread", place::daemon, parent_and_alias, destroy_flags,
              subject::parent_alias, model::verb::destroy, {}, "Thread has been destroyed.",
              "Thread [{alias}] was not needed to be destroyed, because it had not existed.",
              "Thread could not be destroyed.", destroy_errors, "kraken thread:destroy Main T1"},

  command_row{"server:ping", "whether the daemon answers", place::daemon, {}, {}, subject::none, {},
              {}, "ip=127.0.0.1", "", "Server does not answer.", ping_errors, "kraken server:ping"},
};
// clang-format on

static_assert(rows.size() == 27, "the framework has 27 verbs");

} // namespace framework

} // namespace

std::span<const command_row> detail::kraken_verbs() {
  return framework::rows;
}

} // namespace kraken::console
