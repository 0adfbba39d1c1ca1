// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header.
#include "config/detail/includes.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <glob.h>

namespace kraken::config::detail {

namespace {

constexpr std::string_view include_key = "include";

class includer {
public:
  includer(const std::filesystem::path& directory,
           const file_source& read,
           std::vector<config_error>& errors)
      : directory_(directory), read_(read), errors_(errors) {}

  void expand(node& document, const std::string& name) {
    chain_.push_back(absolute(name));
    if (document.is == node::type::map) {
      // Before anything is laid under it: only a container that is there has an id.
      if (auto* root = document.find("root")) {
        expand_children(*root, name);
      }
      if (auto* templates = document.find("templates")) {
        for (auto& each : templates->entries) {
          expand_children(each.value, name);
        }
      }
      expand_children(document, name); // a file with one container
      lay_under(document, name);
    } else if (document.is == node::type::list) {
      expand_list(document, name);
    }
    chain_.pop_back();
  }

private:
  [[nodiscard]] std::filesystem::path absolute(const std::string& name) const {
    return (directory_ / name).lexically_normal();
  }

  void fault(const place& at, std::string message) {
    errors_.push_back({at, std::string{include_key}, std::move(message)});
  }

  /// The top level: what is included comes first, the file itself has the last word.
  void lay_under(node& document, const std::string& name) {
    const auto* wanted = document.find(include_key);
    if (wanted == nullptr) {
      return;
    }
    node base;
    for (const auto& [file, at] : files_of(*wanted, name)) {
      if (auto part = load(file, at)) {
        if (part->is != node::type::map) {
          fault(at, "'" + file + "' is no map of options");
        } else if (base.is == node::type::null) {
          base = std::move(*part);
        } else {
          lay_over(base, *part);
        }
      }
    }
    std::erase_if(document.entries, [](const node::entry& one) { return one.key == include_key; });
    if (base.is == node::type::map) {
      lay_over(base, document);
      base.at = document.at;
      document = std::move(base);
    }
  }

  void expand_children(node& container, const std::string& name) {
    if (auto* children = container.find("children")) {
      expand_list(*children, name);
    }
  }

  void expand_list(node& list, const std::string& name) {
    std::vector<node> items;
    for (auto& item : list.items) {
      const auto* wanted = item.find(include_key);
      if (wanted == nullptr) {
        expand_children(item, name);
        items.push_back(std::move(item));
        continue;
      }
      if (item.entries.size() > 1) {
        fault(item.at, "stands alone: other options belong to the containers it brings");
      }
      for (const auto& [file, at] : files_of(*wanted, name)) {
        if (auto part = load(file, at)) {
          if (part->is == node::type::list) {
            std::ranges::move(part->items, std::back_inserter(items));
          } else {
            items.push_back(std::move(*part));
          }
        }
      }
    }
    list.items = std::move(items);
  }

  struct named_file {
    std::string name;
    place at;
  };

  std::vector<named_file> files_of(const node& wanted, const std::string& includer_name) {
    std::vector<named_file> out;
    const auto add = [&](const node& one) {
      if (!one.scalar() || one.text.empty()) {
        fault(one.at, "expected the name of a file, a glob, or a list of them");
        return;
      }
      const auto parent = std::filesystem::path{includer_name}.parent_path();
      const auto name = (parent / one.text).lexically_normal().string();
      if (one.text.find_first_of("*?[") == std::string::npos) {
        out.push_back({name, one.at});
        return;
      }
      for (auto& match : matches(name)) {
        out.push_back({std::move(match), one.at});
      }
    };
    if (wanted.is == node::type::list) {
      std::ranges::for_each(wanted.items, add);
    } else {
      add(wanted);
    }
    return out;
  }

  /// Files that fit a glob, by name; none is no mistake.
  [[nodiscard]] std::vector<std::string> matches(const std::string& pattern) const {
    std::vector<std::string> out;
    glob_t found{};
    const auto whole = absolute(pattern).string();
    if (::glob(whole.c_str(), 0, nullptr, &found) == 0) {
      for (std::size_t i = 0; i < found.gl_pathc; ++i) {
        const std::filesystem::path path{found.gl_pathv[i]};
        const bool relative = !std::filesystem::path{pattern}.is_absolute();
        out.push_back(relative ? path.lexically_relative(directory_).string() : path.string());
      }
    }
    ::globfree(&found);
    return out;
  }

  std::optional<node> load(const std::string& name, const place& at) {
    const auto path = absolute(name);
    if (std::ranges::find(chain_, path) != chain_.end()) {
      std::string text = "includes itself:";
      for (const auto& each : chain_) {
        text += " " + shown(each) + " ->";
      }
      fault(at, text + " " + shown(path));
      return std::nullopt;
    }
    if (chain_.size() >= include_depth_max || ++files_ > include_files_max) {
      fault(at,
            "more than " + std::to_string(include_depth_max) + " files deep or " +
                std::to_string(include_files_max) + " in all");
      return std::nullopt;
    }
    std::error_code none;
    if (!std::filesystem::exists(path, none)) {
      fault(at, "there is no file '" + name + "'");
      return std::nullopt;
    }
    auto part = read_(name);
    if (part) {
      expand(*part, name);
    }
    return part;
  }

  [[nodiscard]] std::string shown(const std::filesystem::path& path) const {
    const auto relative = path.lexically_relative(directory_);
    return relative.empty() || *relative.begin() == ".." ? path.string() : relative.string();
  }

  const std::filesystem::path directory_;
  const file_source& read_;
  std::vector<config_error>& errors_;
  std::vector<std::filesystem::path> chain_;
  std::size_t files_ = 0;
};

} // namespace

void expand_includes(node& document,
                     const std::string& name,
                     const std::filesystem::path& directory,
                     const file_source& read,
                     std::vector<config_error>& errors) {
  includer{directory, read, errors}.expand(document, name);
}

} // namespace kraken::config::detail
