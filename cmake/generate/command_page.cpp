// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The reference page of commands, and the endpoints in the page of the admin API.
#include "pages.hpp"

#include "console/api_table.hpp"
#include "console/help.hpp"
#include "console/request.hpp"

#include <cctype>
#include <set>

namespace kraken::generate {

namespace {

using console::command_row;

std::string code(std::string_view text) {
  return "`" + std::string{text} + "`";
}

template <class Row>
std::string value_cell(const Row& row) {
  std::string out{to_string(row.type)};
  if (!row.choices.empty()) {
    out.clear();
    for (const std::string_view choice : row.choices) {
      out += (out.empty() ? "" : ", ") + code(choice);
    }
  }
  return out;
}

std::string default_cell(std::string_view fallback) {
  return fallback.empty() ? "" : code(fallback);
}

std::string where_line(const command_row& row) {
  switch (row.runs) {
  case console::place::console:
    return "Carried out by the console; needs no daemon.";
  case console::place::program:
    return "Carried out by `kraken-runtime`.";
  case console::place::daemon:
    return "Carried out by the daemon: `POST " +
           std::string{row_of(console::endpoint::commands).pattern} + "`.";
  case console::place::view:
    return "Shows `" + std::string{row_of(*row.shows).method} + " " +
           std::string{row_of(*row.shows).pattern} + "`.";
  }
  return {};
}

std::string values_tables(const command_row& row) {
  std::string out;
  if (!row.arguments.empty()) {
    out += "\n| argument | value | default | meaning |\n|---|---|---|---|\n";
    for (const auto& argument : row.arguments) {
      out += "| " + code(argument.name) + (argument.repeatable ? " (repeatable)" : "") +
             (argument.required ? "" : " (optional)") + " | " + value_cell(argument) + " | " +
             default_cell(argument.fallback) + " | " + cell(argument.summary) + " |\n";
    }
  }
  if (!row.flags.empty()) {
    out += "\n| flag | value | default | meaning |\n|---|---|---|---|\n";
    for (const auto& flag : row.flags) {
      std::string name = flag.brief != 0 ? code(std::string{"-"} + flag.brief) + ", " : "";
      name += code("--" + std::string{flag.name});
      out += "| " + name + (flag.repeatable ? " (repeatable)" : "") + " | " + value_cell(flag) +
             " | " + default_cell(flag.fallback) + " | " + cell(flag.summary) + " |\n";
    }
  }
  return out;
}

std::string texts(const command_row& row) {
  std::string out;
  const auto add = [&out](std::string_view label, std::string_view text) {
    if (!text.empty()) {
      out += "- " + std::string{label} + ": " + code(text) + "\n";
    }
  };
  add("done", row.success);
  add("so already", row.unchanged);
  add("failed", row.failure);
  std::set<int> seen;
  std::string exits = "0";
  for (const errc one : row.errors) {
    seen.insert(row_of(one).exit_code);
  }
  for (const int exit_code : seen) {
    exits += ", " + std::to_string(exit_code);
  }
  if (row.forms.size() < console::output_forms.size()) {
    std::string forms;
    for (const auto form : row.forms) {
      forms += (forms.empty() ? "" : ", ") + code(form);
    }
    out += "- output: " + forms + "\n";
  }
  if (row.runs == console::place::daemon || row.runs == console::place::view) {
    out += "- longest wait: " + console::longest_wait(row) + "\n";
  }
  return "\n" + out + "- exit codes: " + exits + "\n";
}

std::string section(const command_row& row) {
  std::string summary{row.summary};
  summary[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(summary[0])));
  std::string out = "\n## " + std::string{row.name} + "\n" + summary + ".\n" + where_line(row) +
                    "\n\n```\n" + usage_of(row) + "\n```\n";
  out += values_tables(row) + texts(row);
  return out + "\n```sh\n" + std::string{row.examples} + "\n```\n";
}

} // namespace

page commands_page() {
  std::string text = page_head("Commands",
                               "`console/command_table.cpp`, "
                               "`console/message_verbs.cpp` and `console/kraken_verbs.cpp`");
  text += "`kraken COMMAND` asks the daemon behind the admin socket. Exit codes: 0 done, 1 failed, "
          "2 usage, 3 not found,\n4 no daemon, 5 conflict; all of them in [errors.md](errors.md).\n"
          "\n| flag of every command | value | default | meaning |\n|---|---|---|---|\n";
  for (const auto& flag : console::global_flags()) {
    std::string name = flag.brief != 0 ? code(std::string{"-"} + flag.brief) + ", " : "";
    name += code("--" + std::string{flag.name});
    const bool waits = flag.name == "timeout";
    text += "| " + name + " | " + value_cell(flag) + " | " +
            (waits ? std::string{console::some_wait} : default_cell(flag.fallback)) + " | " +
            cell(flag.summary) + (waits ? "; *longest wait* of the command is the default" : "") +
            " |\n";
  }
  for (const command_row& row : console::commands()) {
    text += section(row);
  }
  return {"docs/reference/commands.md", std::move(text)};
}

result<page> admin_api_page(std::string_view text) {
  constexpr std::string_view begin = "<!-- generated by kraken-generate: endpoints -->\n";
  constexpr std::string_view end = "<!-- end -->";
  const std::size_t from = text.find(begin);
  const std::size_t to = text.find(end, from == std::string_view::npos ? 0 : from);
  if (from == std::string_view::npos || to == std::string_view::npos) {
    return fail(errc::not_found,
                "docs/reference/admin-api.md: no block '" +
                    std::string{begin.substr(0, begin.size() - 1)} + "'");
  }
  std::string table = "| request | answer | query | meaning |\n|---|---|---|---|\n";
  for (const auto& row : console::endpoints()) {
    std::string query;
    for (const auto& parameter : row.query) {
      query += (query.empty() ? "" : ", ") + code(parameter.name);
    }
    const char* gives = row.gives == console::answer::json             ? "JSON"
                        : row.gives == console::answer::json_or_stream ? "JSON or SSE"
                                                                       : "text";
    table += "| " + code(std::string{row.method} + " " + std::string{row.pattern}) + " | " + gives +
             " | " + query + " | " + cell(row.summary) + " |\n";
  }
  return page{"docs/reference/admin-api.md",
              std::string{text.substr(0, from + begin.size())} + table +
                  std::string{text.substr(to)}};
}

} // namespace kraken::generate
