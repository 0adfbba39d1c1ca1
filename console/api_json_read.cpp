// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The reading half of the admin API's JSON. Members are read by type; absent or odd ones stay at
/// their defaults, wrong shapes are errors.
#include "console/api_json.hpp"

#include "console/detail/json.hpp"
#include "console/detail/json_members.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace kraken::console {

namespace {

using detail::dump;
using detail::json_value;
using detail::number_member;
using detail::parse_json;
using detail::parse_shape;
using detail::read_list;
using detail::steady_ms;
using detail::text_member;
using detail::texts_member;
using detail::truth_member;

constexpr std::array all_causes{
    model::cause_kind::none,
    model::cause_kind::exit_normal,
    model::cause_kind::exit_code,
    model::cause_kind::signal,
    model::cause_kind::exception,
    model::cause_kind::start_error,
    model::cause_kind::start_timeout,
    model::cause_kind::timeout,
    model::cause_kind::probe,
    model::cause_kind::out_of_memory,
    model::cause_kind::protocol,
    model::cause_kind::child,
    model::cause_kind::shared_fate,
    model::cause_kind::node_down,
    model::cause_kind::recycle,
};

/// A scalar by its text: `8`, `true`, `web`.
result<std::string> scalar_text(const json_value& value, const std::string& place) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_number() || value.is_boolean()) {
    return dump(value);
  }
  return fail(errc::parse_error,
              place + ": expected a string, number or truth value, got " + value.type_name());
}

result<text_map> text_map_member(const json_value& object, const char* name) {
  text_map out;
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) {
    return out;
  }
  if (!found->is_object()) {
    return fail(errc::parse_error,
                std::string{name} + ": expected an object, got " + found->type_name());
  }
  for (const auto& [key, value] : found->items()) {
    if (value.is_null()) {
      continue;
    }
    auto text = scalar_text(value, std::string{name} + "." + key);
    if (!text) {
      return fail(text.error());
    }
    out.insert_or_assign(key, std::move(*text));
  }
  return out;
}

model::cause_kind cause_kind_of(const json_value& object) {
  const std::string kind = text_member(object, "kind");
  for (const model::cause_kind candidate : all_causes) {
    if (to_string(candidate) == kind) {
      return candidate;
    }
  }
  return model::cause_kind::none;
}

time_point moment_of(const json_value& object, const char* member, time_point now) {
  const double age = std::clamp(number_member<double>(object, member), 0.0, 1e9);
  return now - milliseconds{static_cast<std::int64_t>(age * 1000.0 + 0.5)};
}

model::failure_history failures_of(const json_value& list, time_point now) {
  model::failure_history all;
  for (const json_value& object : list) {
    if (object.is_object()) {
      all = model::with_failure(all,
                                {moment_of(object, "seconds_ago", now),
                                 number_member<std::uint64_t>(object, "generation"),
                                 cause_kind_of(object),
                                 text_member(object, "text"),
                                 number_member<std::uint64_t>(object, "correlation")});
    }
  }
  return all;
}

model::cause cause_of(const json_value& object) {
  model::cause why;
  why.kind = cause_kind_of(object);
  why.code = number_member<std::int32_t>(object, "code");
  why.type = text_member(object, "type");
  why.message = text_member(object, "message");
  why.detail = text_member(object, "detail");
  why.origin = text_member(object, "origin");
  why.correlation = number_member<std::uint64_t>(object, "correlation");
  return why;
}

std::shared_ptr<const model::gauges> gauges_of(const json_value& object, time_point now) {
  auto live = std::make_shared<model::gauges>();
  live->requests.set(number_member<std::int64_t>(object, "requests"));
  live->failures.set(number_member<std::int64_t>(object, "failures"));
  live->busy.set(number_member<std::int64_t>(object, "busy"));
  live->waiting.set(number_member<std::int64_t>(object, "waiting"));
  live->memory_bytes.set(number_member<std::int64_t>(object, "memory_bytes"));
  const auto busy = number_member<std::int64_t>(object, "busy_ms");
  live->busy_since_ms.set(busy == 0 ? 0 : steady_ms(now) - busy);
  return live;
}

