// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The topology of `kraken serve TARGET`.
#include "config/detail/layers.hpp"

#include <filesystem>

namespace kraken::config::detail {

namespace {

constexpr std::string_view default_listen = "127.0.0.1:8888";

struct found_script {
  std::filesystem::path script; ///< empty: none
  bool classic = false;         ///< an index.php, which runs anew for each request
  std::filesystem::path other;  ///< a worker script that is there too; empty: none
};

/// What runs anew for each request and what boots once are told apart by the name alone.
bool is_page(const std::filesystem::path& script) {
  return script.filename() == "index.php";
}

/// A directory is what a web server is pointed at: its index.php is what is meant, also where a
/// worker script lies in it or, as in many applications, beside `public/`.
found_script find_script(const std::filesystem::path& directory) {
  std::error_code none; // what cannot be looked at is not there
  auto worker = directory / "worker.php";
  if (!std::filesystem::is_regular_file(worker, none)) {
    worker = directory.parent_path() / "worker.php";
    if (directory.filename() != "public" || !std::filesystem::is_regular_file(worker, none)) {
      worker.clear();
    }
  }
  if (std::filesystem::is_regular_file(directory / "index.php", none)) {
    return {directory / "index.php", true, worker};
  }
  return {worker, false, {}};
}

target_choice choice_of(const found_script& found, const std::string& target, bool directory) {
  std::string because;
  if (!directory) {
    because = found.classic ? "a script of this name" : "a script of another name than index.php";
  } else if (found.classic) {
    because = "'" + target + "' has an index.php";
  } else {
    because = "'" + target + "' has no index.php, but there is a worker.php";
  }
  return {found.script.string(),
          because + (found.classic ? ": it runs anew for each request"
                                   : ": it boots once and serves many requests"),
          found.other.empty() ? "" : "kraken serve " + found.other.string()};
}

node topology_of(const found_script& found) {
  const auto& script = found.script;
  const auto text = [](std::string_view value) { return node::of_text(std::string{value}); };
  auto start = node::list();
  if (found.classic) {
    start.items = {text(script.parent_path().string())};
  } else {
    start.items = {text("php"), text(script.filename().string())};
  }
  auto web = node::map();
  web.set("id", text("web"))
      .set("type", text("pool"))
      .set("start", std::move(start))
      .set("cwd", text(script.parent_path().string()));
  if (found.classic) {
    web.set("carrier", text("classic"));
  }

  auto listen = node::list();
  listen.items = {text(default_listen)};
  auto route = node::map();
  route.set("path", text("/")).set("to", text("web"));
  auto routes = node::list();
  routes.items = {std::move(route)};
  auto http = node::map();
  http.set("id", text("http"))
      .set("type", text("http"))
      .set("listen", std::move(listen))
      .set("routes", std::move(routes));

  auto supervise = node::map();
  supervise.set("strategy", text("rest_for_one"));
  auto children = node::list();
  children.items = {std::move(web), std::move(http)};
  auto root = node::map();
  root.set("supervise", std::move(supervise)).set("children", std::move(children));
  auto out = node::map();
  out.set("root", std::move(root));
  return out;
}

} // namespace

node default_topology(const std::string& target,
                      const std::string& directory,
                      std::optional<target_choice>& choice,
                      std::vector<config_error>& errors) {
  std::error_code failed;
  auto path = std::filesystem::absolute(std::filesystem::path{directory} / target, failed)
                  .lexically_normal();
  if (!path.has_filename()) {
    path = path.parent_path(); // `public/`
  }
  const bool is_script = std::filesystem::is_regular_file(path, failed);
  if (!is_script && !std::filesystem::is_directory(path, failed)) {
    errors.push_back({{}, {}, "there is no file or directory '" + target + "'"});
    return {};
  }
  const auto found = is_script ? found_script{path, is_page(path), {}} : find_script(path);
  if (found.script.empty()) {
    errors.push_back({{},
                      {},
                      "'" + target +
                          "' has no index.php and no worker.php; name the worker "
                          "script: kraken serve worker.php"});
    return {};
  }
  choice = choice_of(found, target, !is_script);
  return topology_of(found);
}

} // namespace kraken::config::detail
