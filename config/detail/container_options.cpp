// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Reading and printing containers.
#include "config/detail/container_options.hpp"

#include "config/daemon_options.hpp"
#include "config/detail/sections.hpp"
#include "config/kind_table.hpp"
#include "config/pool_options.hpp"
#include "config/process_options.hpp"

#include "kraken/base/limits.hpp"
#include "kraken/base/words.hpp"
#include "kraken/model/alias.hpp"
#include "kraken/model/restart_window.hpp"

#include <algorithm>
#include <memory>

namespace kraken::config {

namespace {

constexpr std::string_view root_id = "Main";

constexpr bool has_requests(std::string_view kind) {
  return kind == "http" || kind == "pool";
}

// A pool is a supervisor of equals: its workers start together and one bad worker must not take
// the front down with it.
model::child_spec standard_spec(std::string_view kind) {
  model::child_spec out;
  out.kind = kind;
  if (has_requests(kind)) {
    out.shutdown.time = time_to_finish(stop_options{}.deadline);
  }
  // Whoever has its port may leave; nothing else has to end for that.
  if (kind == "http") {
    out.on_give_up = model::give_up::retry;
  }
  if (kind == "pool") {
    out.on_give_up = model::give_up::park;
    out.supervise.start = model::start_order::parallel;
  }
  return out;
}

/// What has been found wrong in one container so far.
struct own_faults {
  reader& in; ///< at the container
  const std::vector<config_error>& errors;
  std::size_t before; ///< of which so many are of others

