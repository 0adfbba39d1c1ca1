// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The OpenAPI 3.0 description of the admin API, made of the endpoint and command tables.
#include "pages.hpp"

#include "console/api_json.hpp"
#include "console/api_table.hpp"
#include "console/command_table.hpp"

#include <vector>

#include <nlohmann/json.hpp>

namespace kraken::generate {

namespace {

using json_value = nlohmann::ordered_json;
using console::answer;
using console::command_row;
using console::endpoint_row;
using console::value_type;

json_value reference(const char* schema) {
  return {{"$ref", std::string{"#/components/schemas/"} + schema}};
}

template <class Row>
json_value value_schema(const Row& row) {
  json_value out{{"type", "string"}, {"description", row.summary}};
  if (row.type == value_type::count) {
    out["pattern"] = "^[0-9]+$";
  } else if (row.type == value_type::flag) {
    out["enum"] = {"true", "false"};
  } else if (!row.choices.empty()) {
    out["enum"] = row.choices;
  }
  if (!row.fallback.empty()) {
    out["default"] = row.fallback;
  }
  return out;
}

template <class Row>
json_value values_schema(std::span<const Row> rows) {
  json_value out{{"type", "object"}, {"additionalProperties", false}};
  for (const Row& row : rows) {
    if (row.type == value_type::json) {
      continue; // in `values`
    }
    out["properties"][std::string{row.name}] = value_schema(row);
    if constexpr (requires { row.required; }) {
      if (row.required) {
        out["required"].push_back(row.name);
      }
    }
  }
  return out;
}

json_value command_schema(const command_row& row) {
  json_value out{{"type", "object"}, {"description", row.summary}};
  out["required"] = json_value::array({"command"});
  out["properties"] = {{"command", {{"type", "string"}, {"enum", json_value::array({row.name})}}},
                       {"args", values_schema(row.arguments)},
                       {"flags", values_schema(row.flags)}};
  for (const auto& argument : row.arguments) {
    if (argument.type == value_type::json) {
      out["properties"]["values"] = {
          {"type", "array"}, {"description", argument.summary}, {"items", json_value::object()}};
    }
    if (argument.required) {
      out["required"] = json_value::array({"command", "args"});
    }
  }
  return out;
}

json_value object_schema(const std::vector<std::pair<const char*, json_value>>& members) {
  json_value out{{"type", "object"}};
  for (const auto& [name, schema] : members) {
    out["properties"][name] = schema;
  }
  return out;
}

/// Types of the members of what our own JSON writer makes: the sample is the schema.
json_value schema_of(const json_value& sample) {
  switch (sample.type()) {
  case json_value::value_t::object: {
    json_value out{{"type", "object"}};
    for (const auto& [name, member] : sample.items()) {
      out["properties"][name] = schema_of(member);
    }
    return out;
  }
  case json_value::value_t::array:
    return {{"type", "array"},
            {"items", sample.empty() ? json_value::object() : schema_of(sample.front())}};
  case json_value::value_t::boolean:
    return {{"type", "boolean"}};
  case json_value::value_t::number_float:
    return {{"type", "number"}};
  case json_value::value_t::number_integer:
  case json_value::value_t::number_unsigned:
    return {{"type", "integer"}};
  case json_value::value_t::null:
  case json_value::value_t::string:
  case json_value::value_t::binary:
  case json_value::value_t::discarded:
    break;
  }
  return {{"type", "string"}};
}

json_value container_schema() {
  const virtual_clock clock;
  model::container_status sample;
  model::cause why;
  why.kind = model::cause_kind::exit_normal;
  sample.last_cause = why;
  sample.failures = model::with_failure(nullptr, {});
  sample.live = std::make_shared<model::gauges>();
  json_value out =
      schema_of(json_value::parse(console::to_json(sample, clock.now()), nullptr, false));
  out["properties"]["cause"]["nullable"] = true;
  out["properties"]["live"]["nullable"] = true;
  return out;
}

json_value schemas() {
  json_value command{{"oneOf", json_value::array()}};
  for (const command_row& row : console::commands()) {
    if (row.runs == console::place::daemon) {
      command["oneOf"].push_back(command_schema(row));
    }
  }
  const console::event_record event{1, 1, "", "", {}};
  json_value event_schema = schema_of(json_value::parse(console::to_json(event), nullptr, false));
  event_schema["properties"]["fields"] = {{"type", "object"},
                                          {"additionalProperties", {{"type", "string"}}}};
  const console::log_record line{1, 1, "", "", ""};
  const console::letter_record letter{1, 1, "", "", ""};
  const console::node_record node{"", "", 1, 1, 1, {""}, {""}};
  json_value codes = json_value::array();
  for (const errc_row& row : errc_table) {
    if (row.code != errc::none) {
      codes.push_back(row.name);
    }
  }
  return {{"Command", std::move(command)},
          {"Reply",
           object_schema({{"ok", {{"type", "boolean"}}},
                          {"text", {{"type", "string"}}},
                          {"changed", {{"type", "boolean"}}},
                          {"failed", {{"type", "integer"}}},
                          {"warning", {{"type", "string"}}},
                          {"hint", {{"type", "string"}}},
                          {"data", {{"nullable", true}}}})},
          {"Error",
           object_schema({{"ok", {{"type", "boolean"}}},
                          {"error",
                           object_schema({{"code", {{"type", "string"}, {"enum", codes}}},
                                          {"text", {{"type", "string"}}},
                                          {"hint", {{"type", "string"}}}})}})},
          {"Container", container_schema()},
          {"Event", std::move(event_schema)},
          {"LogLine", schema_of(json_value::parse(console::to_json(line), nullptr, false))},
          {"DeadLetter", schema_of(json_value::parse(console::to_json(letter), nullptr, false))},
          {"Node", schema_of(json_value::parse(console::to_json(node), nullptr, false))}};
}

json_value list_of(const char* schema) {
  return {{"type", "array"}, {"items", reference(schema)}};
}

json_value answer_schema(const endpoint_row& row) {
  switch (row.value) {
  case console::endpoint::commands:
  case console::endpoint::reload:
    return reference("Reply");
  case console::endpoint::containers:
    return list_of("Container");
  case console::endpoint::container:
    return {
        {"allOf",
         {reference("Container"),
          object_schema({{"output", list_of("LogLine")},
                         {"output_files", {{"type", "array"}, {"items", {{"type", "string"}}}}},
                         {"error_files", {{"type", "array"}, {"items", {{"type", "string"}}}}}})}}};
  case console::endpoint::container_logs:
  case console::endpoint::logs:
    return list_of("LogLine");
  case console::endpoint::events:
    return list_of("Event");
  case console::endpoint::dead_letters:
    return list_of("DeadLetter");
  case console::endpoint::node:
    return reference("Node");
  case console::endpoint::config:
    return {{"type", "object"}};
  case console::endpoint::metrics:
  case console::endpoint::live:
  case console::endpoint::ready:
  case console::endpoint::startup:
    break;
  }
  return {{"type", "string"}};
}

json_value parameters(const endpoint_row& row) {
  json_value out = json_value::array();
  if (row.pattern.find("{path}") != std::string_view::npos) {
    out.push_back({{"name", "path"},
                   {"in", "path"},
                   {"required", true},
                   {"description", "alias or path of a container, '/' written as %2F"},
                   {"schema", {{"type", "string"}}}});
  }
  for (const auto& parameter : row.query) {
    out.push_back({{"name", parameter.name},
                   {"in", "query"},
                   {"description", parameter.summary},
                   {"schema", {{"type", "string"}}}});
  }
  return out;
}

json_value operation(const endpoint_row& row) {
  const char* media = row.gives == answer::text ? "text/plain" : "application/json";
  json_value content{{media, {{"schema", answer_schema(row)}}}};
  if (row.gives == answer::json_or_stream) {
    content["text/event-stream"] = {{"schema", {{"type", "string"}}}};
  }
  json_value out{{"summary", row.summary}};
  if (json_value list = parameters(row); !list.empty()) {
    out["parameters"] = std::move(list);
  }
  if (row.value == console::endpoint::commands) {
    out["requestBody"] = {{"required", true},
                          {"content", {{"application/json", {{"schema", reference("Command")}}}}}};
  }
  out["responses"]["200"] = {{"description", "done"}, {"content", std::move(content)}};
  if (row.gives == answer::text) {
    out["responses"]["503"] = {{"description", "not so; one reason per line"}};
  } else {
    out["responses"]["default"] = {
        {"description", "an error; its status is that of its code"},
        {"content", {{"application/json", {{"schema", reference("Error")}}}}}};
  }
  return out;
}

} // namespace

page openapi_page(std::string_view version) {
  json_value document{
      {"openapi", "3.0.3"},
      {"info",
       {{"title", "Kraken admin API"},
        {"version", version},
        {"description", "Generated by kraken-generate. See admin-api.md."},
        {"license", {{"name", "BSD-3-Clause"}}}}},
      {"servers",
       json_value::array({{{"url", "http://kraken"}, {"description", "over the unix socket"}}})}};
  for (const endpoint_row& row : console::endpoints()) {
    const char* method = row.method == "POST" ? "post" : "get";
    document["paths"][std::string{row.pattern}][method] = operation(row);
  }
  document["components"]["schemas"] = schemas();
  return {"docs/reference/openapi.json", document.dump(2) + "\n"};
}

} // namespace kraken::generate