result<model::container_status> container_of(const json_value& object, time_point now) {
  if (!object.is_object()) {
    return fail(errc::parse_error,
                std::string{"container: expected an object, got "} + object.type_name());
  }
  model::container_status c;
  c.path = text_member(object, "path");
  c.alias = text_member(object, "alias");
  c.parent = text_member(object, "parent");
  c.kind = text_member(object, "kind");
  c.name = text_member(object, "name");
  const std::string phase = text_member(object, "phase");
  const auto row = std::find_if(model::phase_table.begin(),
                                model::phase_table.end(),
                                [&](const model::phase_row& r) { return r.name == phase; });
  if (row == model::phase_table.end()) {
    return fail(errc::parse_error, "container " + c.path + ": unknown phase '" + phase + "'");
  }
  c.at = row->value;
  c.in = row->of;
  c.generation = number_member<std::uint64_t>(object, "generation");
  c.pid = number_member<std::int32_t>(object, "pid");
  c.beside = model::companion_of(text_member(object, "beside"));
  c.beside_pid = number_member<std::int32_t>(object, "beside_pid");
  c.shard = number_member<std::uint32_t>(object, "shard");
  c.restarts = number_member<std::uint64_t>(object, "restarts");
  c.recycles = number_member<std::uint64_t>(object, "recycles");
  c.restarts_in_window = number_member<std::uint32_t>(object, "restarts_in_window");
  c.intensity = number_member<std::uint32_t>(object, "intensity");
  c.since = moment_of(object, "since_seconds", now);
  c.up_since = moment_of(object, "up_seconds", now);
  if (const auto why = object.find("cause"); why != object.end() && why->is_object()) {
    c.last_cause = cause_of(*why);
  }
  if (const auto past = object.find("last_failures"); past != object.end() && past->is_array()) {
    c.failures = failures_of(*past, now);
  }
  c.waits_for = text_member(object, "waits_for");
  c.next_action = text_member(object, "next_action");
  c.next_at = now + milliseconds{number_member<std::int64_t>(object, "next_in_ms")};
  const auto lane = std::make_shared<model::mailbox_gauges>();
  lane->depth = number_member<std::int64_t>(object, "mailbox");
  lane->admitted.set(number_member<std::int64_t>(object, "admitted"));
  lane->rejected = number_member<std::int64_t>(object, "rejected");
  c.lane = lane;
  if (const auto live = object.find("live"); live != object.end() && live->is_object()) {
    c.live = gauges_of(*live, now);
  }
  return c;
}

result<event_record> event_of(const json_value& object) {
  if (!object.is_object()) {
    return fail(errc::parse_error,
                std::string{"event: expected an object, got "} + object.type_name());
  }
  event_record out;
  out.id = number_member<std::uint64_t>(object, "id");
  out.unix_ms = number_member<std::int64_t>(object, "unix_ms");
  out.name = text_member(object, "name");
  out.container = text_member(object, "container");
  if (const auto fields = object.find("fields"); fields != object.end() && fields->is_object()) {
    for (const auto& [key, value] : fields->items()) {
      out.fields.emplace_back(key, value.is_string() ? value.get<std::string>() : dump(value));
    }
  }
  out.unix_us = number_member<std::int64_t>(object, "unix_us");
  return out;
}

result<log_record> log_of(const json_value& object) {
  if (!object.is_object()) {
    return fail(errc::parse_error,
                std::string{"log line: expected an object, got "} + object.type_name());
  }
  return log_record{number_member<std::uint64_t>(object, "id"),
                    number_member<std::int64_t>(object, "unix_ms"),
                    text_member(object, "container"),
                    text_member(object, "stream"),
                    text_member(object, "text")};
}

} // namespace

result<command_request> read_command_request(std::string_view text) {
  auto object = parse_shape(text, json_value::value_t::object, "body");
  if (!object) {
    return fail(object.error());
  }
  command_request out;
  out.command = text_member(*object, "command");
  if (out.command.empty()) {
    return fail(errc::parse_error, "command: expected the name of a command");
  }
  auto args = text_map_member(*object, "args");
  if (!args) {
    return fail(args.error());
  }
  auto flags = text_map_member(*object, "flags");
  if (!flags) {
    return fail(flags.error());
  }
  out.args = std::move(*args);
  out.flags = std::move(*flags);
  if (const auto values = object->find("values"); values != object->end() && !values->is_null()) {
    if (!values->is_array()) {
      return fail(errc::parse_error,
                  std::string{"values: expected an array, got "} + values->type_name());
    }
    for (const json_value& each : *values) {
      out.values.push_back(dump(each));
    }
  }
  return out;
}

result<command_reply> read_command_reply(std::string_view text) {
  auto object = parse_shape(text, json_value::value_t::object, "reply");
  if (!object) {
    return fail(object.error());
  }
  command_reply out;
  out.text = text_member(*object, "text");
  out.changed = truth_member(*object, "changed", true);
  out.failed = number_member<std::uint64_t>(*object, "failed");
  out.warning = text_member(*object, "warning");
  out.hint = text_member(*object, "hint");
  if (const auto data = object->find("data"); data != object->end() && !data->is_null()) {
    out.data = dump(*data);
  }
  return out;
}

