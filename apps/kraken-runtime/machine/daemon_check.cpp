// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// See the header. Not looked at: which classes a plugin has, and whether it can be loaded (only
/// its code tells, and that is not run to check a file), `watch` (a pattern may match later),
/// `warm` (requests, no files), `php.package` and `php.autoload` at the top (each container of PHP
/// is looked at), the admin socket's own runtime directory (it is made).
#include "apps/kraken-runtime/machine/daemon_check.hpp"

#include "containers/program/launch_settings.hpp"
#include "kraken/process/host/own_files.hpp"
#include "kraken/process/host/runtime_directory.hpp"
#include "kraken/process/launch/launch_check.hpp"
#include "kraken/process/output/line_place.hpp"

#include <fstream>
#include <string_view>

namespace kraken::runtime {

namespace {

using process::file_use;

std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

class daemon_checker {
public:
  daemon_checker(const config::configuration& from,
                 const config::node& document,
                 const containers::class_catalogue* classes,
                 std::vector<config::config_error>& errors)
      : from_(from), document_(document), classes_(classes), errors_(errors) {}

  void run() {
    const auto& daemon = from_.daemon;
    check("log", "file", daemon.log.file, file_use::append);
    check("spool", "directory", daemon.spool.directory, file_use::keep_files);
    if (folder_of(daemon.admin.socket) != process::runtime_directory()) {
      check("admin", "socket", daemon.admin.socket, file_use::replace);
    }
    if (!daemon.admin.listen.empty()) {
      check_token();
    }
    const auto* native = document_.find("native");
    const auto* plugins = native == nullptr ? nullptr : native->find("plugins");
    for (std::size_t i = 0; plugins != nullptr && i < daemon.native.plugins.size(); ++i) {
      note(place_of(*plugins, i), "native.plugins", daemon.native.plugins[i], file_use::read);
    }
    if (const auto* root = document_.find("root")) {
      check_children(from_.root, *root, {});
    }
  }

private:
  static const config::place& place_of(const config::node& list, std::size_t index) {
    return index < list.items.size() ? list.items[index].at : list.at;
  }

  bool note(const config::place& at, std::string path, const std::string& file, file_use what) {
    auto obstacle = process::find_file_obstacle(file, what);
    if (!obstacle) {
      return false;
    }
    errors_.push_back({at, std::move(path), std::move(*obstacle)});
    return true;
  }

  /// @return whether there is something in the way
  bool check(std::string_view group, std::string_view key, const std::string& file, file_use what) {
    const auto* section = document_.find(group);
    const auto* at = section == nullptr ? nullptr : section->find(key);
    return !file.empty() && at != nullptr &&
           note(at->at, std::string{group}.append(".").append(key), file, what);
  }

  // `serve` reads it too, before it starts anything.
  void check_token() {
    const auto& name = from_.daemon.admin.token_file;
    if (name.empty() || check("admin", "token_file", name, file_use::read)) {
      return;
    }
    std::string token;
    if (!(std::ifstream{name} >> token)) {
      errors_.push_back({document_.find("admin")->find("token_file")->at,
                         "admin.token_file",
                         "there is no token in '" + name + "'"});
    }
  }

  // NOLINTNEXTLINE(misc-no-recursion): checked depth
  void
  check_children(const model::child_spec& parent, const config::node& at, const std::string& path) {
    const auto* children = at.find("children");
    if (children == nullptr || children->items.size() != parent.children.size()) {
      return;
    }
    for (std::size_t i = 0; i < parent.children.size(); ++i) {
      const auto& child = parent.children[i];
      const auto own = path.empty() ? child.id : path + "/" + child.id;
      // Which classes a plugin has, only its code could tell.
      if (classes_ != nullptr && child.kind == "native" && from_.daemon.native.plugins.empty() &&
          !children->items[i].partial) {
        check_class(child, children->items[i], own);
      }
      const auto* front = dynamic_cast<const config::http_spec_options*>(child.options.get());
      if (front != nullptr && child.autostart) {
        check_front(front->values, children->items[i], own);
      }
      if (const auto* output = output_of(child); output != nullptr && child.autostart) {
        check_output(*output, children->items[i], own + ".output");
      }
      check_children(child, children->items[i], own);
    }
  }

