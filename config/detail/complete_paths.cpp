// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Walking over the options that are names of files.
#include "config/detail/complete_paths.hpp"

namespace kraken::config::detail {

namespace {

class path_completion {
public:
  path_completion(configuration& into, const node& document, const relative_names& names)
      : into_(into), document_(document), names_(names) {}

  void run() {
    complete_path(into_.daemon.log.file, "log", "file");
    complete_path(into_.daemon.admin.socket, "admin", "socket");
    complete_path(into_.daemon.admin.token_file, "admin", "token_file");
    complete_path(into_.daemon.spool.directory, "spool", "directory");
    complete_plugins();
    const auto* php = document_.find("php");
    complete_php(into_.daemon.php, php == nullptr ? document_ : *php);
    if (const auto* root = document_.find("root")) {
      complete_children(into_.root, *root);
    }
  }

private:
  void complete_path(std::string& name, std::string_view group, std::string_view key) const {
    const auto* section = document_.find(group);
    const auto* at = section == nullptr ? nullptr : section->find(key);
    if (!name.empty() && at != nullptr) {
      name = names_.absolute(name, at->at);
    }
  }

  void complete_plugins() {
    const auto* native = document_.find("native");
    const auto* at = native == nullptr ? nullptr : native->find("plugins");
    auto& plugins = into_.daemon.native.plugins;
    for (std::size_t i = 0; at != nullptr && i < plugins.size(); ++i) {
      plugins[i] = names_.absolute(plugins[i], i < at->items.size() ? at->items[i].at : at->at);
    }
  }

  void complete_children(model::child_spec& parent, const node& at) const {
    for (std::size_t i = 0; i < parent.children.size(); ++i) {
      auto& child = parent.children[i];
      const auto& child_at = at.find("children")->items[i];
      const auto* cwd = child_at.find("cwd");
      const auto complete = [&](process_options& program) {
        program.cwd = names_.absolute(program.cwd, cwd == nullptr ? child_at.at : cwd->at);
      };
      if (const auto* pool = dynamic_cast<const pool_spec_options*>(child.options.get())) {
        auto values = pool->values;
        complete(values.process);
        complete_output(values.output, child_at);
        child.options = std::make_shared<const pool_spec_options>(std::move(values));
      } else if (const auto* run = dynamic_cast<const process_spec_options*>(child.options.get())) {
        auto values = run->values;
        complete(values.process);
        complete_output(values.output, child_at);
        child.options = std::make_shared<const process_spec_options>(std::move(values));
      } else if (const auto* php = dynamic_cast<const php_spec_options*>(child.options.get())) {
        auto values = php->values;
        complete_php(values, child_at);
        child.options = std::make_shared<const php_spec_options>(std::move(values));
      } else if (const auto* http = dynamic_cast<const http_spec_options*>(child.options.get())) {
        auto values = http->values;
        complete_listen(values.listen, child_at.find("listen"));
        const auto* log = child_at.find("access_log");
        const auto* file = log == nullptr ? nullptr : log->find("file");
        if (file != nullptr && !values.access_log.file.empty()) {
          values.access_log.file = names_.absolute(values.access_log.file, file->at);
          if (log->find("format") == nullptr) {
            values.access_log.format = access_log_format::text; // or the file would stay away
          }
        }
        child.options = std::make_shared<const http_spec_options>(std::move(values));
      }
      complete_children(child, child_at);
    }
  }

  void complete_output(output_options& output, const node& at) const {
    const auto* section = at.find("output");
    for (auto* name : {&output.file, &output.errors}) {
      const auto* found =
          section == nullptr ? nullptr : section->find(name == &output.file ? "file" : "stderr");
      if (!name->empty()) {
        *name = names_.absolute(*name, found == nullptr ? at.at : found->at);
      }
    }
  }

  void complete_php(php_options& php, const node& at) const {
    complete_output(php.output, at);
    const auto place_of = [&at](std::string_view key) -> const place& {
      const auto* found = at.find(key);
      return found == nullptr ? at.at : found->at;
    };
    php.process.cwd = names_.absolute(php.process.cwd, place_of("cwd"));
    for (auto* name : {&php.package, &php.autoload}) {
      if (!name->empty()) {
        *name = names_.absolute(*name, place_of(name == &php.package ? "package" : "autoload"));
      }
    }
  }

  void complete_listen(std::vector<std::string>& listen, const node* at) const {
    constexpr std::string_view prefix = "unix:";
    for (std::size_t i = 0; at != nullptr && i < listen.size(); ++i) {
      if (listen[i].starts_with(prefix)) {
        const auto& where = i < at->items.size() ? at->items[i].at : at->at;
        listen[i] = std::string{prefix} + names_.absolute(listen[i].substr(prefix.size()), where);
      }
    }
  }

  configuration& into_;
  const node& document_;
  const relative_names& names_;
};

} // namespace

std::string relative_names::absolute(const std::string& name, const place& at) const {
  auto base = directory;
  if (at.from == origin::file && at.source != nullptr) {
    base = std::filesystem::path{directory / *at.source}.lexically_normal().parent_path();
  }
  auto path = (base / name).lexically_normal();
  return (path.has_filename() ? path : path.parent_path()).string();
}

void unmove_names(configuration& into, const node& document, const relative_names& names) {
  const auto written = [](const node* what) {
    return what != nullptr && what->at.from != origin::standard;
  };
  for (std::size_t i = 0; i < into.root.children.size(); ++i) {
    auto& child = into.root.children[i];
    const auto& at = document.find("root")->find("children")->items[i];
    const auto* cwd = at.find("cwd");
    const auto* pool = dynamic_cast<const pool_spec_options*>(child.options.get());
    if (pool == nullptr || cwd == nullptr || written(cwd)) {
      continue;
    }
    auto values = pool->values;
    if (const auto* start = at.find("start"); written(start)) {
      values.process.cwd = names.absolute({}, start->at);
    }
    if (const auto* watch = at.find("watch"); written(watch)) {
      for (auto& each : values.watch.paths) {
        each = names.absolute(each, watch->at);
      }
    }
    child.options = std::make_shared<const pool_spec_options>(std::move(values));
  }
}

void complete_paths(configuration& into, const node& document, const relative_names& names) {
  path_completion{into, document, names}.run();
}

} // namespace kraken::config::detail