result<event_record> read_event(std::string_view text) {
  auto value = parse_json(text);
  return value ? event_of(*value) : result<event_record>{fail(value.error())};
}

result<std::vector<event_record>> read_events(std::string_view text) {
  return read_list(text, "events", event_of);
}

result<log_record> read_log(std::string_view text) {
  auto value = parse_json(text);
  return value ? log_of(*value) : result<log_record>{fail(value.error())};
}

result<std::vector<log_record>> read_logs(std::string_view text) {
  return read_list(text, "logs", log_of);
}

result<std::vector<letter_record>> read_letters(std::string_view text) {
  return read_list(text, "dead letters", [](const json_value& object) -> result<letter_record> {
    if (!object.is_object()) {
      return fail(errc::parse_error,
                  std::string{"dead letter: expected an object, got "} + object.type_name());
    }
    return letter_record{number_member<std::uint64_t>(object, "id"),
                         number_member<std::int64_t>(object, "unix_ms"),
                         text_member(object, "from"),
                         text_member(object, "to"),
                         text_member(object, "reason")};
  });
}

result<node_record> read_node(std::string_view text) {
  auto object = parse_shape(text, json_value::value_t::object, "node");
  if (!object) {
    return fail(object.error());
  }
  return node_record{text_member(*object, "name"),
                     text_member(*object, "version"),
                     number_member<std::int32_t>(*object, "pid"),
                     number_member<std::uint64_t>(*object, "uptime_seconds"),
                     number_member<std::uint32_t>(*object, "shards"),
                     texts_member(*object, "config_files"),
                     texts_member(*object, "listen")};
}

result<std::vector<change_record>> read_changes(std::string_view text) {
  return read_list(text, "changes", [](const json_value& object) -> result<change_record> {
    if (!object.is_object()) {
      return fail(errc::parse_error,
                  std::string{"change: expected an object, got "} + object.type_name());
    }
    change_record out{text_member(object, "what"),
                      text_member(object, "container"),
                      text_member(object, "detail")};
    if (const auto options = object.find("options");
        options != object.end() && options->is_array()) {
      for (const json_value& each : *options) {
        if (each.is_object()) {
          out.options.push_back(
              {text_member(each, "option"), text_member(each, "from"), text_member(each, "to")});
        }
      }
    }
    return out;
  });
}

result<container_page> read_container_page(std::string_view text, time_point now) {
  auto value = parse_json(text);
  if (!value) {
    return fail(value.error());
  }
  auto status = container_of(*value, now);
  if (!status) {
    return fail(status.error());
  }
  container_page out{std::move(*status),
                     {},
                     texts_member(*value, "output_files"),
                     texts_member(*value, "error_files")};
  if (const auto lines = value->find("output"); lines != value->end() && lines->is_array()) {
    for (const json_value& each : *lines) {
      auto line = log_of(each);
      if (!line) {
        return fail(line.error());
      }
      out.output.push_back(std::move(*line));
    }
  }
  return out;
}

result<std::vector<model::container_status>> read_containers(std::string_view text,
                                                             time_point now) {
  return read_list(
      text, "containers", [now](const json_value& object) { return container_of(object, now); });
}

api_error read_error(int http_status, std::string_view body) {
  api_error out;
  const auto object = parse_json(body);
  if (object && object->is_object()) {
    if (const auto inner = object->find("error"); inner != object->end() && inner->is_object()) {
      const std::string name = text_member(*inner, "code");
      const auto row = std::find_if(
          errc_table.begin(), errc_table.end(), [&](const errc_row& r) { return r.name == name; });
      out.why.code = row == errc_table.end() ? errc::internal : row->code;
      out.why.context = text_member(*inner, "text");
      out.hint = text_member(*inner, "hint");
      return out;
    }
  }
  const auto row = std::find_if(errc_table.begin(), errc_table.end(), [&](const errc_row& r) {
    return r.http_status == http_status;
  });
  out.why.code = row == errc_table.end() ? errc::protocol_error : row->code;
  out.why.context = "HTTP status " + std::to_string(http_status);
  if (const std::string_view line = body.substr(0, body.find('\n')); !line.empty()) {
    out.why.context += ": " + std::string{line};
  }
  return out;
}

} // namespace kraken::console
