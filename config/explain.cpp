// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Showing configurations.
#include "config/explain.hpp"

#include "config/detail/container_options.hpp"
#include "config/detail/sections.hpp"

#include "kraken/base/nearest.hpp"
#include "kraken/model/alias.hpp"

#include <algorithm>

namespace kraken::config {

namespace {

std::string shown_value(const node& value) {
  if (value.scalar()) {
    return value.text.empty() ? "''" : value.text;
  }
  return to_json_text(value, 0);
}

bool is_at_or_below(std::string_view path, std::string_view wanted) {
  return wanted.empty() || path == wanted ||
         (path.size() > wanted.size() && path.starts_with(wanted) &&
          (path[wanted.size()] == '.' || path[wanted.size()] == '/'));
}

class explainer {
public:
  explainer(std::string_view below, std::vector<explained_option>& out)
      : below_(below), out_(out) {}

  /// @param given what the document says here; null: nothing
  void add(const node& value, const node* given, const std::string& path) {
    if (value.is == node::type::null) {
      return;
    }
    if (value.is != node::type::map) {
      if (is_at_or_below(path, below_)) {
        out_.push_back({path, shown_value(value), given == nullptr ? "default" : given->at.text()});
      }
      return;
    }
    for (const auto& each : value.entries) {
      // `size: 8` gives size.min, size.count and size.max.
      const auto* inner =
          given != nullptr && given->is == node::type::map ? given->find(each.key) : given;
      add(each.value, inner, path.empty() ? each.key : path + "." + each.key);
    }
  }

  void add_container(const node& value, const node* given, const std::string& path) {
    auto own = value;
    std::erase_if(own.entries,
                  [](const node::entry& one) { return one.key == "id" || one.key == "children"; });
    add(own, given, path.empty() ? "Main" : path);
    const auto* children = value.find("children");
    const auto* given_children = given == nullptr ? nullptr : given->find("children");
    for (std::size_t i = 0; children != nullptr && i < children->items.size(); ++i) {
      const auto& child = children->items[i];
      const auto* child_given = given_children != nullptr && i < given_children->items.size()
                                    ? &given_children->items[i]
                                    : nullptr;
      add_container(child, child_given, model::join_path(path, child.find("id")->text));
    }
  }

private:
  std::string_view below_;
  std::vector<explained_option>& out_;
};

} // namespace

std::vector<explained_option> explain_options(const configuration& from, std::string_view below) {
  std::vector<explained_option> out;
  explainer all{below, out};
  const auto* document = from.document.get();
  all.add(write_section(detail::daemon_section(), &from.daemon, exposure::redacted), document, {});
  all.add_container(write_container(from.root, exposure::redacted),
                    document == nullptr ? nullptr : document->find("root"),
                    {});
  return out;
}

std::string explain(const configuration& from, std::string_view below) {
  constexpr std::size_t value_width_max = 40;
  const auto options = explain_options(from, below);
  std::size_t path_width = 0;
  std::size_t value_width = 0;
  for (const auto& one : options) {
    path_width = std::max(path_width, one.path.size());
    value_width = std::max(value_width, std::min(one.value.size(), value_width_max));
  }
  std::string out;
  const auto column = [&out](const std::string& text, std::size_t width) {
    out += text;
    out.append(text.size() < width ? width - text.size() : 0, ' ').append("  ");
  };
  for (const auto& one : options) {
    column(one.path, path_width);
    column(one.value, value_width);
    out.append(one.from).append("\n");
  }
  return out;
}

error unknown_option(const configuration& from, std::string_view wanted) {
  const auto options = explain_options(from, {});
  std::vector<std::string_view> known;
  for (const auto& one : options) {
    known.push_back(one.path);
  }
  std::string text = "there is no option '" + std::string{wanted} + "'";
  if (const auto near = nearest(wanted, known)) {
    text.append(" (did you mean '").append(*near).append("'?)");
  }
  return error{errc::not_found, std::move(text)};
}

std::string to_json(const configuration& from) {
  auto all = write_section(detail::daemon_section(), &from.daemon, exposure::redacted);
  all.set("root", write_container(from.root, exposure::redacted));
  return to_json_text(all, 0);
}

} // namespace kraken::config
