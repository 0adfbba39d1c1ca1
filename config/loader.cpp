// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Loading: layers into one document, the document into structs, structs checked and completed.
#include "config/loader.hpp"

#include "config/detail/complete_paths.hpp"
#include "config/detail/container_options.hpp"
#include "config/detail/cross_checks.hpp"
#include "config/detail/includes.hpp"
#include "config/detail/layers.hpp"
#include "config/detail/placeholders.hpp"
#include "config/detail/sections.hpp"
#include "config/detail/templates.hpp"
#include "config/detail/value_text.hpp"
#include "config/narya/narya_file.hpp"
#include "config/yaml_reader.hpp"

#include "kraken/base/regular_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <tuple>

namespace kraken::config {

namespace {

constexpr std::array<std::string_view, 3> standard_files{"kraken.yaml", ".rr.yaml", ".nry.yaml"};

constexpr std::string_view nothing_to_serve =
    "nothing to serve: there is no kraken.yaml here; name a worker script or a directory "
    "(kraken serve worker.php), a file (kraken serve -c FILE), or write a first kraken.yaml "
    "(kraken config:init)";

/// In the order of files (as read), lines and columns; the same mistake once, what was written
/// elsewhere last.
void sort_out(config_errors& mistakes) {
  std::vector<std::string> sources;
  const auto rank = [&sources](const config_error& one) {
    if (one.at.from != origin::file || one.at.source == nullptr) {
      return sources.size();
    }
    const auto found = std::ranges::find(sources, *one.at.source);
    return static_cast<std::size_t>(found - sources.begin());
  };
  for (const auto& one : mistakes) {
    if (one.at.from == origin::file && one.at.source != nullptr && rank(one) == sources.size()) {
      sources.push_back(*one.at.source);
    }
  }
  std::ranges::stable_sort(mistakes, {}, [&](const config_error& one) {
    return std::tuple{rank(one), one.at.line, one.at.column};
  });
  const auto same = std::ranges::unique(mistakes, {}, &config_error::text);
  mistakes.erase(same.begin(), same.end());
}

class configuration_loader {
public:
  explicit configuration_loader(const load_request& from) : from_(from) {}

  tl::expected<configuration, config_errors> run() {
    read_layers();
    // A document that could not be read at all would only bring up mistakes nobody made.
    if (errors_.empty() || (document_.is == node::type::map && composed_)) {
      put_flags();
      read_options();
      detail::complete_paths(out_, document_, names());
      if (!from_.target.empty()) {
        detail::unmove_names(out_, document_, names());
      }
      detail::cross_check(out_, document_, from_, errors_, out_.warnings);
    }
    if (!errors_.empty()) {
      drop_consequences();
      sort_out(errors_);
      return tl::unexpected<config_errors>(std::move(errors_));
    }
    out_.document = std::make_shared<const node>(std::move(document_));
    return std::move(out_);
  }

private:
  [[nodiscard]] std::filesystem::path resolved(const std::string& name) const {
    std::error_code failed;
    auto path = std::filesystem::absolute(std::filesystem::path{from_.directory} / name, failed);
    return path.lexically_normal();
  }

  [[nodiscard]] detail::relative_names names() const { return {resolved(".")}; }

  [[nodiscard]] bool narya_asked() const {
    return from_.narya.config || from_.narya.host || from_.narya.port || from_.narya.workers;
  }

  std::vector<std::string> chosen_files() const {
    if (from_.narya.config) {
      return {*from_.narya.config};
    }
    if (!from_.files.empty() || !from_.target.empty()) {
      return from_.files;
    }
    std::error_code none;
    for (const auto name : standard_files) {
      const bool fits = !narya_asked() || name != "kraken.yaml";
      if (fits && std::filesystem::exists(resolved(std::string{name}), none)) {
        return {std::string{name}};
      }
    }
    return {};
  }

  void fault(const std::string& file, std::string message) {
    place at;
    if (!file.empty()) {
      at = {origin::file, std::make_shared<const std::string>(file), 0, 0};
    }
    errors_.push_back({at, {}, std::move(message)});
  }

