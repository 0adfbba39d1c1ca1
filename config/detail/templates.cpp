// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "config/detail/templates.hpp"

#include "config/option_table.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace kraken::config::detail {

namespace {

constexpr std::string_view extends_key = "extends";

void take_out(node& from, std::string_view key) {
  std::erase_if(from.entries, [key](const node::entry& one) { return one.key == key; });
}

class template_user {
public:
  /// @param readable whether these are all there are
  template_user(const node& templates, bool readable, std::vector<config_error>& errors)
      : templates_(templates), readable_(readable), errors_(errors) {}

  void apply(node& container) {
    if (container.is != node::type::map) {
      return;
    }
    if (const auto* wanted = container.find(extends_key)) {
      const auto before = errors_.size();
      auto base = extended(*wanted);
      base.partial = base.partial || errors_.size() != before;
      take_out(container, extends_key);
      inherit(base, container);
      base.at = container.at;
      container = std::move(base);
    }
    if (auto* children = container.find("children")) {
      for (auto& child : children->items) {
        apply(child);
      }
    }
  }

private:
  void fault(const place& at, std::string message) {
    errors_.push_back({at, std::string{extends_key}, std::move(message)});
  }

  std::vector<node> names_of(const node& wanted) {
    const auto all = wanted.is == node::type::list ? wanted.items : std::vector<node>{wanted};
    std::vector<node> out;
    for (const auto& one : all) {
      if (one.scalar() && !one.text.empty()) {
        out.push_back(one);
      } else {
        fault(one.at, "expected the name of a template, or a list of them");
      }
    }
    return out;
  }

  /// Exclusive ways of saying one thing must not be mixed.
  static void inherit(node& base, const node& over) {
    for (const char* whole : {"ready", "alive"}) {
      if (over.find(whole) != nullptr) {
        take_out(base, whole);
      }
    }
    lay_over(base, over);
  }

  /// What these templates say, the later ones over the earlier.
  node extended(const node& wanted) { // NOLINT(misc-no-recursion): checked depth
    auto base = node::map();
    for (const auto& one : names_of(wanted)) {
      if (const auto pattern = find(one)) {
        inherit(base, *pattern);
        base.partial = base.partial || pattern->partial;
      } else {
        base.partial = true;
      }
    }
    return base;
  }

  /// A template with what it extends itself; `extends` and `id` do not come with it.
  std::optional<node> find(const node& name) {
    const auto* found = templates_.find(name.text);
    if (found == nullptr && !readable_) {
      return std::nullopt; // said of all of them
    }
    if (found == nullptr) {
      std::vector<std::string_view> known;
      for (const auto& each : templates_.entries) {
        known.emplace_back(each.key);
      }
      fault(name.at, unknown_text("there is no template '" + name.text + "'", name.text, known));
      return std::nullopt;
    }
    if (found->is != node::type::map) {
      return std::nullopt; // said where it stands
    }
    if (std::ranges::find(chain_, name.text) != chain_.end()) {
      std::string text = "extends itself:";
      for (const auto& each : chain_) {
        text += " " + each + " ->";
      }
      fault(name.at, text + " " + name.text);
      return std::nullopt;
    }
    if (chain_.size() >= template_depth_max || ++uses_ > template_uses_max) {
      fault(name.at,
            "more than " + std::to_string(template_depth_max) + " templates deep or " +
                std::to_string(template_uses_max) + " uses in all");
      return std::nullopt;
    }
    chain_.push_back(name.text);
    auto out = *found;
    if (const auto* wanted = out.find(extends_key)) {
      auto base = extended(*wanted);
      take_out(out, extends_key);
      inherit(base, out);
      out = std::move(base);
    }
    chain_.pop_back();
    return out;
  }

  const node& templates_;
  const bool readable_;
  std::vector<config_error>& errors_;
  std::vector<std::string> chain_;
  std::size_t uses_ = 0;
};

} // namespace

void apply_templates(node& document, std::vector<config_error>& errors) {
  auto templates = node::map();
  bool readable = true;
  if (auto* given = document.find("templates")) {
    if (given->is == node::type::map) {
      templates = *given;
    } else if (given->is != node::type::null) {
      readable = false;
      errors.push_back({given->at, "templates", "expected a map from names to options"});
    }
    for (const auto& each : templates.entries) {
      if (each.value.is != node::type::map) {
        errors.push_back({each.value.at, "templates." + each.key, "expected a map of options"});
      } else if (const auto* id = each.value.find("id")) {
        errors.push_back({id->at, "templates." + each.key, "a template has no id"});
      }
    }
    take_out(document, "templates");
  }
  if (auto* root = document.find("root")) {
    template_user{templates, readable, errors}.apply(*root);
  }
}

} // namespace kraken::config::detail
