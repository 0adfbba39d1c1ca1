// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "apps/kraken-runtime/change_list.hpp"

#include "config/differences.hpp"
#include "config/kind_table.hpp"
#include "kraken/model/alias.hpp"
#include "kraken/model/topology.hpp"
#include "kraken/model/topology_diff.hpp"

#include <algorithm>
#include <string_view>

namespace kraken::runtime {

namespace {

console::change_record record_of(std::string_view what,
                                 std::string container,
                                 const std::vector<config::option_change>& options) {
  console::change_record out;
  out.what = what;
  out.container = std::move(container);
  for (const auto& each : options) {
    out.options.push_back({each.option, each.from, each.to});
  }
  return out;
}

std::string program_of(const model::child_spec& spec) {
  std::string out = spec.kind;
  for (const auto& word : spec.start) {
    out += (&word == &spec.start.front() ? ": " : " ") + word;
  }
  return out;
}

bool renewed_beside(const model::child_spec& spec) {
  const auto* const kind = config::find_kind(spec.kind);
  return kind != nullptr && kind->renewed == config::renewal::beside;
}

/// Who serves clients and ends before the next one begins.
std::string gap_of(const model::child_spec& spec) {
  const auto* const kind = config::find_kind(spec.kind);
  return kind == nullptr || kind->gap.empty()
             ? std::string{}
             : "ends before it begins anew: " + std::string{kind->gap} + " meanwhile";
}

console::change_record update_of(const std::string& path,
                                 const model::child_spec& from,
                                 const model::child_spec& to,
                                 bool again) {
  if (again || model::same_definition(from, to)) {
    auto out = record_of("reorder", path, {});
    out.detail = "its children start in another order";
    return out;
  }
  const bool root = path.find('/') == std::string::npos;
  const bool renewed = model::needs_restart(from, to);
  auto out =
      record_of(renewed && !root ? "restart" : "update", path, config::differences(from, to));
  if (renewed && root) {
    out.detail = "some of it waits for the daemon's next start";
  } else if (renewed && renewed_beside(to)) {
    out.detail = "beside the one that runs: no connection is refused";
  } else if (renewed) {
    out.detail = gap_of(from);
  }
  return out;
}

} // namespace

console::change_record creation_of(const model::child_spec& root) {
  auto out = record_of("create", root.id, {});
  out.detail = program_of(root);
  return out;
}

std::vector<console::change_record> changes_between(const model::child_spec& from,
                                                    const model::child_spec& to) {
  std::vector<console::change_record> out;
  for (const auto& command : model::diff(from, to)) {
    const bool create = command.what == model::verb::create;
    const auto path = create ? model::join_path(command.target, command.spec->id) : command.target;
    const auto* const before = model::find_spec(from, path);
    const auto* const after = model::find_spec(to, path);
    if (command.what == model::verb::update) {
      // The definition comes before the children, their order after them.
      const bool again = std::ranges::any_of(out, [&path](const auto& each) {
        return each.container == path && (each.what == "update" || each.what == "restart");
      });
      out.push_back(update_of(path, *before, *after, again));
    } else if (create && before == nullptr) {
      out.push_back(record_of("create", path, {}));
      out.back().detail = program_of(*after);
    } else if (!create && after == nullptr) {
      out.push_back(record_of("destroy", path, {}));
    } else if (!create) { // its `create` comes later
      out.push_back(record_of("replace", path, config::differences(*before, *after)));
      out.back().detail = gap_of(*before);
    }
  }
  return out;
}

std::vector<console::change_record> changes_between(const config::daemon_options& from,
                                                    const config::daemon_options& to) {
  const auto options = config::differences(from, to);
  if (options.empty()) {
    return {};
  }
  auto out = record_of("daemon", {}, options);
  out.detail = "counts from the daemon's next start";
  return {out};
}

} // namespace kraken::runtime