  /// Waits for nobody, but for who writes to a stream of our own.
  [[nodiscard]] result<std::string> text_of(const std::string& path) const {
    constexpr auto most = yaml_bytes_max + 1; // one more than allowed, so that the limit shows
    const bool stream = path == "/dev/stdin" || path.starts_with("/dev/fd/");
    if (!from_.own_streams || !stream) {
      return read_regular(path, most);
    }
    errno = 0;
    std::ifstream file{path, std::ios::binary};
    std::string text(most, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.gcount() == 0 && !file.eof()) {
      return fail(errc::system_error, "cannot be read: " + std::generic_category().message(errno));
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
  }

  std::optional<node> read_file(const std::string& name) {
    const auto path = resolved(name);
    std::error_code none;
    if (std::filesystem::is_directory(path, none)) {
      fault(name, "is a directory");
      return std::nullopt;
    }
    const auto text = text_of(path.string());
    if (!text) {
      fault(name, text.error().context);
      return std::nullopt;
    }
    auto read = read_yaml(*text, origin::file, name);
    errors_.insert(errors_.end(), read.errors.begin(), read.errors.end());
    out_.files.push_back(path.string());
    return std::move(read.root);
  }

  void read_layers() {
    const auto files = chosen_files();
    if (!from_.target.empty()) {
      document_ = detail::default_topology(from_.target, from_.directory, out_.choice, errors_);
      by_default_ = true;
    } else if (files.empty() && !narya_asked()) {
      fault({}, std::string{nothing_to_serve});
      return;
    }
    bool narya = narya_asked();
    for (const auto& name : files) {
      std::error_code none;
      if (narya_asked() && !std::filesystem::exists(resolved(name), none)) {
        out_.warnings.push_back(name + ": there is no such file, using defaults");
        continue;
      }
      auto read = read_file(name);
      if (!read) {
        continue;
      }
      narya = narya || is_narya(name, *read);
      if (!narya) {
        const auto before = errors_.size();
        detail::expand_includes(
            *read,
            name,
            resolved("."),
            [this](const std::string& part) { return read_file(part); },
            errors_);
        composed_ = composed_ && errors_.size() == before;
      }
      if (narya && (files.size() > 1 || by_default_)) {
        fault(name, "a configuration of Narya cannot be combined with others");
        continue;
      }
      lay_file(*read);
    }
    if (narya && errors_.empty()) {
      import(document_);
    } else if (!narya && composed_ && document_.is == node::type::map) {
      compose();
    }
  }

  /// What was written once and is meant in many places.
  void compose() {
    detail::apply_templates(document_, errors_);
    first_unfilled_ = errors_.size();
    detail::placeholder_values values;
    values.environment = &from_.environment;
    values.basepath = [this](const place& at) { return names().absolute(".", at); };
    detail::fill_placeholders(document_, values, errors_);
    end_unfilled_ = errors_.size();
  }

  /// A value that could not be read, or whose placeholder stands for nothing, has that mistake
  /// only.
  void drop_consequences() {
    const auto at = [this](std::size_t n) {
      return errors_.begin() + static_cast<std::ptrdiff_t>(n);
    };
    const auto follow_those_before = [&](std::size_t n) {
      return [&, n](const config_error& one) {
        return std::any_of(at(0), at(n), [&](const config_error& earlier) {
          return earlier.at.line != 0 && earlier.at.text() == one.at.text();
        });
      };
    };
    errors_.erase(
        std::remove_if(at(end_unfilled_), errors_.end(), follow_those_before(end_unfilled_)),
        errors_.end());
    errors_.erase(std::remove_if(
                      at(first_unfilled_), at(end_unfilled_), follow_those_before(first_unfilled_)),
                  at(end_unfilled_));
    std::erase_if(errors_, [](const config_error& one) { return one.message.empty(); });
  }

  void lay_file(const node& read) {
    if (read.is != node::type::map && read.is != node::type::null) {
      errors_.push_back({read.at,
                         {},
                         "expected a map of options such as `root: {children: [...]}`, got " +
                             detail::got(read)});
    } else if (document_.is == node::type::null) {
      document_ = read;
    } else if (read.is == node::type::map) {
      lay_over(document_, read);
    }
  }

  void import(const node& file) {
    auto imported = import_narya(file, from_.environment, from_.narya);
    errors_.insert(errors_.end(), imported.errors.begin(), imported.errors.end());
    out_.warnings.insert(out_.warnings.end(), imported.warnings.begin(), imported.warnings.end());
    document_ = std::move(imported.document);
    by_default_ = true;
  }

  void put_flags() {
    detail::put_environment(document_, from_.environment, errors_, out_.warnings);
    if (from_.workers) {
      detail::put_quick_flag(
          document_, "--workers", *from_.workers, "web", "pool", "size", errors_);
    }
    if (from_.listen) {
      detail::put_quick_flag(
          document_, "--listen", *from_.listen, "http", "http", "listen", errors_);
    }
    if (from_.watch) {
      watch_pools(document_.find("root"));
    }
    for (const auto& set : from_.sets) {
      const auto equals = set.find('=');
      auto value = detail::value_of(
          equals == std::string::npos ? "" : std::string_view{set}.substr(equals + 1),
          origin::flag,
          "--set");
      if (equals == std::string::npos || equals == 0) {
        errors_.push_back({value.at, {}, "expected KEY=VALUE, got '" + set + "'"});
        continue;
      }
      detail::put_option(document_, set.substr(0, equals), std::move(value), errors_);
    }
    for (const auto& each : from_.flags) {
      auto value = detail::value_of(each.value, origin::flag, each.flag);
      detail::put_option(document_, each.key, std::move(value), errors_);
    }
    allow_root_by_default();
  }

  // What a file says of it is more exact.
  static void watch_pools(node* container) { // NOLINT(misc-no-recursion): checked depth
    auto* children = container == nullptr ? nullptr : container->find("children");
    if (children == nullptr) {
      return;
    }
    for (auto& child : children->items) {
      if (kind_of(child) == "pool" && child.find("watch") == nullptr) {
        child.set("watch", detail::value_of("true", origin::flag, "--watch"));
      }
      watch_pools(&child);
    }
  }

  // Without a file nobody could have said that root is meant.
  void allow_root_by_default() {
    auto* root = document_.find("root");
    auto* children = root == nullptr ? nullptr : root->find("children");
    if (!by_default_ || from_.who != run_as::root || children == nullptr) {
      return;
    }
    for (auto& child : children->items) {
      if (kind_of(child) == "pool" && child.find("allow_root") == nullptr &&
          child.find("user") == nullptr) {
        child.set("allow_root", node::of_truth("true"));
        out_.warnings.push_back("'" + child.find("id")->text +
                                "' runs as root; set its user (--set " + child.find("id")->text +
                                ".user=www-data)");
      }
    }
  }

  void read_options() {
    if (document_.is == node::type::null) {
      document_ = node::map();
    }
    reader in{errors_};
    const bound_section daemon{&detail::daemon_section(), &out_.daemon};
    constexpr std::array<std::string_view, 1> elsewhere{"root"};
    read_sections({&daemon, 1}, document_, elsewhere, in);
    auto* root = document_.find("root");
    const auto* php = document_.find("php");
    const bool php_misread = std::ranges::any_of(errors_, [](const config_error& one) {
      return one.path == "php" || one.path.starts_with("php.");
    });
    if (!php_misread && root != nullptr && php != nullptr) {
      hand_down(*php, *root);
    }
    if (root != nullptr) {
      give_time_to_finish(*root, out_.daemon.shutdown.deadline);
    }
    out_.root = read_root(document_.find("root"), errors_);
  }

  /// What `php` says counts for every container in PHP that does not say it itself. The values
  /// keep their places: relative names in them stay relative to the file they are in.
  static void hand_down(const node& php, node& parent) { // NOLINT(misc-no-recursion): checked depth
    auto* children = parent.find("children");
    for (std::size_t i = 0; children != nullptr && i < children->items.size(); ++i) {
      auto& child = children->items[i];
      hand_down(php, child);
      if (kind_of(child) == "php" && php.is == node::type::map) {
        lay_under(child, php);
      }
    }
  }

  const load_request& from_;
  configuration out_;
  config_errors errors_;
  node document_;
  bool composed_ = true;           ///< false: options are missing that are somewhere else
  std::size_t first_unfilled_ = 0; ///< among the mistakes: placeholders that stand for nothing
  std::size_t end_unfilled_ = 0;
  bool by_default_ = false; ///< the topology is ours, not written by the user
};

} // namespace

tl::expected<configuration, config_errors> load(const load_request& from) {
  return configuration_loader{from}.run();
}

error to_error(const config_errors& mistakes) {
  std::string text;
  for (const auto& one : mistakes) {
    text.append(text.empty() ? "" : "\n").append(one.text());
  }
  return error{errc::invalid_argument, std::move(text)};
}

} // namespace kraken::config
