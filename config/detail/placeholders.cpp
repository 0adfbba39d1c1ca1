// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "config/detail/placeholders.hpp"

#include "config/detail/container_options.hpp"
#include "config/option_table.hpp"

#include "kraken/base/nearest.hpp"
#include "kraken/model/alias.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

namespace kraken::config::detail {

namespace {

using name_map = std::map<std::string, std::string, std::less<>>;

/// Of `vars` or a `context`; nothing: the value has a mistake of its own.
using given_map = std::map<std::string, std::optional<std::string>, std::less<>>;

constexpr std::array<std::string_view, 8> own_words{
    "alias", "parent", "path", "name", "runtime", "node", "basepath", "localhost"};
constexpr std::array<std::string_view, 3> word_groups{"env", "vars", "inherited"};

/// What stands around a value.
struct surroundings {
  name_map words;       ///< alias, parent ...
  given_map inherited;  ///< of the containers above
  std::string path;     ///< for mistakes
  bool partial = false; ///< a template of the container, or of one above, is not known
};

/// `evn` of `%evn.HOME%`: not `H` of `%H.%M`, which is somebody else's.
bool looks_like_group(std::string_view word) {
  constexpr std::size_t shortest = 3;
  return word.size() >= shortest &&
         std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
}

/// In place of what it stands for: nobody takes the value for an empty one.
std::string as_written(std::string_view word) {
  return "%" + std::string{word} + "%";
}

bool word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
}

class filler {
public:
  filler(const placeholder_values& values, std::vector<config_error>& errors)
      : values_(values), errors_(errors) {}

  void fill_document(node& document) {
    surroundings around;
    if (const auto* vars = document.find("vars"); vars != nullptr) {
      named_ = *vars;
      vars_ = take_map(document, "vars", around);
    }
    const auto* name = document.find("node");
    around.words["node"] = name != nullptr && name->scalar() ? name->text : "kraken";
    around.words["localhost"] = "127.0.0.1";
    for (auto& each : document.entries) {
      if (each.key != "root") {
        fill_section(each, around);
      }
    }
    if (auto* root = document.find("root")) {
      fill_container(*root, around, {});
    }
  }

private:
  void fill_section(node::entry& section, surroundings& around) {
    around.path = section.key;
    if (section.value.is != node::type::map) {
      return fill(section.value, around);
    }
    for (auto& option : section.value.entries) {
      around.path = section.key + "." + option.key;
      fill(option.value, around);
    }
  }

  /// The values of a map option that only placeholders read; it leaves the document.
  given_map take_map(node& from, std::string_view key, surroundings& around) {
    given_map out;
    auto* given = from.find(key);
    if (given->is == node::type::map) {
      around.path = around.path.empty() ? std::string{key} : around.path + "." + std::string{key};
      for (auto& each : given->entries) {
        const auto before = errors_.size();
        fill(each.value, around);
        auto& value = out[each.key];
        if (each.value.scalar()) {
          value = errors_.size() == before ? std::optional{each.value.text} : std::nullopt;
        } else {
          errors_.push_back({each.value.at, around.path + "." + each.key, "expected text"});
        }
      }
    } else if (given->is != node::type::null) {
      errors_.push_back({given->at, std::string{key}, "expected a map from names to text"});
    }
    std::erase_if(from.entries, [key](const node::entry& one) { return one.key == key; });
    return out;
  }

  static std::string text_at(const node& container, std::string_view key) {
    const auto* found = container.find(key);
    return found != nullptr && found->scalar() ? found->text : std::string{};
  }

  void fill_container(node& container, surroundings around, const std::string& above) {
    if (container.is != node::type::map) {
      return;
    }
    const bool root = above.empty() && !around.words.contains("path");
    const auto id = root ? std::string{"Main"} : text_at(container, "id");
    const auto parent = root ? std::string{} : around.words["path"];
    around.words["alias"] = id;
    around.words["parent"] = parent;
    around.words["path"] = model::join_path(parent, id);
    around.words.erase("name"); // without one it stays as it is: `lookup` knows it as well
    if (const auto name = text_at(container, "name"); !name.empty()) {
      around.words["name"] = name;
    }
    around.words["runtime"] = std::string{kind_of(container)};
    const auto own = root ? std::string{} : model::join_path(above, id);
    around.path = root ? id : own;
    given_map context;
    if (container.find("context") != nullptr) {
      auto here = around;
      context = take_map(container, "context", here);
    }
    around.partial = around.partial || container.partial;
    const auto base = around.path;
    for (auto& each : container.entries) {
      if (each.key != "children") {
        around.path = base + "." + each.key;
        fill(each.value, around);
      }
    }
    for (auto& [name, value] : context) {
      around.inherited.insert_or_assign(name, value);
    }
    if (auto* children = container.find("children")) {
      for (auto& child : children->items) {
        fill_container(child, around, own);
      }
    }
  }

  void fill(node& value, const surroundings& around) {
    if (value.scalar()) {
      value.text = filled(value, around);
    }
    for (auto& item : value.items) {
      fill(item, around);
    }
    for (auto& each : value.entries) {
      fill(each.value, around);
    }
  }

