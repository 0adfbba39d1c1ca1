// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// From a command line to its output: local commands, the daemon's program, commands, views.
#include "console/run.hpp"

#include "console/api_json.hpp"
#include "console/carry_out.hpp"
#include "console/completion.hpp"
#include "console/failure.hpp"
#include "console/help.hpp"
#include "console/lost_socket.hpp"
#include "console/views.hpp"
#include "kraken/model/alias.hpp"

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <system_error>

namespace kraken::console {

namespace {

/// Says what went wrong and what to type next.
/// @param sentence what could not be done; may be empty
int report(const invocation& asked,
           const api_error& failed,
           std::string_view sentence,
           surroundings& around) {
  const errc code = failed.why.code;
  const std::string_view command = asked.command != nullptr ? asked.command->name : "";
  const std::string alias =
      asked.command != nullptr ? subject_of(*asked.command, asked.request) : std::string{};
  const std::string hint = failed.hint.empty() ? next_command(code, command, alias) : failed.hint;
  if (asked.output == form::json) {
    around.err << to_json(api_error{failed.why, hint}) << "\n";
    return row_of(code).exit_code;
  }
  around.err << failure_text(sentence, failed.why, hint);
  return row_of(code).exit_code;
}

int report(const invocation& asked, const api_error& failed, surroundings& around) {
  return report(asked, failed, asked.command != nullptr ? asked.command->failure : "", around);
}

int report(const invocation& asked, error why, surroundings& around) {
  return report(asked, api_error{std::move(why), {}}, around);
}

/// The command a faulty line meant, for the hint: its first word that names one.
const command_row* meant_by(std::span<const std::string> words) {
  for (const std::string& word : words) {
    if (const command_row* row = find_command(word)) {
      return row;
    }
  }
  return nullptr;
}

int show_help(std::string_view topic, surroundings& around) {
  if (topic.empty()) {
    around.out << help_text();
    return 0;
  }
  if (const std::string family = family_help(topic); !family.empty()) {
    around.out << family;
    return 0;
  }
  auto row = require_command(topic);
  if (!row) {
    return report(invocation{}, row.error(), around);
  }
  around.out << help_text(**row);
  return 0;
}

/// @return 1 when something is missing, like any command that failed
int examine(const invocation& asked, surroundings& around) {
  if (!around.look_at_machine) {
    return report(asked, error{errc::unsupported, "there is no machine to look at"}, around);
  }
  const auto findings = diagnose(around.look_at_machine(asked));
  if (asked.output == form::json) {
    around.out << pretty_json(to_json(findings));
  } else if (asked.output == form::yaml) {
    around.out << json_as_yaml(to_json(findings));
  } else if (asked.output == form::name) {
    for (const auto& each : findings) {
      around.out << (each.level == severity::good ? "" : each.check + "\n");
    }
  } else {
    around.out << render_findings(findings, around.look);
  }
  return std::ranges::count(findings, severity::problem, &finding::level) == 0 ? 0 : 1;
}

int run_here(const invocation& asked, surroundings& around) {
  if (asked.command->name == "top" || asked.command->name == "shell") {
    return around.interact
               ? around.interact(asked, around)
               : report(asked, error{errc::unsupported, "there is no terminal"}, around);
  }
  if (asked.command->name == "doctor") {
    return examine(asked, around);
  }
  const text_map& args = asked.request.args;
  if (asked.command->name == "list") {
    around.out << (asked.output == form::json   ? pretty_json(list_json())
                   : asked.output == form::yaml ? json_as_yaml(list_json())
                                                : list_text());
    return 0;
  }
  if (asked.command->name == "help") {
    const auto topic = args.find("command");
    return show_help(topic == args.end() ? "" : topic->second, around);
  }
  auto script = completion_script(args.find("shell")->second);
  if (!script) {
    return report(asked, script.error(), around);
  }
  around.out << *script;
  return 0;
}

int become_program(const invocation& asked, surroundings& around) {
  std::vector<std::string> arguments;
  if (asked.command->name != "serve") {
    // `config:validate` is `kraken-runtime --config-validate`.
    std::string mode = "--" + std::string{asked.command->name};
    std::replace(mode.begin(), mode.end(), ':', '-');
    arguments.push_back(std::move(mode));
  }
  if (!asked.socket.empty()) { // given before the command
    arguments.push_back("--socket=" + asked.socket);
  }
  if (asked.output != form::table) {
    arguments.push_back("--output=" +
                        std::string{output_forms.at(static_cast<std::size_t>(asked.output))});
  }
  arguments.insert(arguments.end(), asked.words.begin(), asked.words.end());
  return report(asked, api_error{around.become_program(arguments), "kraken help serve"}, around);
}

/// An answer of a container is its value alone, so that a program can read it.
std::string reply_text(const command_reply& reply) {
  if (reply.text.empty()) {
    return reply.data.empty() ? "null\n" : pretty_json(reply.data);
  }
  std::string out = printable(reply.text) + "\n";
  if (!reply.data.empty()) {
    const auto changes = read_changes(reply.data);
    const bool all =
        changes && std::ranges::none_of(*changes, &std::string::empty, &change_record::what);
    out += all ? render_changes(*changes) : pretty_json(reply.data);
  }
  return out;
}

/// `-o name` of a command: those it was for, as they were named; of a glob those it has meant.
std::string names_text(const invocation& asked, const command_reply& reply) {
  const auto target = asked.request.args.find("target");
  auto names = words_between_commas(target == asked.request.args.end()
                                        ? subject_of(*asked.command, asked.request)
                                        : target->second);
  if (std::ranges::any_of(names, model::is_glob) && !reply.data.empty()) {
    if (const auto changes = read_changes(reply.data)) {
      names.clear();
      for (const auto& each : *changes) {
        names.push_back(each.container);
      }
    }
  }
  std::string out;
  for (const auto& each : names) {
    out += each + "\n";
  }
  return out;
}

/// The hint of a door that this user may not open has the door's name: root's own is another one.
/// Who looks for a daemon that has lost its door is told how that comes back.
int report(const invocation& asked, api_error failed, api_transport& daemon, surroundings& around) {
  if (failed.why.code == errc::permission_denied && failed.hint.empty() &&
      !daemon.socket().empty()) {
    failed.hint = "sudo kraken --socket=" + std::string{daemon.socket()} + " " +
                  std::string{asked.command->name};
  }
  if (failed.why.code == errc::unreachable && failed.hint.empty()) {
    if (const auto lives = daemon_without_socket(std::string{daemon.socket()})) {
      failed.hint = "kill -HUP " + std::to_string(*lives) +
                    " (that daemon lives: it makes the file of its socket anew)";
    }
  }
  if (failed.why.code == errc::timeout && failed.hint.empty()) { // no other command is answered
    const auto silent = daemon.process();
    failed.hint = silent ? "ps -o pid,stat,etime,args -p " + std::to_string(silent->pid()) +
                               " (the daemon; T in STAT: it is stopped)"
                         : "kraken doctor";
  }
  return report(asked, failed, around);
}

/// `stop --wait`: the daemon's process is looked up before it is asked to end.
int stop_and_wait(const invocation& asked, api_transport& daemon, surroundings& around) {
  const auto process = daemon.process();
  if (!process) {
    return report(asked, {process.error(), {}}, daemon, around);
  }
  const fetched got = carry_out(asked, daemon, around);
  if (got.failed.why.code != errc::none) {
    return report(asked, got.failed, daemon, around);
  }
  const auto within = parse_duration(asked.request.flags.at("wait"));
  if (const auto ended = wait_for_end(*process, within.value_or(milliseconds{0})); !ended) {
    return report(asked, api_error{ended.error(), "kraken stop --now"}, around);
  }
  around.out << "Daemon has stopped.\n";
  return 0;
}

int send_command(const invocation& asked, api_transport& daemon, surroundings& around) {
  if (asked.request.flags.contains("wait")) {
    return stop_and_wait(asked, daemon, around);
  }
  const fetched got = carry_out(asked, daemon, around);
  if (got.unanswered) {
    return report(asked, got.failed, "", around);
  }
  if (got.failed.why.code != errc::none) {
    return report(asked, got.failed, daemon, around);
  }
  auto reply = read_command_reply(got.body);
  if (!reply) {
    return report(asked, reply.error(), around);
  }
  if (!reply->warning.empty()) {
    around.err << printable("warning: " + reply->warning) << "\n";
  }
  if (!reply->hint.empty()) {
    around.err << printable("hint: " + reply->hint) << "\n";
  }
  const int exit_code = reply->failed == 0 ? 0 : row_of(errc::container_failed).exit_code;
  if (asked.output == form::json || asked.output == form::yaml) {
    around.out << (asked.output == form::json ? pretty_json(got.body) : json_as_yaml(got.body));
    return exit_code;
  }
  if (asked.output == form::name) {
    around.out << names_text(asked, *reply);
    return exit_code;
  }
  around.out << reply_text(*reply);
  return exit_code;
}

/// The daemon reads the files that are named here, and has another working directory.
invocation with_whole_names(invocation asked) {
  for (const auto& flag : asked.command->flags) {
    const auto given = asked.request.flags.find(flag.name);
    if (flag.type != value_type::file || given == asked.request.flags.end()) {
      continue;
    }
    std::string whole;
    for (std::string_view rest = given->second; !rest.empty();) {
      const auto name = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), name.size() + 1));
      std::error_code failed; // then it stays as it is
      const auto path = std::filesystem::absolute(name, failed).lexically_normal();
      whole += (whole.empty() ? "" : ",") + path.string();
    }
    given->second = std::move(whole);
  }
  return asked;
}

