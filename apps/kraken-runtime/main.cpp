// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The daemon's program: arguments in, exit code out.
#include "apps/kraken-runtime/daemon.hpp"

#include "kraken/process/runtime_directory.hpp"

#include <cstdio>

int main(int argc, char** argv) {
  using namespace std::string_literals;
  namespace c = kraken::containers;
  kraken::runtime::daemon_plan plan;
  plan.root.id = "Main";
  plan.root.kind = "supervisor";
  plan.root.supervise.how = kraken::model::strategy::rest_for_one;
  kraken::model::child_spec web;
  web.id = "web"; web.kind = "pool";
  c::pool_settings ps;
  ps.argv = {"php", argc > 1 ? argv[1] : "worker.php"};
  ps.root = kraken::process::superuser::allow;
  ps.count = ps.min = ps.max = argc > 3 ? static_cast<unsigned>(std::stoul(argv[3])) : 4;
  web.options = std::make_shared<c::pool_kind_options>(ps, "x");
  web.supervise.intensity = 10;
  web.on_give_up = kraken::model::give_up::park;
  kraken::model::child_spec http;
  http.id = "http"; http.kind = "http";
  c::route fixed; fixed.path = "/fixed"; fixed.exact = true; fixed.respond.body = "ok"; fixed.respond.headers = {{"content-type","text/plain"}};
  c::route all; all.to = "web";
  c::front_settings fs; fs.routes = std::make_shared<const c::route_table>(std::vector<c::route>{fixed, all});
  http.options = std::make_shared<c::http_kind_options>(std::vector<kraken::net::address>{*kraken::net::address::parse(argc > 2 ? argv[2] : "127.0.0.1:8888")}, fs, "y");
  plan.root.children = {web, http};
  plan.shards = 1;
  auto dir = kraken::process::runtime_directory();
  static_cast<void>(kraken::process::make_private_directory(dir));
  plan.socket_directory = dir;
  plan.admin_socket = dir + "/kraken.sock";
  kraken::runtime::daemon it{std::move(plan)};
  auto code = it.run();
  if (!code) { std::fprintf(stderr, "kraken-runtime: %s\n", code.error().text().c_str()); return 1; }
  return *code;
}
