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
};

/// `public/` is what a web server is pointed at; the worker script often lies beside it.
found_script find_script(const std::filesystem::path& directory) {
  std::error_code none; // what cannot be looked at is not there
  if (std::filesystem::is_regular_file(directory / "worker.php", none)) {
    return {directory / "worker.php", false};
  }
  const auto beside = directory.parent_path() / "worker.php";
  if (directory.filename() == "public" && std::filesystem::is_regular_file(beside, none)) {
    return {beside, false};
  }
  if (std::filesystem::is_regular_file(directory / "index.php", none)) {
    return {directory / "index.php", true};
  }
  return {};
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
                      std::vector<config_error>& errors) {
  std::error_code failed;
  auto path = std::filesystem::absolute(std::filesystem::path{directory} / target, failed)
                  .lexically_normal();
  if (!path.has_filename()) {
    path = path.parent_path(); // `public/`
  }
  if (std::filesystem::is_regular_file(path, failed)) {
    return topology_of({path, path.filename() == "index.php"});
  }
  if (!std::filesystem::is_directory(path, failed)) {
    errors.push_back({{}, {}, "there is no file or directory '" + target + "'"});
    return {};
  }
  const auto found = find_script(path);
  if (found.script.empty()) {
    errors.push_back({{},
                      {},
                      "'" + target +
                          "' has no worker.php and no index.php; name the worker "
                          "script: kraken serve worker.php"});
    return {};
  }
  return topology_of(found);
}

} // namespace kraken::config::detail
