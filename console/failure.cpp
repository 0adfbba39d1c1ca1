// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The words of a failure.
#include "console/failure.hpp"

#include "console/render.hpp"

namespace kraken::console {

namespace {

bool reads_configuration(std::string_view command) {
  return command == "reload" || command == "arch:apply" || command == "config:diff";
}

} // namespace

std::string next_command(errc code, std::string_view command, std::string_view alias) {
  const std::string of_alias = alias.empty() ? std::string{} : " " + std::string{alias};
  using enum errc;
  if ((code == invalid_argument || code == parse_error) && reads_configuration(command)) {
    return "kraken arch:check"; // the mistake is in the files that the daemon has
  }
  switch (code) {
  case unreachable:
    return "kraken serve";
  case invalid_argument:
  case unsupported:
    return command.empty() ? "kraken list" : "kraken help " + std::string{command};
  case parse_error:
    return "kraken config:validate";
  case not_found:
  case ambiguous:
  case container_destroyed:
    return "kraken tree";
  case already_exists:
  case invalid_transition:
  case conflict:
  case busy:
  case not_started:
    return alias.empty() ? "kraken ps" : "kraken inspect" + of_alias;
  case start_failed:
    if (command.ends_with(":create")) { // nothing is left that could be asked
      return "kraken events -n 20";
    }
    return "kraken logs" + of_alias;
  case container_failed:
    return "kraken logs" + of_alias;
  case restart_intensity_exceeded:
    return alias.empty() ? "kraken tree" : "kraken supervisor:reset" + of_alias;
  case timeout:
  case canceled:
  case mailbox_full:
  case limit_exceeded:
    return "kraken ps";
  case already_running:
    return "kraken health";
  case permission_denied:
    return "sudo kraken " + std::string{command.empty() ? "tree" : command};
  case none:
  case refused:
  case protocol_error:
  case system_error:
  case internal:
    break;
  }
  return "kraken events";
}

std::string failure_text(std::string_view sentence, const error& why, std::string_view next) {
  constexpr std::string_view label = "Reason: ";
  std::string_view reason = why.context.empty() ? row_of(why.code).text : why.context;
  std::string out;
  if (!sentence.empty() && sentence != reason) {
    out.append(sentence).append("\n");
  }
  out.append(label);
  for (auto end = reason.find('\n'); end != std::string_view::npos; end = reason.find('\n')) {
    out.append(printable(reason.substr(0, end))).append("\n").append(label.size(), ' ');
    reason.remove_prefix(end + 1);
  }
  out.append(printable(reason)).append(" (").append(to_string(why.code)).append(")\n");
  return out.append("Try: ").append(printable(next)).append("\n");
}

} // namespace kraken::console