int run_command(const invocation& asked, surroundings& around) {
  if (asked.command->runs == place::console) {
    return run_here(asked, around);
  }
  if (asked.command->runs == place::program) {
    return become_program(asked, around);
  }
  const std::unique_ptr<api_transport> daemon = around.connect(asked);
  if (asked.command->runs == place::daemon) {
    return send_command(with_whole_names(asked), *daemon, around);
  }
  const view_result shown = show_view(asked, *daemon, around);
  return shown.failed.why.code == errc::none ? shown.exit_code
                                             : report(asked, shown.failed, *daemon, around);
}

} // namespace

int run(std::span<const std::string> words, surroundings& around) {
  auto asked = parse_arguments(words);
  if (!asked) {
    invocation faulty;
    faulty.output = form_meant(words);
    const command_row* row = meant_by(words);
    api_error failed{asked.error(),
                     row == nullptr ? "kraken list" : "kraken help " + std::string{row->name}};
    return report(faulty, failed, around);
  }
  if (asked->wants == wish::version) {
    around.out << "kraken " << around.version << "\n";
    return 0;
  }
  if (asked->command == nullptr) {
    return show_help("", around);
  }
  if (asked->wants == wish::help) {
    return show_help(asked->command->name, around);
  }
  return run_command(*asked, around);
}

} // namespace kraken::console