  std::string filled(const node& value, const surroundings& around) {
    const std::string_view text = value.text;
    std::string out;
    std::size_t at = 0;
    while (at < text.size()) {
      const auto begin = text.find('%', at);
      if (begin == std::string_view::npos) {
        break;
      }
      out += text.substr(at, begin - at);
      if (text.substr(begin, 2) == "%%") {
        out += '%';
        at = begin + 2;
        continue;
      }
      const auto end = text.find('%', begin + 1);
      const auto word = end == std::string_view::npos ? std::string_view{}
                                                      : text.substr(begin + 1, end - begin - 1);
      const auto meant = meaning(word, value.at, around);
      if (!meant) {
        out += '%';
        at = begin + 1;
        continue;
      }
      out += *meant;
      at = end + 1;
    }
    return out += text.substr(std::min(at, text.size()));
  }

  /// What a word stands for; nothing when it is none of ours.
  std::optional<std::string>
  meaning(std::string_view word, const place& at, const surroundings& around) {
    const auto otherwise = word.find('|');
    const auto name = word.substr(0, otherwise);
    if (name.empty() || !std::ranges::all_of(name, word_character)) {
      return std::nullopt;
    }
    const auto dot = name.find('.');
    const auto group = name.substr(0, dot);
    if (dot != std::string_view::npos && looks_like_group(group) &&
        std::ranges::find(word_groups, group) == word_groups.end()) {
      return unknown_group(word, group, at, around);
    }
    if (dot == std::string_view::npos ||
        std::ranges::find(word_groups, group) == word_groups.end()) {
      return own_word(name, at, around);
    }
    const auto key = name.substr(dot + 1);
    if (group == "env") {
      if (const auto* found = look_up(*values_.environment, key)) {
        return *found;
      }
    } else if (const auto* found = look_up(group == "vars" ? vars_ : around.inherited, key)) {
      if (!*found) { // its mistake is told where it is, and here is none
        errors_.push_back({at, around.path, {}});
      }
      return found->value_or(as_written(word));
    }
    if (otherwise != std::string_view::npos) {
      return std::string{word.substr(otherwise + 1)};
    }
    // What is not known may have it.
    const bool in_doubt = around.partial && group == "inherited";
    errors_.push_back(
        {at,
         around.path,
         in_doubt ? std::string{}
                  : "%" + std::string{word} + "% stands for nothing: " + missing_text(group, key)});
    return as_written(word);
  }

  std::string unknown_group(std::string_view word,
                            std::string_view group,
                            const place& at,
                            const surroundings& around) {
    const auto near = nearest(group, word_groups);
    errors_.push_back({at,
                       around.path,
                       "%" + std::string{word} + "% stands for nothing (" +
                           (near ? "did you mean '%" + std::string{*near} + ".'? " : "") +
                           "there are %env.%, %vars.% and %inherited.%; %% is a per cent sign)"});
    return as_written(word);
  }

  std::optional<std::string>
  own_word(std::string_view name, const place& at, const surroundings& around) {
    if (name == "basepath") {
      return values_.basepath(at);
    }
    if (const auto found = around.words.find(name); found != around.words.end()) {
      return found->second;
    }
    // What looks classes up replaces it, of one container and of all.
    if (name == "name" && (around.words.contains("alias") || around.path == "php.lookup")) {
      return std::nullopt;
    }
    if (std::ranges::find(own_words, name) != own_words.end()) {
      errors_.push_back(
          {at, around.path, "%" + std::string{name} + "% has a meaning in containers only"});
      return std::string{};
    }
    constexpr std::size_t shortest_guess = 4; // `%s%` may be anything
    if (const auto near = nearest(name, own_words); near && name.size() >= shortest_guess) {
      errors_.push_back({at,
                         around.path,
                         "%" + std::string{name} + "% stands for nothing (did you mean '%" +
                             std::string{*near} + "%'? %% is a per cent sign)"});
      return std::string{};
    }
    return std::nullopt;
  }

  template <class Map>
  static const typename Map::mapped_type* look_up(const Map& in, std::string_view key) {
    const auto found = in.find(std::string{key});
    return found == in.end() ? nullptr : &found->second;
  }

  std::string missing_text(std::string_view group, std::string_view key) const {
    const std::string name{key};
    if (group == "vars" && named_.find(name) != nullptr) {
      return "an element of vars cannot be made of another one, vars." + name;
    }
    if (group == "env") {
      return "the environment has no " + name + " (otherwise: %env." + name + "|text%)";
    }
    return group == "vars" ? "vars has no " + name
                           : "no container above has " + name + " in its context";
  }

  const placeholder_values& values_;
  std::vector<config_error>& errors_;
  given_map vars_;
  node named_; ///< `vars` as it was written
};

} // namespace

void fill_placeholders(node& document,
                       const placeholder_values& values,
                       std::vector<config_error>& errors) {
  filler{values, errors}.fill_document(document);
}

} // namespace kraken::config::detail
