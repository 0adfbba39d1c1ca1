// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Option tables as JSON Schema.
#include "config/schema.hpp"

#include "config/detail/container_options.hpp"
#include "config/detail/sections.hpp"
#include "config/kind_table.hpp"

#include <limits>
#include <string_view>

namespace kraken::config {

namespace {

constexpr std::string_view duration_pattern = "^(0|[0-9]+(us|ms|s|m|h|d))$";
constexpr std::string_view size_pattern = "^(0|[0-9]+(B|K|M|G|KiB|MiB|GiB))$";

node schema_text(std::string_view text) {
  return node::of_text(std::string{text});
}

/// Text with a unit; a bare 0 needs none.
node schema_of_quantity(std::string_view pattern) {
  auto text = node::map();
  text.set("type", schema_text("string")).set("pattern", schema_text(pattern));
  auto zero = node::map();
  zero.set("const", node::of_number("0"));
  auto any = node::list();
  any.items = {std::move(text), std::move(zero)};
  auto out = node::map();
  out.set("anyOf", std::move(any));
  return out;
}

// Numbers are accepted as text: nobody quotes `user: 1000`.
node schema_of_text(const shape& looks) {
  auto types = node::list();
  types.items = {schema_text("string"), schema_text("number")};
  auto out = node::map();
  out.set("type", std::move(types));
  if (!looks.pattern.empty()) {
    out.set("pattern", schema_text(looks.pattern));
  }
  return out;
}

node schema_of_number(const shape& looks, const option_traits& traits) {
  auto out = node::map();
  out.set("type", schema_text(looks.is == shape::type::integer ? "integer" : "number"));
  out.set("minimum", node::of_number(std::to_string(traits.min)));
  if (traits.max != std::numeric_limits<std::int64_t>::max()) {
    out.set("maximum", node::of_number(std::to_string(traits.max)));
  }
  return out;
}

node schema_of_section(const section& what, const node& defaults);

node schema_of(const shape& looks, const option_traits& traits, const node* defaults) {
  auto out = node::map();
  switch (looks.is) {
  case shape::type::text:
    return schema_of_text(looks);
  case shape::type::truth:
    return out.set("type", schema_text("boolean"));
  case shape::type::integer:
  case shape::type::number:
    return schema_of_number(looks, traits);
  case shape::type::duration:
    return schema_of_quantity(duration_pattern);
  case shape::type::size:
    return schema_of_quantity(size_pattern);
  case shape::type::choice: {
    auto words = node::list();
    for (const auto word : looks.words) {
      words.items.push_back(schema_text(word));
    }
    return out.set("enum", std::move(words));
  }
  case shape::type::list:
    return out.set("type", schema_text("array"))
        .set("items", schema_of(looks.parts.front(), traits, nullptr));
  case shape::type::map:
    return out.set("type", schema_text("object"))
        .set("additionalProperties", schema_of(looks.parts.front(), traits, nullptr));
  case shape::type::section:
    return schema_of_section(
        *looks.inner, defaults == nullptr ? looks.inner->standard(exposure::full) : *defaults);
  case shape::type::any_of: {
    auto any = node::list();
    for (const auto& part : looks.parts) {
      any.items.push_back(schema_of(part, traits, defaults));
    }
    return out.set("anyOf", std::move(any));
  }
  }
  return out;
}

void add_properties(const section& what, const node& defaults, node& properties, node& required) {
  for (const auto& row : what.rows) {
    const auto looks = row.describe();
    if (row.key.empty()) {
      add_properties(*looks.inner, defaults, properties, required);
      continue;
    }
    const auto* standard = defaults.find(row.key);
    const bool map = standard != nullptr && standard->is == node::type::map;
    auto property = schema_of(looks, row.traits, map ? standard : nullptr);
    property.set("description", schema_text(row.traits.summary));
    if (standard != nullptr && standard->scalar() && !standard->text.empty()) {
      property.set("default", *standard);
    }
    properties.set(row.key, std::move(property));
    if (row.traits.need == presence::required) {
      required.items.push_back(schema_text(row.key));
    }
  }
}

node schema_of_object(node properties, node required) {
  auto out = node::map();
  out.set("type", schema_text("object"))
      .set("properties", std::move(properties))
      .set("additionalProperties", node::of_truth("false"));
  if (!required.items.empty()) {
    out.set("required", std::move(required));
  }
  return out;
}

node schema_of_section(const section& what, const node& defaults) {
  auto properties = node::map();
  auto required = node::list();
  add_properties(what, defaults, properties, required);
  return schema_of_object(std::move(properties), std::move(required));
}

node schema_reference(std::string_view name) {
  auto out = node::map();
  out.set("$ref", node::of_text("#/$defs/" + std::string{name}));
  return out;
}

node schema_of_children() {
  auto out = node::map();
  out.set("type", schema_text("array"))
      .set("items", schema_reference("container"))
      .set("description", schema_text("containers it supervises, in start order"));
  return out;
}

node schema_described(node what, std::string_view text) {
  what.set("description", schema_text(text));
  return what;
}

node schema_of_names(std::string_view text) {
  auto one = node::map();
  one.set("type", schema_text("string"));
  auto many = node::map();
  many.set("type", schema_text("array")).set("items", one);
  auto forms = node::list();
  forms.items = {std::move(one), std::move(many)};
  auto out = node::map();
  out.set("anyOf", std::move(forms));
  return schema_described(std::move(out), text);
}

node schema_of_map(std::string_view text) {
  auto out = node::map();
  out.set("type", schema_text("object"));
  return schema_described(std::move(out), text);
}

/// A container whose options are somewhere else: `key` says where.
node schema_with(std::string_view key) {
  auto required = node::list();
  required.items.push_back(schema_text(key));
  auto out = node::map();
  out.set("type", schema_text("object")).set("required", std::move(required));
  return out;
}

node schema_of_kind(const kind_row& kind) {
  auto type = node::map();
  type.set("const", schema_text(kind.name)).set("description", schema_text(kind.summary));
  auto properties = node::map();
  auto required = node::list();
  properties.set("type", std::move(type));
  const auto defaults = standard_container(kind.name);
  add_properties(detail::container_section(), defaults, properties, required);
  if (const auto* options = kind.options()) {
    add_properties(*options, defaults, properties, required);
    required.items.push_back(schema_text("type"));
  } else {
    required.items.push_back(schema_text("children"));
  }
  properties.set("extends", schema_of_names("templates it takes options from, a later one wins"))
      .set("context", schema_of_map("values for `%inherited.NAME%` of the containers below"));
  if (kind.children == offspring::declared) {
    properties.set("children", schema_of_children());
  }
  if (kind.start != start_words::none) {
    required.items.push_back(schema_text("start"));
  }
  return schema_of_object(std::move(properties), std::move(required));
}

node schema_of_root() {
  auto out = schema_of_kind(*find_kind("supervisor"));
  std::erase_if(out.entries, [](const node::entry& one) { return one.key == "required"; });
  auto* id = out.find("properties")->find("id");
  *id = node::map();
  id->set("const", schema_text("Main"));
  return out;
}

} // namespace

std::string json_schema() {
  auto kinds = node::list();
  auto definitions = node::map();
  for (const auto& kind : config::kinds()) {
    kinds.items.push_back(schema_reference(kind.name));
    definitions.set(kind.name, schema_of_kind(kind));
  }
  kinds.items.push_back(schema_with("extends"));
  kinds.items.push_back(schema_with("include"));
  auto container = node::map();
  container.set("anyOf", std::move(kinds));
  definitions.set("container", std::move(container));

  const auto& daemon = detail::daemon_section();
  auto body = schema_of_section(daemon, daemon.standard(exposure::full));
  body.find("properties")
      ->set("root", schema_of_root())
      .set("include", schema_of_names("files this one is laid over; globs; relative to this file"))
      .set("templates", schema_of_map("options by name, for `extends`"))
      .set("vars", schema_of_map("values for `%vars.NAME%`"));
  auto out = node::map();
  out.set("$schema", schema_text("https://json-schema.org/draft/2020-12/schema"))
      .set("title", schema_text("kraken.yaml"))
      .set("description", schema_text("Generated by kraken-generate from the option tables"));
  for (auto& each : body.entries) {
    out.set(each.key, std::move(each.value));
  }
  out.set("$defs", std::move(definitions));
  return to_json_text(out, 1) + "\n";
}

} // namespace kraken::config
