// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Our own rows of the command table, and look-ups in all of it.
#include "console/command_table.hpp"

#include "kraken/base/limits.hpp"
#include "kraken/base/nearest.hpp"

#include <array>
#include <vector>

namespace kraken::console {

namespace {

// Named inside, so that a unity build keeps these short names apart.
namespace own {

using enum errc;

// Rows read as a table.
// clang-format off
constexpr std::array completion_shells{std::string_view{"bash"}, std::string_view{"zsh"},
                                       std::string_view{"fish"}};
constexpr std::array text_form{std::string_view{"table"}};
constexpr std::array schema_forms{std::string_view{"table"}, std::string_view{"json"}};
constexpr std::array report_forms{text_form[0], schema_forms[1], std::string_view{"yaml"}};
constexpr std::array name_forms{report_forms[0], report_forms[1], report_forms[2],
                                std::string_view{"name"}};
constexpr std::array level_words{std::string_view{"debug"}, std::string_view{"info"},
                                 std::string_view{"warn"}, std::string_view{"error"}};
constexpr std::array format_words{std::string_view{"text"}, std::string_view{"json"}};

constexpr std::array every_command_flags{
  flag_row{"output", 'o', value_type::word, "FORM", "table", completion::choices,
           "table, wide, json, yaml or name", false, output_forms},
  flag_row{"socket", 0, value_type::file, "PATH", "", completion::files,
           "admin socket of the daemon (also KRAKEN_SOCKET)"},
  flag_row{"timeout", 0, value_type::time, "TIME", "", completion::none,
           "longest wait for an answer"},
  flag_row{"help", 'h', value_type::flag, "", "", completion::none, "show help of the command"},
  flag_row{"version", 'V', value_type::flag, "", "", completion::none, "show the version"},
};

constexpr std::array serve_arguments{
  argument_row{"source", value_type::file, false, "", completion::files,
               "directory of a PHP application: its index.php runs anew for each request, without "
               "one its worker.php boots once; or a worker script"}};
constexpr flag_row config_flag{
  "config", 'c', value_type::file, "FILE", "kraken.yaml", completion::files,
  "configuration file; later files override earlier ones", true};
constexpr flag_row set_flag{"set", 0, value_type::pair, "KEY=VALUE", "", completion::none,
                            "set one option, above files and environment", true};
constexpr std::array serve_flags{
  config_flag,
  set_flag,
  flag_row{"listen", 0, value_type::text, "ADDRESS", "127.0.0.1:8888", completion::none,
           "address of the HTTP front: host:port or unix:PATH"},
  flag_row{"workers", 0, value_type::count, "N", "", completion::none, "number of PHP workers"},
  flag_row{"watch", 0, value_type::flag, "", "", completion::none,
           "replace the workers of every pool when a file of the application changes"},
  flag_row{"log-level", 0, value_type::word, "LEVEL", "info", completion::choices,
           "least level that is logged", false, level_words},
  flag_row{"log-format", 0, value_type::word, "FORM", "text", completion::choices,
           "form of the log lines", false, format_words},
};
constexpr std::array config_flags{config_flag, set_flag};
constexpr std::array validate_flags{
  config_flag, set_flag,
  flag_row{"portable", 0, value_type::flag, "", "", completion::none,
           "what the file says, on any machine and whoever asks: programs, files, users and their "
           "rights are not looked for, and who asks being root makes no difference"}};
constexpr std::array validate_arguments{
  argument_row{"file", value_type::file, false, "", completion::files,
               "configuration file, as --config; without one kraken.yaml"}};
constexpr std::array diff_flags{
  flag_row{"config", 'c', value_type::file, "FILE", "", completion::files,
           "compare with this file instead of the daemon's own; later files override earlier ones",
           true}};
constexpr std::array init_flags{
  flag_row{"force", 'f', value_type::flag, "", "", completion::none, "replace an existing file"}};
constexpr std::array record_flags{
  flag_row{"follow", 'f', value_type::flag, "", "", completion::none, "go on as it happens"},
  flag_row{"lines", 'n', value_type::count, "N", "100", completion::none,
           "how many of the past, the newest of all together"}};
constexpr std::array event_flags{
  record_flags[0], record_flags[1],
  flag_row{"type", 't', value_type::text, "NAME", "", completion::none,
           "only events of this name, or of a glob: container_held, container_*", true}};
constexpr std::array apply_flags{
  flag_row{"dry-run", 0, value_type::flag, "", "", completion::none,
           "only say what would be changed"}};
constexpr std::array stop_flags{
  flag_row{"now", 0, value_type::flag, "", "", completion::none,
           "do not wait for requests in work"},
  flag_row{"wait", 0, value_type::time, "TIME", "", completion::none,
           "until the daemon has ended, at most so long; without a time as long as it takes", false,
           {}, "0s"}};

constexpr std::array restart_flags{
  flag_row{"rolling", 0, value_type::flag, "", "", completion::none,
           "replace as planned, each successor ready first: of a pool one worker after the other; "
           "a front beside itself, so that no connection is refused or cut off"}};

constexpr std::array one_alias{
  argument_row{"alias", value_type::alias, true, "", completion::containers,
               "alias or path of the container"}};
constexpr std::array any_alias{
  argument_row{"alias", value_type::alias, false, "", completion::containers,
               "only this container and what is below it"}};
constexpr std::array some_aliases{
  argument_row{"alias", value_type::alias, false, "", completion::containers,
               "only these containers and what is below them: aliases, paths, globs", {}, true}};
constexpr std::array each_alias{
  argument_row{"alias", value_type::alias, true, "", completion::containers,
               "aliases, paths or globs of containers: one after the other, up to the first that "
               "fails",
               {}, true}};
constexpr std::array scale_arguments{
  argument_row{"alias", value_type::alias, true, "", completion::containers, "alias of the pool"},
  argument_row{"count", value_type::count, true, "", completion::none,
               "number of workers, from size.min to size.max where these differ",
               {}, false, 1, limits::pool_workers_max}};
constexpr std::array key_arguments{
  argument_row{"key", value_type::text, false, "", completion::none,
               "one option or section, e.g. admin.socket"}};
constexpr std::array file_arguments{
  argument_row{"file", value_type::file, false, "kraken.yaml", completion::files,
               "file to write"}};
constexpr std::array help_arguments{
  argument_row{"command", value_type::text, false, "", completion::commands,
               "command or family"}};
constexpr std::array shell_arguments{
  argument_row{"shell", value_type::word, true, "", completion::choices, "bash, zsh or fish",
               completion_shells}};

// A change waits for every container it concerns, each as long as its definition says.
constexpr seconds patient{0};

constexpr std::array view_errors{not_found, ambiguous, timeout, unreachable, permission_denied};
constexpr std::array event_errors{invalid_argument, not_found, ambiguous, timeout, unreachable,
                                  permission_denied};
constexpr std::array operate_errors{not_found, ambiguous, invalid_transition, busy, canceled,
                                    start_failed, unsupported, timeout, unreachable,
                                    permission_denied};
constexpr std::array scale_errors{invalid_argument, not_found, ambiguous, busy, limit_exceeded,
                                  not_started, start_failed, canceled, unsupported, timeout,
                                  unreachable, permission_denied};
constexpr std::array reload_errors{parse_error, invalid_argument, busy, conflict, start_failed,
                                   timeout, unreachable, permission_denied};
constexpr std::array daemon_errors{invalid_argument, busy, timeout, unreachable, permission_denied};
constexpr std::array serve_errors{invalid_argument, not_found, parse_error, permission_denied,
                                  conflict, already_running, internal, system_error};
constexpr std::array config_errors{invalid_argument, parse_error};
constexpr std::array explain_errors{invalid_argument, not_found, parse_error};
constexpr std::array init_errors{invalid_argument, already_exists, permission_denied, system_error};
constexpr std::array doctor_errors{invalid_argument, unsupported};
constexpr std::array word_errors{invalid_argument};

constexpr std::array rows{
  command_row{"serve", "run the daemon in the foreground", place::program, serve_arguments,
              serve_flags, subject::none, {}, {}, "", "", "", serve_errors,
              "kraken serve\nkraken serve public/ --watch\nkraken serve worker.php --workers 8\n"
              "kraken serve -c .rr.yaml", seconds{30}, text_form},
  command_row{"tree", "containers as a tree, with their states", place::view, any_alias, {},
              subject::alias, {}, endpoint::containers, "", "", "", view_errors,
              "kraken tree\nkraken tree web"},
  command_row{"ps", "containers as a table, with their numbers", place::view, any_alias, {},
              subject::alias, {}, endpoint::containers, "", "", "", view_errors,
              "kraken ps\nkraken ps -o wide"},
  command_row{"events", "what happened", place::view, some_aliases, event_flags, subject::none, {},
              endpoint::events, "", "", "", event_errors,
              "kraken events -f\nkraken events -f 'web/*' --type container_held"},
  command_row{"logs", "captured output of containers", place::view, some_aliases,
              record_flags, subject::alias, {}, endpoint::logs, "", "", "", view_errors,
              "kraken logs -f\nkraken logs w1 --lines 20\nkraken logs -f w1 'mail/*'"},
  command_row{"inspect", "everything known of one container, its last lines of output included",
              place::view, one_alias, {}, subject::alias, {}, endpoint::container, "",
              "", "", view_errors, "kraken inspect w1"},
  command_row{"restart", "stop and start containers, clearing their failure history", place::daemon,
              each_alias, restart_flags, subject::alias, model::verb::restart, {},
              "Container has been restarted.", "", "Container could not be restarted.",
              operate_errors, "kraken restart web\nkraken restart web --rolling\n"
              "kraken restart web api mailer\nkraken restart 'mail*' --rolling\n"
              "kraken restart http --rolling", patient},
  command_row{"scale", "change the number of workers of a pool", place::daemon, scale_arguments, {},
              subject::alias, model::verb::scale, {}, "Pool has been scaled.",
              "Pool has been already of this size.", "Pool could not be scaled.", scale_errors,
              "kraken scale web 8", patient},
  command_row{"reload", "read the configuration again and apply the difference", place::daemon, {},
              {}, subject::none, {}, {}, "Configuration has been reloaded.",
              "Configuration has not changed.", "Configuration could not be reloaded.",
              reload_errors, "kraken reload", patient, output_forms, unheard::goes_on},
  command_row{"stop", "stop the daemon in good order", place::daemon, {}, stop_flags, subject::none,
              {}, {}, "Daemon is stopping.", "", "Daemon could not be stopped.", daemon_errors,
              "kraken stop\nkraken stop --wait=90s\nkraken stop --now"},
  command_row{"config:validate",
              "check the configuration and what it needs of this machine, all errors at once",
              place::program, validate_arguments, validate_flags, subject::none, {}, {},
              "Configuration is valid.", "", "Configuration is not valid.", config_errors,
              "kraken config:validate next.yaml\nkraken config:validate -c kraken.yaml\n"
              "kraken config:validate --portable",
              seconds{30}, text_form},
  command_row{"config:explain", "every option with its value and where it comes from",
              place::program, key_arguments, config_flags, subject::none, {}, {}, "", "", "",
              explain_errors, "kraken config:explain\nkraken config:explain admin.socket\n"
              "kraken config:explain web -o json", seconds{30}, report_forms},
  command_row{"config:schema", "JSON Schema of kraken.yaml", place::program, {}, {}, subject::none,
              {}, {}, "", "", "", word_errors, "kraken config:schema", seconds{30}, schema_forms},
  command_row{"config:diff", "what a reload would change", place::daemon, {}, diff_flags,
              subject::none, {}, {}, "Configuration would be changed.",
              "Configuration has not changed.", "Configuration could not be compared.",
              reload_errors, "kraken config:diff\nkraken config:diff -c next.yaml"},
  command_row{"config:init", "write a first kraken.yaml", place::program, file_arguments,
              init_flags, subject::none, {}, {}, "Configuration has been written.", "",
              "Configuration could not be written.", init_errors, "kraken config:init", seconds{30},
              text_form},
  command_row{"arch:apply", "make the running tree as the configuration says: all of it or nothing",
              place::daemon, {}, apply_flags, subject::none, {}, {},
              "Architecture has been applied.", "Architecture has not changed.",
              "Architecture could not be applied.", reload_errors,
              "kraken arch:apply --dry-run\nkraken arch:apply", patient, output_forms,
              unheard::goes_on},
  command_row{"arch:check", "check the configuration as the daemon would take it", place::daemon,
              {}, {}, subject::none, {}, {}, "Architecture is valid.", "",
              "Architecture is not valid.", reload_errors, "kraken arch:check"},
  command_row{"container:restart", "stop and start a container, clearing its failure history",
              place::daemon, one_alias, {}, subject::alias, model::verb::restart, {},
              "Runtime has been restarted.", "", "Runtime could not be restarted.", operate_errors,
              "kraken container:restart w1", patient},
  command_row{"supervisor:reset", "forget the failures a container's supervisor has counted",
              place::daemon, one_alias, {}, subject::alias, model::verb::reset, {},
              "Supervisor has been reset.", "", "Supervisor could not be reset.", operate_errors,
              "kraken supervisor:reset web"},
  command_row{"metrics", "Prometheus text", place::view, {}, {}, subject::none, {},
              endpoint::metrics, "", "", "", daemon_errors, "kraken metrics", seconds{30},
              text_form},
  command_row{"health", "whether everything required is ready", place::view, {}, {}, subject::none,
              {}, endpoint::ready, "", "", "", daemon_errors,
              "kraken health\nkraken health -o json", seconds{30}, report_forms},
  command_row{"doctor", "what is missing or unwise on this machine, and what to do about it",
              place::console, {}, {}, subject::none, {}, {}, "", "", "", doctor_errors,
              "kraken doctor\nkraken doctor -o json", seconds{30}, name_forms},
  command_row{"top", "live view of all containers; ? shows its keys", place::console, {}, {},
              subject::none, {}, {}, "", "", "", daemon_errors, "kraken top", seconds{30},
              text_form},
  command_row{"shell", "read commands with completion and history", place::console, {}, {},
              subject::none, {}, {}, "", "", "", daemon_errors, "kraken shell", seconds{30},
              text_form},
  command_row{"list", "all commands", place::console, {}, {}, subject::none, {}, {}, "", "", "",
              word_errors, "kraken list\nkraken list -o json", seconds{30}, name_forms},
  command_row{"help", "help of a command", place::console, help_arguments, {}, subject::none, {},
              {}, "", "", "", word_errors, "kraken help process:create", seconds{30}, text_form},
  command_row{"completion", "completion script for a shell", place::console, shell_arguments, {},
              subject::none, {}, {}, "", "", "", word_errors,
              "source <(kraken completion bash)\nkraken completion fish | source", seconds{30},
              text_form},
};
// clang-format on

} // namespace own

/// Ours and the framework's in one piece, put together on first use.
const std::vector<command_row>& all_rows() {
  static const std::vector<command_row> all = [] {
    std::vector<command_row> joined(own::rows.begin(), own::rows.end());
    for (const auto more : {detail::message_verbs(), detail::kraken_verbs()}) {
      joined.insert(joined.end(), more.begin(), more.end());
    }
    return joined;
  }();
  return all;
}

} // namespace

std::span<const command_row> commands() {
  return all_rows();
}

std::span<const flag_row> global_flags() {
  return own::every_command_flags;
}

const command_row* find_command(std::string_view name) {
  for (const command_row& row : all_rows()) {
    if (row.name == name) {
      return &row;
    }
  }
  return nullptr;
}

result<const command_row*> require_command(std::string_view name) {
  if (const command_row* row = find_command(name)) {
    return row;
  }
  std::vector<std::string_view> names;
  for (const command_row& row : all_rows()) {
    names.push_back(row.name);
  }
  std::string text = "there is no command '" + std::string{name} + "'";
  if (const auto close = nearest(name, names)) {
    text += " (did you mean '" + std::string{*close} + "'?)";
  }
  return fail(errc::invalid_argument, std::move(text));
}

std::string_view family_of(const command_row& row) {
  const std::size_t colon = row.name.find(':');
  return colon == std::string_view::npos ? std::string_view{} : row.name.substr(0, colon);
}

std::string_view to_string(value_type type) noexcept {
  switch (type) {
  case value_type::flag:
    return "switch";
  case value_type::text:
    return "text";
  case value_type::word:
    return "word";
  case value_type::alias:
    return "alias";
  case value_type::count:
    return "number";
  case value_type::file:
    return "file";
  case value_type::time:
    return "duration";
  case value_type::pair:
    return "key=value";
  case value_type::json:
    return "JSON";
  }
  return "text";
}

std::string_view to_string(place where) noexcept {
  switch (where) {
  case place::console:
    return "console";
  case place::program:
    return "program";
  case place::daemon:
    return "daemon";
  case place::view:
    return "view";
  }
  return "console";
}

} // namespace kraken::console