  void
  check_class(const model::child_spec& child, const config::node& at, const std::string& path) {
    if (const auto known = classes_->check(child); !known) {
      const auto* start = at.find("start");
      errors_.push_back(
          {start == nullptr ? at.at : start->at, path + ".start", known.error().context});
    }
  }

  /// null for kinds without programs
  static const config::output_options* output_of(const model::child_spec& child) {
    const auto* options = child.options.get();
    if (const auto* run = dynamic_cast<const config::process_spec_options*>(options)) {
      return &run->values.output;
    }
    if (const auto* pool = dynamic_cast<const config::pool_spec_options*>(options)) {
      return &pool->values.output;
    }
    const auto* php = dynamic_cast<const config::php_spec_options*>(options);
    return php == nullptr ? nullptr : &php->values.output;
  }

  void check_output(const config::output_options& output,
                    const config::node& at,
                    const std::string& path) {
    const auto* section = at.find("output");
    const auto check_one = [&](std::string_view key, const std::string& file) {
      const auto* found = section == nullptr ? nullptr : section->find(key);
      const auto where = found == nullptr ? at.at : found->at;
      const auto whole = path + "." + std::string{key};
      if (!process::names_a_file(file) || note(where, whole, file, file_use::append)) {
        return;
      }
      if (const auto place = process::find_line_place(file); !place) {
        errors_.push_back({where, whole, place.error().context});
      }
    };
    check_one("file", output.file);
    check_one("stderr", output.errors);
  }

  void
  check_front(const config::http_options& front, const config::node& at, const std::string& path) {
    const auto* log = at.find("access_log");
    const auto* file = log == nullptr ? nullptr : log->find("file");
    if (file != nullptr && !front.access_log.file.empty() &&
        front.access_log.format != config::access_log_format::off) {
      note(file->at, path + ".access_log.file", front.access_log.file, file_use::append);
    }
    constexpr std::string_view socket = "unix:";
    const auto* listen = at.find("listen");
    for (std::size_t i = 0; listen != nullptr && i < front.listen.size(); ++i) {
      if (front.listen[i].starts_with(socket)) {
        note(place_of(*listen, i),
             path + ".listen",
             front.listen[i].substr(socket.size()),
             file_use::replace);
      }
    }
    const auto* routes = at.find("routes");
    for (std::size_t i = 0; routes != nullptr && i < front.routes.size(); ++i) {
      if (i < routes->items.size()) {
        check_route(
            front.routes[i], routes->items[i], path + ".routes." + std::to_string(i) + ".files");
      }
    }
  }

  // Workers of our own PHP open what they name themselves, for others the daemon does.
  void
  check_route(const config::route_options& route, const config::node& at, const std::string& path) {
    const auto* files = at.find("files");
    const auto* pool = find_pool(from_.root, route.to);
    for (std::size_t i = 0; files != nullptr && i < route.files.size(); ++i) {
      const auto& folder = route.files[i];
      if (note(place_of(*files, i), path, folder, file_use::enter) || pool == nullptr ||
          pool->values.carrier == config::worker_carrier::program) {
        continue;
      }
      const auto who = containers::launch_settings(pool->values.process);
      if (auto obstacle = process::find_reading_obstacle(who, folder)) {
        errors_.push_back({place_of(*files, i), path, std::move(*obstacle)});
      }
    }
  }

  // NOLINTNEXTLINE(misc-no-recursion): checked depth
  static const config::pool_spec_options* find_pool(const model::child_spec& parent,
                                                    std::string_view id) {
    for (const auto& child : parent.children) {
      const auto* pool = dynamic_cast<const config::pool_spec_options*>(child.options.get());
      if (pool != nullptr && child.id == id) {
        return pool;
      }
      if (const auto* below = find_pool(child, id)) {
        return below;
      }
    }
    return nullptr;
  }

  const config::configuration& from_;
  const config::node& document_;
  const containers::class_catalogue* classes_;
  std::vector<config::config_error>& errors_;
};

} // namespace

void check_daemon(const config::configuration& from,
                  const config::node& document,
                  const containers::class_catalogue* classes,
                  std::vector<config::config_error>& errors) {
  daemon_checker{from, document, classes, errors}.run();
}

} // namespace kraken::runtime
