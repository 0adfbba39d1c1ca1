// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Checking how the parts of a configuration fit together.
#include "config/detail/cross_checks.hpp"

#include "config/detail/ini_value.hpp"
#include "config/detail/listen_address.hpp"
#include "config/detail/warm_value.hpp"
#include "config/option_table.hpp"

#include "kraken/base/nearest.hpp"
#include "kraken/model/alias.hpp"

#include <algorithm>
#include <cctype>
#include <map>

namespace kraken::config::detail {

namespace {

/// A container beside the part of the document it was read from.
struct checked_container {
  const model::child_spec* spec = nullptr;
  const node* at = nullptr;
  std::string path;
};

void collect(const model::child_spec& parent,
             const node& at,
             const std::string& path,
             std::vector<checked_container>& out) {
  const auto* children = at.find("children");
  if (children == nullptr || children->items.size() != parent.children.size()) {
    return; // too deep to have been read; noted already
  }
  for (std::size_t i = 0; i < parent.children.size(); ++i) {
    const auto& child = parent.children[i];
    const auto own = model::join_path(path, child.id);
    out.push_back({&child, &children->items[i], own});
    collect(child, children->items[i], own, out);
  }
}

place place_of(const node& at, std::string_view key) {
  const auto* found = at.find(key);
  return found == nullptr ? at.at : found->at;
}

/// The element itself; null when the list was written shorter.
const node* item_of(const node& at, std::string_view key, std::size_t index) {
  const auto* found = at.find(key);
  return found != nullptr && index < found->items.size() ? &found->items[index] : nullptr;
}

/// The place of an element of the list `key`; of the list or container if it was written shorter.
place place_of(const node& at, std::string_view key, std::size_t index) {
  const auto* item = item_of(at, key, index);
  return item == nullptr ? place_of(at, key) : item->at;
}

template <class Options>
const Options* options_of(const model::child_spec& spec) {
  return dynamic_cast<const Options*>(spec.options.get());
}

class cross_checker {
public:
  cross_checker(const configuration& from,
                const node& document,
                const load_request& asked,
                std::vector<config_error>& errors,
                std::vector<std::string>& warnings)
      : from_(from), document_(document), asked_(asked), errors_(errors), warnings_(warnings),
        read_(errors.size()) {
    if (const auto* root = document.find("root")) {
      collect(from.root, *root, {}, all_);
    }
  }

  void run() {
    check_pools();
    check_admin();
    for (const auto& one : all_) {
      if (const auto* http = options_of<http_spec_options>(*one.spec)) {
        check_listen(one, http->values);
        check_header_limits(one, http->values.limits);
        check_routes(one, http->values.routes);
        check_bodies(one, http->values);
      }
      check_shard(one);
      if (one.at->partial) { // what it seems to lack, its template may have
        continue;
      }
      if (const auto* program = options_of<process_spec_options>(*one.spec)) {
        check_user(one, program->values.process);
      }
      if (const auto* php = options_of<php_spec_options>(*one.spec)) {
        check_user(one, php->values.process);
        check_ini(one, "ini", php->values.ini);
      }
      check_machine(one);
    }
    if (asked_.machine_of_daemon) {
      std::vector<config_error> found;
      asked_.machine_of_daemon(from_, document_, found);
      add_unless_misread(std::move(found));
    }
  }

private:
  void fault(const place& at, std::string path, std::string message) {
    errors_.push_back({at, std::move(path), std::move(message)});
  }

  /// Whether reading found a mistake in what is below `path`.
  [[nodiscard]] bool misread(std::string_view path) const {
    return std::any_of(errors_.begin(), errors_.begin() + read_, [&](const config_error& one) {
      const std::string_view wrong = one.path;
      return wrong.starts_with(path) && (wrong.size() == path.size() || wrong[path.size()] == '.');
    });
  }

  void check_machine(const checked_container& one) {
    // Where it is in doubt what is meant, nothing is known of files.
    if (!asked_.machine || misread(one.path + ".cwd") || misread(one.path + ".start")) {
      return;
    }
    std::vector<config_error> found;
    asked_.machine(*one.spec, *one.at, one.path, found);
    add_unless_misread(std::move(found));
    warn_of_user_ini(*one.spec, place_of(*one.at, "start").text() + ": " + one.path, warnings_);
  }

  /// How many there are the file says, or the machine.
  void check_shard(const checked_container& one) {
    const auto count = from_.daemon.shards != 0 ? from_.daemon.shards : asked_.cores;
    if (count != 0 && one.spec->shard >= static_cast<std::int64_t>(count) && !misread("shards")) {
      fault(place_of(*one.at, "shard"),
            one.path + ".shard",
            "must be less than the number of shards (" + std::to_string(count) + "), got '" +
                std::to_string(one.spec->shard) + "'");
    }
  }