  /// Whether reading found a mistake in the option, or below it.
  [[nodiscard]] bool misread(std::string_view option) const {
    const auto wanted = in.path() + "." + std::string{option};
    return std::any_of(errors.begin() + static_cast<std::ptrdiff_t>(before),
                       errors.end(),
                       [&wanted](const config_error& one) {
                         return one.path.starts_with(wanted) && (one.path.size() == wanted.size() ||
                                                                 one.path[wanted.size()] == '.');
                       });
  }
};

bool is_given(const node& from, std::string_view outer, std::string_view inner) {
  const auto* section = from.find(outer);
  return section != nullptr && section->find(inner) != nullptr;
}

std::string_view kind_or_fault(const node& from, reader& in) {
  // Where a template is not known, children alone do not tell.
  const auto kind = from.partial && from.find("type") == nullptr ? "" : kind_of(from);
  if (const auto* row = find_kind(kind)) {
    return row->name;
  }
  std::vector<std::string_view> known;
  std::string names;
  for (const auto& row : kinds()) {
    known.push_back(row.name);
    names.append(names.empty() ? "" : ", ").append(row.name);
  }
  const auto* given = from.find("type");
  const reader::inside here{in, "type"};
  if (given == nullptr) {
    if (from.partial) {
      return {};
    }
    in.fault(from.at, "is missing: one of " + names);
  } else {
    in.fault(
        given->at,
        unknown_text("no kind '" + std::string{kind} + "' (kinds: " + names + ")", kind, known));
  }
  return {};
}

/// `start: php worker.php` is `[php, worker.php]`: words between blanks, quotes hold them together.
void split_start(model::child_spec& spec, const node& from, reader& in) {
  const auto* start = from.find("start");
  if (start == nullptr || spec.start.size() != 1 ||
      find_kind(spec.kind)->start != start_words::program || start->is == node::type::list) {
    return;
  }
  const reader::inside here{in, "start"};
  if (auto words = split_words(spec.start.front())) {
    spec.start = std::move(*words);
  } else {
    in.fault(start->at, words.error().context);
  }
}

void check_start(const model::child_spec& spec, const node& from, reader& in) {
  const auto* start = from.find("start");
  const bool runs = find_kind(spec.kind)->start == start_words::program;
  const reader::inside here{in, "start"};
  if (runs && (spec.start.empty() || spec.start.front().empty())) {
    in.fault(start == nullptr ? from.at : start->at,
             "is missing: program and arguments, such as [php, worker.php]");
  }
}

bool is_php(std::string_view program) {
  return program.substr(program.rfind('/') + 1).starts_with("php");
}

void check_php_memory(const model::child_spec& spec, const node& from, reader& in) {
  const auto* pool = dynamic_cast<const pool_spec_options*>(spec.options.get());
  const auto* given = from.find("memory_limit");
  if (pool == nullptr || given == nullptr || pool->values.memory_limit == bytes{0}) {
    return;
  }
  const reader::inside here{in, "memory_limit"};
  if (pool->values.memory_limit < php_memory_min) {
    in.fault(given->at, "must be at least " + to_string(php_memory_min) + ", or 0");
  }
  if (pool->values.carrier == worker_carrier::program && !spec.start.empty() &&
      !is_php(spec.start.front())) {
    in.fault(given->at,
             "is PHP's: `start` has to begin with php, got '" + spec.start.front() + "'");
  }
}

/// A program that says nothing cannot say that it is ready, or alive.
void check_speech(const model::child_spec& spec, const node& from, const own_faults& found) {
  if (spec.kind != "process" || found.misread("speaks") || found.misread("ready")) {
    return;
  }
  for (const auto& [option, text] : unsaid_by_program(spec)) {
    const auto* given = from.find(option);
    if (given != nullptr && !found.misread(option)) {
      const reader::inside here{found.in, option};
      found.in.fault(given->at, std::string{text});
    }
  }
}

/// A class has one name: `start: Test`, or `name: Test`.
void check_class(model::child_spec& spec, const node& from, reader& in) {
  if (find_kind(spec.kind)->start != start_words::class_name) {
    return;
  }
  if (spec.start.empty() && !spec.name.empty()) {
    spec.start = {spec.name};
  }
  const auto* start = from.find("start");
  const reader::inside here{in, "start"};
  if (spec.start.size() != 1 || spec.start.front().empty()) {
    in.fault(start == nullptr ? from.at : start->at,
             spec.start.size() > 1 ? "expected one class name; arguments are `args`"
                                   : "is missing: the name of a class, such as Test");
    return;
  }
  if (spec.name.empty()) {
    spec.name = spec.start.front();
  }
}

/// Where an option `a.b` was written; as near to it as anything was.
place place_of(const node& from, std::string_view option) {
  const auto* at = &from;
  while (!option.empty()) {
    const auto key = option.substr(0, option.find('.'));
    const auto* next = at->find(key);
    if (next == nullptr) {
      break;
    }
    at = next;
    option.remove_prefix(std::min(option.size(), key.size() + 1));
  }
  return at->at;
}

/// What it alone can find, but where an option it looks at has been found wrong already.
void check_spec(const model::child_spec& spec, const node& from, const own_faults& found) {
  const auto fine = model::check(spec);
  if (fine || from.partial) {
    return;
  }
  const std::string_view said = fine.error().context; // begins with the option
  const auto option = said.substr(0, said.find(": "));
  const bool follows = found.misread(option.substr(0, option.find('.'))) ||
                       (option == "significant" && found.misread("restart"));
  if (!follows) {
    found.in.fault(place_of(from, option), fine.error().context);
  }
}

/// What is only wrong because of the parent.
void check_in_place(const model::supervise_spec& parent,
                    const model::child_spec& child,
                    const std::string& path,
                    const node& from,
                    std::vector<config_error>& errors) {
  if (const auto placed = model::check_place(parent, child); !placed) {
    reader in{errors};
    const reader::inside here{in, model::join_path(path, child.id)};
    const auto* given = from.find("significant");
    in.fault(given == nullptr ? from.at : given->at, placed.error().context);
  }
}

std::vector<model::child_spec> read_children(const node& from,
                                             const std::string& path,
                                             const model::supervise_spec& parent,
                                             std::vector<config_error>& errors) {
  std::vector<model::child_spec> out;
  const auto* children = from.find("children");
  if (children == nullptr || children->is == node::type::null) {
    return out;
  }
  reader in{errors};
  const reader::inside here{in, path.empty() ? std::string{root_id} : path};
  const reader::inside there{in, "children"};
  if (children->is != node::type::list) {
    in.fault(children->at, "expected a list of containers");
    return out;
  }
  if (model::depth_of(path) + 2 > limits::tree_depth_max) {
    in.fault(children->at,
             "the tree is deeper than " + std::to_string(limits::tree_depth_max) + " levels");
    return out;
  }
  for (const auto& each : children->items) {
    const auto before = errors.size();
    auto child = read_container(each, path, errors);
    const auto same = std::ranges::find(out, child.id, &model::child_spec::id);
    if (same != out.end() && !child.id.empty()) {
      in.fault(each.at, "two containers have the id '" + child.id + "'");
    }
    if (errors.size() == before) {
      check_in_place(parent, child, path, each, errors);
    }
    out.push_back(std::move(child));
  }
  return out;
}

model::child_spec read_spec(const node& from,
                            std::string_view kind,
                            std::span<const std::string_view> elsewhere,
                            reader& in) {
  auto spec = standard_spec(kind);
  std::vector<bound_section> into{{&detail::container_section(), &spec}};
  const auto* row = find_kind(kind);
  const auto* rows = row == nullptr ? nullptr : row->options();
  const auto values = rows == nullptr ? nullptr : row->values();
  if (values != nullptr) {
    into.push_back({rows, values->object()});
  }
  read_sections(into, from, elsewhere, in);
  spec.options = values == nullptr ? nullptr : values->keep();
  const auto* pool = dynamic_cast<const pool_spec_options*>(spec.options.get());
  if (pool != nullptr && !is_given(from, "supervise", "intensity")) {
    spec.supervise.intensity = model::pool_intensity(pool->values.size.max);
  }
  return spec;
}

} // namespace

milliseconds time_to_finish(milliseconds whole) noexcept {
  return std::max(milliseconds{1}, whole - whole / 4);
}

void give_time_to_finish(node& parent, milliseconds whole) { // NOLINT(misc-no-recursion): depth
  auto* children = parent.find("children");
  for (std::size_t i = 0; children != nullptr && i < children->items.size(); ++i) {
    auto& child = children->items[i];
    if (has_requests(kind_of(child)) && child.find("shutdown") == nullptr) {
      child.set("shutdown", node::of_text(to_string(time_to_finish(whole))));
    }
    give_time_to_finish(child, whole);
  }
}

std::string_view kind_of(const node& container) {
  const auto* type = container.find("type");
  if (type != nullptr) {
    return type->scalar() ? std::string_view{type->text} : std::string_view{};
  }
  return container.find("children") != nullptr ? "supervisor" : std::string_view{};
}

model::child_spec
read_container(const node& from, const std::string& path, std::vector<config_error>& errors) {
  const auto* id = from.find("id");
  const auto name = id != nullptr && id->scalar() ? id->text : std::string{"?"};
  const auto own_path = model::join_path(path, name);
  reader in{errors};
  const reader::inside here{in, own_path};
  if (from.is != node::type::map) {
    in.fault(from.at, "expected a container: a map with id, type and its options");
    return {};
  }
  const auto before = errors.size();
  const auto kind = kind_or_fault(from, in);
  if (kind.empty()) {
    model::child_spec unknown; // without a kind its options cannot be told from mistakes
    unknown.id = id == nullptr ? std::string{} : name;
    if (from.partial) {
      unknown.supervise.ends = model::auto_shutdown::any_significant; // whatever they are
      unknown.children = read_children(from, own_path, unknown.supervise, errors);
    }
    return unknown;
  }
  auto spec = read_spec(from, kind, detail::container_keys, in);
  split_start(spec, from, in);
  if (!from.partial) { // else it may have what is missed
    check_start(spec, from, in);
    check_class(spec, from, in);
    check_php_memory(spec, from, in);
    check_speech(spec, from, {in, errors, before});
  }
  if (find_kind(kind)->children == offspring::none && from.find("children") != nullptr) {
    in.fault(from.find("children")->at,
             "a container of this kind has no children of its own to declare");
  }
  check_spec(spec, from, {in, errors, before});
  spec.children = read_children(from, own_path, spec.supervise, errors);
  return spec;
}

model::child_spec read_root(const node* from, std::vector<config_error>& errors) {
  node empty = node::map();
  empty.set("id", node::of_text(std::string{root_id}));
  node given = from == nullptr || from->is == node::type::null ? empty : *from;
  reader in{errors};
  const reader::inside here{in, root_id};
  if (given.is != node::type::map) {
    in.fault(given.at, "expected a map with supervise and children");
    given = empty;
  }
  if (const auto* id = given.find("id"); id != nullptr && id->text != root_id) {
    in.fault(id->at, "the root is always called 'Main'");
  }
  given.set("id", node::of_text(std::string{root_id})); // spares the complaint that it is missing
  if (const auto* type = given.find("type"); type != nullptr && type->text != "supervisor") {
    in.fault(type->at, "the root is always a supervisor");
  }
  const auto before = errors.size();
  auto spec = read_spec(given, "supervisor", detail::container_keys, in);
  check_spec(spec, given, {in, errors, before});
  spec.children = read_children(given, {}, spec.supervise, errors);
  return spec;
}

node standard_container(std::string_view kind) {
  std::vector<config_error> none; // an empty map has no mistakes but what is missing
  reader in{none};
  return write_container(read_spec(node::map(), kind, {}, in), exposure::full);
}

node write_container(const model::child_spec& spec, exposure how) {
  auto out = node::map();
  out.set("id", node::of_text(spec.id)).set("type", node::of_text(spec.kind));
  const auto add = [&out](const node& options) {
    for (const auto& each : options.entries) {
      out.set(each.key, each.value);
    }
  };
  add(write_section(detail::container_section(), &spec, how));
  const auto* row = find_kind(spec.kind);
  const auto* rows = row == nullptr ? nullptr : row->options();
  const auto* values = rows == nullptr ? nullptr : row->inside(spec.options.get());
  if (values != nullptr) {
    add(write_section(*rows, values, how));
  }
  auto children = node::list();
  for (const auto& child : spec.children) {
    children.items.push_back(write_container(child, how));
  }
  if (!children.items.empty() || spec.kind == "supervisor") {
    out.set("children", std::move(children));
  }
  return out;
}

} // namespace kraken::config
