// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Rows of the command table about messages between containers, and about practising failures.
#include "console/command_table.hpp"

#include <array>

namespace kraken::console {

namespace {

// Named inside, so that a unity build keeps these short names apart.
namespace messages {

using enum errc;

// Rows read as a table.
// clang-format off
constexpr std::array reason_words{
  std::string_view{"no_such"}, std::string_view{"closed"}, std::string_view{"full"},
  std::string_view{"expired"}, std::string_view{"in_flight"}, std::string_view{"unhandled"},
  std::string_view{"node_down"}};

constexpr std::array letter_arguments{
  argument_row{"target", value_type::text, false, "", completion::containers,
               "only letters to these containers and what is below them: an alias or a glob"}};
constexpr std::array letter_flags{
  flag_row{"reason", 0, value_type::word, "REASON", "", completion::choices,
           "only letters that died of this", false, reason_words},
  flag_row{"lines", 'n', value_type::count, "N", "100", completion::none,
           "at most so many, the newest"}};

constexpr argument_row target_argument{
  "target", value_type::text, true, "", completion::containers,
  "alias, path or glob; several joined by commas"};
constexpr std::array send_arguments{
  target_argument,
  argument_row{"message", value_type::json, true, "", completion::none,
               "one JSON value, e.g. '{\"job\": 7}'; several are sent one after the other", {},
               true}};
constexpr std::array request_arguments{
  target_argument,
  argument_row{"message", value_type::json, true, "", completion::none, "one JSON value"}};
constexpr std::array command_arguments{
  target_argument,
  argument_row{"name", value_type::text, true, "", completion::none, "name of the command"},
  argument_row{"params", value_type::json, false, "", completion::none, "one JSON value"}};
constexpr flag_row text_flag{
  "text", 0, value_type::flag, "", "", completion::none,
  "messages are texts as they stand, no JSON"};
constexpr flag_row wait_flag{
  "timeout", 0, value_type::time, "TIME", "22500ms", completion::none,
  "longest silence of the target; each sign of life renews it"};
constexpr flag_row total_flag{
  "total", 0, value_type::time, "TIME", "", completion::none,
  "longest wait in all, whatever signs of life there are; then the request is taken back"};
constexpr flag_row progress_flag{
  "progress", 0, value_type::flag, "", "", completion::none,
  "show each sign of life of the target on standard error"};
constexpr std::array send_flags{text_flag};
constexpr std::array request_flags{text_flag, wait_flag, total_flag, progress_flag};

constexpr std::array send_errors{invalid_argument, not_found, ambiguous, not_started, mailbox_full,
                                 timeout, unreachable, permission_denied};
constexpr std::array request_errors{invalid_argument, not_found, ambiguous, not_started,
                                    mailbox_full, unsupported, container_failed, canceled, timeout,
                                    protocol_error, unreachable, permission_denied};
constexpr std::array letter_errors{invalid_argument, not_found, ambiguous, timeout, unreachable,
                                   permission_denied};

constexpr std::array signal_words{
  std::string_view{"SIGKILL"}, std::string_view{"SIGTERM"}, std::string_view{"SIGSEGV"},
  std::string_view{"SIGABRT"}, std::string_view{"SIGSTOP"}, std::string_view{"SIGCONT"},
  std::string_view{"SIGINT"}, std::string_view{"SIGQUIT"}, std::string_view{"SIGHUP"},
  std::string_view{"SIGUSR1"}, std::string_view{"SIGUSR2"}};
constexpr std::array victim{
  argument_row{"alias", value_type::alias, true, "", completion::containers,
               "alias or path of a container with a process"}};
constexpr std::array signal_flags{
  flag_row{"signal", 0, value_type::word, "NAME", "SIGKILL", completion::choices,
           "which signal", false, signal_words}};
constexpr std::array signal_errors{invalid_argument, not_found, ambiguous, not_started, unsupported,
                                   busy, system_error, timeout, unreachable, permission_denied};

constexpr std::array rows{
  command_row{"chaos:kill", "signal a container's process to see what its supervisor does",
              place::daemon, victim, signal_flags, subject::alias, model::verb::signal, {},
              "Signal has been sent.", "", "Signal could not be sent.", signal_errors,
              "kraken chaos:kill w1\nkraken chaos:kill w1 --signal SIGSTOP"},
  command_row{"container:send", "send messages to containers; no answer", place::daemon,
              send_arguments, send_flags, subject::none, {}, {}, "Message has been sent.",
              "Message waits for its container.", "Message could not be sent.", send_errors,
              "kraken container:send w1 '{\"job\": 7}'\n"
              "kraken container:send 'web/*' --text reload"},
  command_row{"container:request", "send a request to containers and print the answer",
              place::daemon, request_arguments, request_flags, subject::none, {}, {},
              "Request has been answered.", "", "Request has no answer.", request_errors,
              "kraken container:request w1 '[1, 2]'\n"
              "kraken container:request 'web/*' null --timeout 5s --total 1m", seconds{0},
              output_forms, unheard::taken_back},
  command_row{"container:command", "have containers carry out a command of their own",
              place::daemon, command_arguments, request_flags, subject::none, {}, {},
              "Command has been carried out.", "", "Command has no answer.", request_errors,
              "kraken container:command w1 probe '{\"do\": \"hello\"}'", seconds{0},
              output_forms, unheard::taken_back},
  command_row{"dead:list", "messages that nobody handled, each with its reason", place::view,
              letter_arguments, letter_flags, subject::none, {}, endpoint::dead_letters, "", "", "",
              letter_errors,
              "kraken dead:list\nkraken dead:list 'web/*' --reason full\n"
              "kraken dead:list -n 5 -o json"},
};
// clang-format on

} // namespace messages

} // namespace

std::span<const command_row> detail::message_verbs() {
  return messages::rows;
}

} // namespace kraken::console