  void add_unless_misread(std::vector<config_error> found) {
    for (auto& each : found) {
      if (!misread(each.path)) {
        errors_.push_back(std::move(each));
      }
    }
  }

  void check_pools() {
    for (const auto& one : all_) {
      const auto* pool = options_of<pool_spec_options>(*one.spec);
      if (pool == nullptr) {
        unknown_ = unknown_ || one.spec->kind.empty(); // might be one
        continue;
      }
      if (one.at->partial) {
        pools_.emplace(one.spec->id, one.path);
        continue;
      }
      check_user(one, pool->values.process);
      const auto& recycle = pool->values.recycle;
      if (recycle.memory_hard.value != 0 && recycle.memory >= recycle.memory_hard) {
        fault(place_of(*one.at, "recycle"),
              one.path + ".recycle.memory",
              "must be less than memory_hard (" + to_string(recycle.memory_hard) + "), got '" +
                  to_string(recycle.memory) + "'");
      }
      check_carrier(one, pool->values);
      if (one.spec->id == "admin") {
        fault(place_of(*one.at, "id"), one.path + ".id", "'admin' is the admin API's own name");
      }
      // Routes name pools by id, wherever they are in the tree. That siblings have the same id has
      // been told.
      const auto other = pools_.emplace(one.spec->id, one.path).first;
      if (other->second != one.path) {
        fault(place_of(*one.at, "id"),
              one.path + ".id",
              "there is another pool '" + one.spec->id + "': " + pools_[one.spec->id]);
      }
    }
  }

  void check_carrier(const checked_container& one, const pool_options& pool) {
    const bool native = pool.carrier != worker_carrier::program;
    const auto only_native = [&](const char* option) {
      fault(place_of(*one.at, option),
            one.path + "." + option,
            "is for carrier native or classic; a program takes its settings in start: "
            "[php, -d, memory_limit=256M, worker.php]");
    };
    if (!native && !pool.ini.empty()) {
      only_native("ini");
    }
    if (!native && !pool.ini_fixed.empty()) {
      only_native("ini_fixed");
    }
    if (auto wrong = warm_fault(pool); !wrong.empty()) {
      fault(place_of(*one.at, "warm"), one.path + ".warm", std::move(wrong));
    }
    check_ini(one, "ini", pool.ini);
    check_ini(one, "ini_fixed", pool.ini_fixed);
    if (native && pool.dialect != worker_dialect::kraken) {
      fault(place_of(*one.at, "dialect"),
            one.path + ".dialect",
            "must be kraken with carrier native or classic");
    }
  }

  void check_ini(const checked_container& one,
                 std::string_view option,
                 const std::map<std::string, std::string>& settings) {
    for (const auto& [name, value] : settings) {
      if (auto wrong = ini_fault(name, value); !wrong.empty()) {
        const auto* written = one.at->find(option);
        fault(written == nullptr ? one.at->at : place_of(*written, name),
              one.path + "." + std::string{option} + "." + name,
              std::move(wrong));
      }
    }
  }

  void check_user(const checked_container& one, const process_options& program) {
    const bool root_user = program.user == "root" || program.user == "0" ||
                           (program.user.empty() && asked_.who == run_as::root);
    if (root_user && !program.allow_root && !misread(one.path)) {
      fault(
          place_of(*one.at, "user"), one.path, "would run as root: set user, or allow_root: true");
    }
  }

  void check_admin() {
    const auto& admin = from_.daemon.admin;
    const auto* at = document_.find("admin");
    if (auto wrong = socket_path_fault(admin.socket); !wrong.empty()) {
      fault(
          at == nullptr ? document_.at : place_of(*at, "socket"), "admin.socket", std::move(wrong));
    }
    if (admin.listen.empty()) {
      return;
    }
    const auto where = at == nullptr ? document_.at : place_of(*at, "listen");
    if (admin.token_file.empty()) {
      fault(where, "admin.listen", "needs admin.token_file");
    }
    check_address(admin.listen, where, "admin.listen");
  }

  void check_address(const std::string& text, const place& where, const std::string& path) {
    if (auto wrong = address_fault(text); !wrong.empty()) {
      fault(where, path, std::move(wrong));
      return;
    }
    for (const auto& [taken, by] : addresses_) {
      if (same_address(text, taken)) {
        fault(where, path, "'" + text + "' is taken by " + by);
        return;
      }
    }
    addresses_.emplace_back(text, path);
  }

  void check_header_limits(const checked_container& one, const http_limits& limits) {
    const auto* section = one.at->find("limits");
    const bool asked = section != nullptr && section->find("header_line") != nullptr;
    if (asked && limits.header_line > limits.header_bytes) { // its default gives way
      fault(place_of(*section, "header_line"),
            one.path + ".limits.header_line",
            "one field of " + to_string(limits.header_line) + " (header_line) does not fit into " +
                to_string(limits.header_bytes) + " (header_bytes)");
    }
  }

