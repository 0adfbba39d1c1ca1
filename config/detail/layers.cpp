// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Laying environment and flags over a document.
#include "config/detail/layers.hpp"

#include "config/detail/container_options.hpp"
#include "config/detail/sections.hpp"
#include "config/kind_table.hpp"
#include "config/yaml_reader.hpp"

#include "kraken/base/nearest.hpp"
#include "kraken/model/alias.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace kraken::config::detail {

namespace {

constexpr std::string_view variable_prefix = "KRAKEN_";

/// Set by the daemon for its workers, or read by other programs of ours.
constexpr std::array<std::string_view, 6> other_variables{"KRAKEN_ALIAS",
                                                          "KRAKEN_DEBUG",
                                                          "KRAKEN_FD",
                                                          "KRAKEN_GENERATION",
                                                          "KRAKEN_LAUNCH",
                                                          "KRAKEN_VERSION"};

/// The console's name for `admin.socket`.
constexpr std::string_view socket_variable = "KRAKEN_SOCKET";

/// Calls `visit(path, container)` for every container below `container`, parents first.
template <class Node, class Visit>
void walk_containers(Node& container, const std::string& above, const Visit& visit) {
  auto* children = container.find("children");
  if (children == nullptr) {
    return;
  }
  for (auto& child : children->items) {
    const auto* id = std::as_const(child).find("id");
    const auto name = id != nullptr && id->scalar() ? id->text : std::string{};
    const auto path = model::join_path(above, name);
    visit(path, child);
    walk_containers(child, path, visit);
  }
}

struct target_map {
  node* map = nullptr;
  std::string_view rest; ///< of the path, within `map`
};

bool is_daemon_option(std::string_view head) {
  const auto keys = keys_of(daemon_section());
  return std::ranges::find(keys, head) != keys.end();
}

target_map find_target(node& document, std::string_view path) {
  if (is_daemon_option(path.substr(0, path.find('.')))) {
    return {&document, path};
  }
  if (path.starts_with("Main.") && document.find("root") == nullptr) {
    document.set("root", node::map());
  }
  // An id may have dots: the longest one that fits.
  target_map best;
  std::size_t length = 0;
  const auto consider = [&](const std::string& name, node& container) {
    if (name.size() >= length && path.size() > name.size() && path.starts_with(name) &&
        path[name.size()] == '.') {
      length = name.size();
      best = {&container, path.substr(length + 1)};
    }
  };
  if (auto* root = document.find("root")) {
    consider("Main", *root);
    walk_containers(*root, {}, consider);
  }
  return best;
}

node* step_into(node& in, std::string_view key, const place& at) {
  if (in.is == node::type::list) {
    std::size_t index = 0;
    const char* end = key.data() + key.size();
    const auto parsed = std::from_chars(key.data(), end, index);
    const bool there = parsed.ec == std::errc{} && parsed.ptr == end && index < in.items.size();
    return there ? &in.items[index] : nullptr;
  }
  if (in.scalar()) {
    return nullptr;
  }
  if (in.find(key) == nullptr) {
    node empty;
    empty.at = at;
    in.set(key, std::move(empty));
  }
  return in.find(key);
}

struct variable_target {
  std::string variable;
  std::string path;
  bool map = false; ///< `variable` is followed by `_KEY`
};

void add_variables(const section& options,
                   const std::string& prefix,
                   std::vector<variable_target>& out) {
  for (const auto& option : all_options(options)) {
    if (option.looks.is == shape::type::section) {
      continue;
    }
    const auto path = prefix + option.key;
    out.push_back({variable_of(path), path, option.looks.is == shape::type::map});
  }
}

std::vector<variable_target> variables_of(const node& document) {
  std::vector<variable_target> out;
  add_variables(daemon_section(), {}, out);
  for (const auto& one : containers_of(document)) {
    add_variables(container_section(), one.path + ".", out);
    const auto* kind = find_kind(kind_of(*one.at));
    if (kind != nullptr && kind->options() != nullptr) {
      add_variables(*kind->options(), one.path + ".", out);
    }
  }
  return out;
}

/// The path a variable stands for; empty: none.
std::string path_of_variable(std::string_view variable, const std::vector<variable_target>& known) {
  for (const auto& one : known) {
    if (variable == one.variable) {
      return one.path;
    }
    if (one.map && variable.size() > one.variable.size() + 1 &&
        variable.starts_with(one.variable + "_")) {
      return one.path + "." + std::string{variable.substr(one.variable.size() + 1)};
    }
  }
  return {};
}

} // namespace

