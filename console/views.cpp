// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Reads of the admin API shown as people or programs want them.
#include "console/views.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

namespace kraken::console {

namespace {

std::string arg_or_empty(const text_map& map, std::string_view key) {
  const auto found = map.find(key);
  return found == map.end() ? std::string{} : found->second;
}

view_result failure(error why) {
  return {0, {std::move(why), {}}};
}

/// The request a view makes.
api_call call_of(const invocation& asked) {
  const command_row& row = *asked.command;
  const std::string alias = arg_or_empty(asked.request.args, "alias");
  api_call call{*row.shows, {}, {}};
  switch (*row.shows) {
  case endpoint::containers:
    if (!alias.empty()) {
      call.query.emplace("under", alias);
    }
    break;
  case endpoint::container:
    call.path = alias;
    break;
  case endpoint::logs:
  case endpoint::events:
    if (!alias.empty()) {
      call.query.emplace("of", alias);
    }
    if (const auto types = arg_or_empty(asked.request.flags, "type"); !types.empty()) {
      call.query.emplace("type", types);
    }
    call.query.emplace("lines", arg_or_empty(asked.request.flags, "lines"));
    break;
  case endpoint::dead_letters:
    for (const auto& [name, value] : {std::pair{"to", arg_or_empty(asked.request.args, "target")},
                                      {"reason", arg_or_empty(asked.request.flags, "reason")},
                                      {"lines", arg_or_empty(asked.request.flags, "lines")}}) {
      if (!value.empty()) {
        call.query.emplace(name, value);
      }
    }
    break;
  case endpoint::commands:
  case endpoint::container_logs:
  case endpoint::node:
  case endpoint::config:
  case endpoint::reload:
  case endpoint::metrics:
  case endpoint::live:
  case endpoint::ready:
  case endpoint::startup:
    break;
  }
  return call;
}

using status_list = std::vector<model::container_status>;

std::string container_text(const invocation& asked, const status_list& list, surroundings& around) {
  const time_point now = around.clock.now();
  if (list.empty()) {
    around.err << "There is no project.\nTry: kraken project:create\n";
  }
  if (asked.output == form::name) {
    std::string out;
    for (const auto& container : list) {
      out += container.path + "\n";
    }
    return out;
  }
  if (asked.command->name == "tree") {
    return render_tree(list, now, around.look);
  }
  if (asked.command->name == "ps" || asked.output == form::wide) {
    return render_ps(
        list, now, asked.output == form::wide ? columns::all : columns::usual, around.look);
  }
  const bool one = asked.command->name == "container:status";
  const bool whole = asked.command->name == "project:status";
  return render_status(list,
                       one     ? status_table::container
                       : whole ? status_table::project
                               : status_table::part,
                       now,
                       around.look);
}

std::string letter_text(const invocation& asked,
                        const std::vector<letter_record>& list,
                        const surroundings& around) {
  if (asked.output != form::name) {
    const auto which = asked.output == form::wide ? columns::all : columns::usual;
    return render_letters(list, which, around.utc_offset, around.look);
  }
  std::string out;
  for (const auto& each : list) {
    out += printable(each.to) + "\n";
  }
  return out;
}

/// One record of a list or stream, in the form asked for.
result<std::string>
record_text(const invocation& asked, std::string_view json, const surroundings& around) {
  if (asked.output == form::json) {
    return std::string{json} + "\n";
  }
  if (asked.output == form::yaml) {
    return "---\n" + json_as_yaml(json);
  }
  if (asked.command->shows == endpoint::events) {
    return read_event(json).map([&](const event_record& record) {
      return asked.output == form::name ? record.name + "\n"
                                        : render_event(record, around.utc_offset, around.look);
    });
  }
  return read_log(json).map([&](const log_record& record) {
    return asked.output == form::name ? record.container + "\n"
                                      : render_log(record, around.utc_offset, around.look);
  });
}

template <class Record>
result<std::string> record_lines(const result<std::vector<Record>>& list,
                                 const invocation& asked,
                                 const surroundings& around) {
  if (!list) {
    return fail(list.error());
  }
  std::string out;
  for (const Record& record : *list) {
    auto text = record_text(asked, to_json(record), around);
    if (!text) {
      return fail(text.error());
    }
    out += *text;
  }
  return out;
}

view_result follow_records(const invocation& asked, api_transport& daemon, surroundings& around) {
  error broken;
  auto answer =
      daemon.follow({"GET", target_of(call_of(asked)), {}}, [&](const stream_event& event) {
        if (event.name == "gap") {
          around.err << "kraken: some lines were lost: " << event.data << "\n";
          return verdict::go_on;
        }
        auto text = record_text(asked, event.data, around);
        if (!text) {
          broken = text.error();
          return verdict::enough;
        }
        around.out << *text << std::flush;
        return verdict::go_on;
      });
  if (!answer) {
    return failure(answer.error());
  }
  if (answer->status != 200) {
    return {0, read_error(answer->status, answer->body)};
  }
  return failure(std::move(broken));
}

/// `{"ready": false, "reasons": [...], "notes": []}` of the lines of a health endpoint: `ok` with
/// what does not count, or the reasons against it.
std::string health_json(bool ready, std::string_view lines) {
  std::string found;
  while (!lines.empty()) {
    const auto line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    if (!ready || line != "ok") {
      found += (found.empty() ? "" : ",") + quote_json(line);
    }
  }
  return ready ? R"({"ready":true,"reasons":[],"notes":[)" + found + "]}"
               : R"({"ready":false,"reasons":[)" + found + R"(],"notes":[]})";
}

/// Metrics and health: text as it comes; a status other than 200 means no.
view_result show_text(const invocation& asked, api_transport& daemon, surroundings& around) {
  auto answer = daemon.ask({"GET", target_of(call_of(asked)), {}});
  if (!answer) {
    return failure(answer.error());
  }
  if (answer->status != 200 && answer->body.starts_with('{')) {
    return {0, read_error(answer->status, answer->body)};
  }
  const bool good = answer->status == 200;
  if (asked.output == form::json || asked.output == form::yaml) {
    const auto json = health_json(good, answer->body);
    around.out << (asked.output == form::json ? pretty_json(json) : json_as_yaml(json));
    return {good ? 0 : 1, {}};
  }
  around.out << answer->body;
  if (!answer->body.ends_with('\n')) {
    around.out << "\n";
  }
  return {good ? 0 : 1, {}};
}

result<std::string>
body_text(const invocation& asked, const std::string& body, surroundings& around) {
  if (asked.output == form::json) {
    return pretty_json(body);
  }
  if (asked.output == form::yaml) {
    return json_as_yaml(body);
  }
  const endpoint shown = *asked.command->shows;
  if (shown == endpoint::containers) {
    return read_containers(body, around.clock.now()).map([&](const status_list& list) {
      return container_text(asked, list, around);
    });
  }
  if (shown == endpoint::container) {
    return read_container_page(body, around.clock.now()).map([&](const container_page& one) {
      return asked.command->name == "inspect" && asked.output != form::name
                 ? render_page(one, around.clock.now(), around.utc_offset, around.look)
                 : container_text(asked, {one.status}, around);
    });
  }
  if (shown == endpoint::dead_letters) {
    return read_letters(body).map(
        [&](const auto& list) { return letter_text(asked, list, around); });
  }
  return shown == endpoint::events ? record_lines(read_events(body), asked, around)
                                   : record_lines(read_logs(body), asked, around);
}

} // namespace

fetched fetch(api_transport& daemon, const api_question& question) {
  auto answer = daemon.ask(question);
  if (!answer) {
    return {{}, {answer.error(), {}}};
  }
  if (answer->status != 200) {
    return {{}, read_error(answer->status, answer->body)};
  }
  return {std::move(answer->body), {}};
}

view_result show_view(const invocation& asked, api_transport& daemon, surroundings& around) {
  const endpoint shown = *asked.command->shows;
  if (row_of(shown).gives == answer::text) {
    return show_text(asked, daemon, around);
  }
  if (asked.request.flags.contains("follow")) {
    return follow_records(asked, daemon, around);
  }
  fetched got = fetch(daemon, {"GET", target_of(call_of(asked)), {}});
  if (got.failed.why.code != errc::none) {
    return {0, std::move(got.failed)};
  }
  auto text = body_text(asked, got.body, around);
  if (!text) {
    return failure(text.error());
  }
  around.out << *text;
  return {};
}

} // namespace kraken::console
