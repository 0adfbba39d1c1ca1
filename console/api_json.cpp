// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The writing half of the admin API's JSON.
#include "console/api_json.hpp"

#include "console/detail/json.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

namespace kraken::console {

namespace {

using detail::dump;
using detail::json_value;
using detail::steady_ms;

constexpr std::size_t container_members = 27;

json_value json_of(const model::cause& why) {
  if (why.kind == model::cause_kind::none) {
    return nullptr;
  }
  return {{"kind", to_string(why.kind)},
          {"code", why.code},
          {"type", why.type},
          {"text", why.text()},
          {"message", why.message},
          {"detail", why.detail},
          {"origin", why.origin},
          {"correlation", why.correlation}};
}

/// In seconds, because each reader has a clock of its own.
double seconds_since(time_point then, time_point now) {
  const auto age = std::chrono::duration_cast<milliseconds>(now - then).count();
  return static_cast<double>(std::max<std::int64_t>(0, age)) / 1000.0;
}

json_value json_of(const model::failure_history& failures, time_point now) {
  json_value list = json_value::array();
  if (failures != nullptr) {
    for (const auto& one : *failures) {
      list.push_back({{"seconds_ago", seconds_since(one.at, now)},
                      {"generation", one.generation},
                      {"kind", to_string(one.kind)},
                      {"text", one.text},
                      {"correlation", one.correlation}});
    }
  }
  return list;
}

json_value json_of(const model::gauges& live, time_point now) {
  const std::int64_t since = live.busy_since_ms.get();
  return {{"requests", live.sum(&model::gauges::requests)},
          {"failures", live.sum(&model::gauges::failures)},
          {"busy", live.sum(&model::gauges::busy)},
          {"waiting", live.sum(&model::gauges::waiting)},
          {"memory_bytes", live.sum(&model::gauges::memory_bytes)},
          {"busy_ms", since == 0 ? 0 : std::max<std::int64_t>(0, steady_ms(now) - since)}};
}

/// Thousands of these are one answer: each member is made once, in its place.
json_value json_of(const model::container_status& c, time_point now) {
  const auto due = std::chrono::duration_cast<milliseconds>(c.next_at - now).count();
  json_value made = json_value::object();
  auto& members = made.get_ref<json_value::object_t&>();
  members.reserve(container_members);
  const auto add = [&members](const char* name, json_value value) {
    members.emplace_back(name, std::move(value));
  };
  add("path", c.path);
  add("alias", c.alias);
  add("parent", c.parent);
  add("kind", c.kind);
  add("name", c.name);
  add("state", to_string(c.in));
  add("state_number", static_cast<int>(c.in));
  add("phase", to_string(c.at));
  add("generation", c.generation);
  add("pid", c.pid);
  add("beside", to_string(c.beside));
  add("beside_pid", c.beside_pid);
  add("shard", c.shard);
  add("restarts", c.restarts);
  add("recycles", c.recycles);
  const auto budget = model::budget_of(c, now);
  add("restarts_in_window", budget.spent);
  add("intensity", budget.intensity);
  add("since_seconds", seconds_since(c.since, now));
  add("up_seconds", c.in == model::state::started ? seconds_since(c.up_since, now) : 0.0);
  auto why = json_of(*c.last_cause);
  if (!why.is_null()) {
    why["past"] = model::past_cause(c);
  }
  add("cause", std::move(why));
  add("last_failures", json_of(c.failures, now));
  add("waits_for", c.waits_for);
  add("next_action", c.next_action);
  add("next_in_ms", c.next_action.empty() ? 0 : std::max<std::int64_t>(0, due));
  add("mailbox", c.lane ? c.lane->depth.load() : 0);
  add("admitted", c.lane ? c.lane->admitted.get() : 0);
  add("rejected", c.lane ? c.lane->rejected.load() : 0);
  add("live", c.live ? json_of(*c.live, now) : json_value(nullptr));
  return made;
}

json_value json_of(const event_record& value) {
  json_value fields = json_value::object();
  for (const auto& [key, text] : value.fields) {
    fields[key] = text;
  }
  return {{"id", value.id},
          {"unix_ms", value.unix_ms},
          {"name", value.name},
          {"container", value.container},
          {"fields", std::move(fields)},
          {"unix_us", value.unix_us}};
}

json_value json_of(const log_record& value) {
  return {{"id", value.id},
          {"unix_ms", value.unix_ms},
          {"container", value.container},
          {"stream", value.stream},
          {"text", value.text}};
}

json_value json_of(const letter_record& value) {
  return {{"id", value.id},
          {"unix_ms", value.unix_ms},
          {"from", value.from},
          {"to", value.to},
          {"reason", value.reason}};
}

json_value json_of(const change_record& value) {
  json_value options = json_value::array();
  for (const option_record& each : value.options) {
    options.push_back({{"option", each.option}, {"from", each.from}, {"to", each.to}});
  }
  return {{"what", value.what},
          {"container", value.container},
          {"detail", value.detail},
          {"options", std::move(options)}};
}

template <class Record, class Make>
std::string array_text(std::span<const Record> records, Make&& make) {
  // One by one: what a record needed is used again for the next.
  std::string out = "[";
  for (const Record& record : records) {
    out += out.size() > 1 ? "," : "";
    out += dump(make(record));
  }
  return out + "]";
}

template <class Record>
std::string array_text(std::span<const Record> records) {
  return array_text(records, [](const Record& one) { return json_of(one); });
}

} // namespace

std::string to_json(const command_request& value) {
  json_value body{{"command", value.command}, {"args", value.args}, {"flags", value.flags}};
  for (const auto& text : value.values) {
    auto one = json_value::parse(text, nullptr, false);
    body["values"].push_back(one.is_discarded() ? json_value(text) : std::move(one));
  }
  return dump(body);
}

std::string to_json(const command_reply& value) {
  json_value data =
      value.data.empty() ? json_value(nullptr) : json_value::parse(value.data, nullptr, false);
  if (data.is_discarded()) {
    data = value.data;
  }
  json_value body{{"ok", value.failed == 0},
                  {"text", value.text},
                  {"changed", value.changed},
                  {"data", std::move(data)}};
  if (value.failed > 0) {
    body["failed"] = value.failed;
  }
  if (!value.warning.empty()) {
    body["warning"] = value.warning;
  }
  if (!value.hint.empty()) {
    body["hint"] = value.hint;
  }
  return dump(body);
}

std::string to_json(const api_error& value) {
  return dump(
      {{"ok", false},
       {"error",
        {{"code", to_string(value.why.code)},
         {"text",
          value.why.context.empty() ? std::string{row_of(value.why.code).text} : value.why.context},
         {"hint", value.hint}}}});
}

std::string to_json(const event_record& value) {
  return dump(json_of(value));
}

std::string to_json(const log_record& value) {
  return dump(json_of(value));
}

std::string to_json(const letter_record& value) {
  return dump(json_of(value));
}

std::string to_json(const node_record& value) {
  return dump({{"name", value.name},
               {"version", value.version},
               {"pid", value.pid},
               {"uptime_seconds", value.uptime_seconds},
               {"shards", value.shards},
               {"config_files", value.config_files},
               {"listen", value.listen}});
}

std::string to_json(std::span<const event_record> value) {
  return array_text(value);
}

std::string to_json(std::span<const log_record> value) {
  return array_text(value);
}

std::string to_json(std::span<const letter_record> value) {
  return array_text(value);
}

std::string to_json(std::span<const change_record> value) {
  return array_text(value);
}

std::string to_json(const model::container_status& value, time_point now) {
  return dump(json_of(value, now));
}

std::string to_json(const container_page& value, time_point now) {
  json_value made = json_of(value.status, now);
  json_value lines = json_value::array();
  for (const auto& each : value.output) {
    lines.push_back(json_of(each));
  }
  made["output"] = std::move(lines);
  if (!value.files.empty()) {
    made["output_files"] = value.files;
  }
  if (!value.error_files.empty()) {
    made["error_files"] = value.error_files;
  }
  return dump(made);
}

std::string to_json(std::span<const model::container_status> value, time_point now) {
  return array_text(value, [now](const auto& one) { return json_of(one, now); });
}

} // namespace kraken::console