std::vector<placed_container> containers_of(const node& document) {
  std::vector<placed_container> out;
  if (const auto* root = document.find("root")) {
    out.push_back({"Main", root});
    walk_containers(*root, {}, [&out](const std::string& path, const node& container) {
      out.push_back({path, &container});
    });
  }
  return out;
}

void put_option(node& document,
                std::string_view path,
                node value,
                std::vector<config_error>& errors) {
  const auto at = value.at;
  auto target = find_target(document, path);
  if (target.map == nullptr) {
    const auto head = path.substr(0, path.find('.'));
    auto known = keys_of(daemon_section());
    const auto containers = containers_of(document);
    for (const auto& one : containers) {
      known.emplace_back(one.path);
    }
    errors.push_back(
        {at,
         std::string{path},
         unknown_text("no option and no container '" + std::string{head} + "'", head, known)});
    return;
  }
  auto* into = target.map;
  std::string_view rest = target.rest;
  while (into != nullptr && !rest.empty()) {
    const auto dot = rest.find('.');
    const auto* before = into;
    into = step_into(*into, rest.substr(0, dot), at);
    if (into == nullptr && before->scalar()) {
      errors.push_back(
          {at,
           std::string{path},
           "cannot be set inside of '" + before->text + "' (" + before->at.text() + ")"});
      return;
    }
    rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
  }
  if (into == nullptr) {
    errors.push_back({at, std::string{path}, "no such element of the list"});
    return;
  }
  *into = std::move(value);
}

node value_of(std::string_view text, origin from, std::string_view source) {
  if (text.starts_with('[') || text.starts_with('{')) {
    auto read = read_yaml(text, from, std::string{source});
    if (read.errors.empty()) {
      return std::move(read.root);
    }
  }
  auto out = node::of_text(std::string{text});
  out.at = {from, std::make_shared<const std::string>(source), 0, 0};
  return out;
}

std::string variable_of(std::string_view path) {
  std::string out{variable_prefix};
  for (const char c : path) {
    const auto letter = static_cast<unsigned char>(c);
    out += std::isalnum(letter) != 0 ? static_cast<char>(std::toupper(letter)) : '_';
  }
  return out;
}

void put_environment(node& document,
                     const std::map<std::string, std::string>& environment,
                     std::vector<config_error>& errors,
                     std::vector<std::string>& warnings) {
  const auto known = variables_of(document);
  if (const auto socket = environment.find(std::string{socket_variable});
      socket != environment.end() && !socket->second.empty()) {
    put_option(document,
               "admin.socket",
               value_of(socket->second, origin::environment, socket_variable),
               errors);
  }
  for (const auto& [variable, text] : environment) {
    if (!variable.starts_with(variable_prefix) || variable == socket_variable ||
        std::ranges::find(other_variables, variable) != other_variables.end()) {
      continue;
    }
    const auto path = path_of_variable(variable, known);
    if (path.empty()) {
      std::vector<std::string_view> names;
      for (const auto& one : known) {
        names.emplace_back(one.variable);
      }
      warnings.push_back(variable + ": " + unknown_text("is no option", variable, names));
      continue;
    }
    put_option(document, path, value_of(text, origin::environment, variable), errors);
  }
}

void put_quick_flag(node& document,
                    std::string_view flag,
                    const std::string& text,
                    std::string_view id,
                    std::string_view kind,
                    std::string_view option,
                    std::vector<config_error>& errors) {
  std::vector<std::string> of_kind;
  std::string chosen;
  for (const auto& one : containers_of(document)) {
    if (kind_of(*one.at) == kind) {
      of_kind.push_back(one.path);
      chosen = one.path == id ? one.path : chosen;
    }
  }
  if (chosen.empty() && of_kind.size() == 1) {
    chosen = of_kind.front();
  }
  auto value = value_of(text, origin::flag, flag);
  if (chosen.empty()) {
    errors.push_back({value.at,
                      {},
                      "there is no " + std::string{kind} + " '" + std::string{id} +
                          "'; use --set ID." + std::string{option} + "=" + text});
    return;
  }
  put_option(document, chosen + "." + std::string{option}, std::move(value), errors);
}

} // namespace kraken::config::detail