  void check_listen(const checked_container& one, const http_options& http) {
    if (http.listen.empty() && one.at->find("listen") != nullptr &&
        !misread(one.path + ".listen")) {
      fault(place_of(*one.at, "listen"), one.path + ".listen", "needs at least one address");
    }
    for (std::size_t i = 0; i < http.listen.size(); ++i) {
      check_address(http.listen[i], place_of(*one.at, "listen", i), one.path + ".listen");
    }
  }

  void check_routes(const checked_container& one, const std::vector<route_options>& routes) {
    if (routes.empty() && one.at->find("routes") != nullptr && !misread(one.path + ".routes")) {
      fault(place_of(*one.at, "routes"),
            one.path + ".routes",
            "needs at least one route, such as {path: /, to: POOL}");
    }
    for (std::size_t i = 0; i < routes.size(); ++i) {
      const auto where = place_of(*one.at, "routes", i);
      const auto path = one.path + ".routes." + std::to_string(i);
      const auto before = errors_.size();
      check_route(routes[i], item_of(*one.at, "routes", i), where, path);
      for (std::size_t j = 0; j < i && errors_.size() == before; ++j) {
        if (takes_all_of(routes[j], routes[i])) {
          fault(where,
                path,
                "can never match: route " + std::to_string(j) + " at " +
                    place_of(*one.at, "routes", j).text() + " takes everything it would");
        }
      }
    }
  }

  // Such workers know no descriptors: a body has to fit into a frame.
  void check_bodies(const checked_container& front, const http_options& http) {
    const auto limit = http.limits.body;
    for (const auto& one : all_) {
      const auto* pool = options_of<pool_spec_options>(*one.spec);
      const bool asked = std::ranges::any_of(
          http.routes, [&one](const route_options& route) { return route.to == one.spec->id; });
      if (pool == nullptr || !asked || pool->values.carrier != worker_carrier::program ||
          one.at->partial) {
        continue;
      }
      const bytes most{pool->values.dialect == worker_dialect::narya ? limits::narya_frame_bytes_max
                                                                     : limits::frame_bytes_max};
      if (limit > most) {
        const auto* section = front.at->find("limits");
        const auto where = section == nullptr ? front.at->at : place_of(*section, "body");
        warnings_.push_back(where.text() + ": " + front.path + ".limits.body: " + to_string(limit) +
                            ", but the workers of '" + one.spec->id + "' take bodies of up to " +
                            to_string(most) + " (carrier: program); more is answered 413");
      }
    }
  }

  void check_route(const route_options& route,
                   const node* written,
                   const place& where,
                   const std::string& path) {
    const auto at = [&](std::string_view key) {
      return written == nullptr ? where : place_of(*written, key);
    };
    if (route.to.empty() == !route.respond.has_value() && !misread(path)) {
      fault(where, path, "needs exactly one of to and respond");
    }
    // `@name` is the daemon's own: only an import writes it.
    if (!route.to.empty() && !route.to.starts_with('@') && !pools_.contains(route.to)) {
      check_target(route.to, at("to"), path + ".to");
    }
    for (auto& [key, field, text] : faults_of(route)) {
      const auto* headers = field.empty() || written == nullptr ? nullptr : written->find(key);
      headers = headers == nullptr ? nullptr : headers->find("headers");
      fault(headers == nullptr ? at(key) : place_of(*headers, field),
            path + (key.empty() ? "" : "." + key) + (field.empty() ? "" : ".headers." + field),
            std::move(text));
    }
  }

  void check_target(const std::string& to, const place& where, std::string path) {
    std::vector<std::string_view> known;
    for (const auto& [id, at] : pools_) {
      known.emplace_back(id);
    }
    if (!unknown_ || nearest(to, known)) {
      fault(where, std::move(path), unknown_text("no pool '" + to + "'", to, known));
    }
  }

  const configuration& from_;
  const node& document_;
  const load_request& asked_;
  std::vector<config_error>& errors_;
  std::vector<std::string>& warnings_;
  std::ptrdiff_t read_;  ///< errors of reading, the first ones
  bool unknown_ = false; ///< whether there are containers of which the kind is not known
  std::vector<checked_container> all_;
  std::map<std::string, std::string> pools_; ///< id to path
  std::vector<std::pair<std::string, std::string>> addresses_;
};

} // namespace

void cross_check(const configuration& from,
                 const node& document,
                 const load_request& asked,
                 std::vector<config_error>& errors,
                 std::vector<std::string>& warnings) {
  cross_checker{from, document, asked, errors, warnings}.run();
}

} // namespace kraken::config::detail
