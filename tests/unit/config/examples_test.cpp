// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The example files load, and mean what their comments say.
#include "config/loader.hpp"
#include "unit/config/written_files.hpp"

#include <catch2/catch.hpp>

namespace {

namespace config = kraken::config;
using namespace std::chrono_literals;

config::configuration load_example(const std::string& name) {
  config::load_request request;
  request.directory = KRAKEN_SOURCE_DIR;
  request.files = {"config/examples/" + name};
  auto loaded = config::load(request);
  INFO((loaded ? std::string{} : config::to_error(loaded.error()).context));
  REQUIRE(loaded);
  return std::move(*loaded);
}

} // namespace

TEST_CASE("demo.yaml: one pool and a front") {
  const auto demo = load_example("demo.yaml");
  CHECK(demo.warnings.empty());
  CHECK(demo.root.id == "Main");
  CHECK(demo.root.kind == "supervisor");
  CHECK(demo.root.supervise.how == kraken::model::strategy::rest_for_one);
  REQUIRE(demo.root.children.size() == 2);
  const auto& web = demo.root.children[0];
  CHECK(web.start == std::vector<std::string>{"php", "apps/demo/worker.php"});
  CHECK(web.on_give_up == kraken::model::give_up::park);
  CHECK(web.supervise.intensity == 8);
  CHECK(web.supervise.start == kraken::model::start_order::parallel);
  const auto& pool = values_of<config::pool_spec_options>(web);
  CHECK(pool.size.max == 4);
  CHECK(pool.process.allow_root);
  CHECK(pool.process.cwd == KRAKEN_SOURCE_DIR);
  const auto& http = values_of<config::http_spec_options>(demo.root.children[1]);
  CHECK(http.listen == std::vector<std::string>{"127.0.0.1:8888"});
  REQUIRE(http.routes.size() == 2);
  CHECK(http.routes[0].exact == "/fixed");
  REQUIRE(http.routes[0].respond);
  CHECK(http.routes[0].respond->body == "ok");
  CHECK(http.routes[1].to == "web");
}

TEST_CASE("shop.yaml: sizes, limits and addresses") {
  const auto shop = load_example("shop.yaml");
  CHECK(shop.daemon.node == "shop-1");
  CHECK(shop.daemon.log.format == kraken::log::format::json);
  CHECK(shop.daemon.shutdown.deadline == 60s);
  REQUIRE(shop.root.children.size() == 4);
  const auto& indexer = shop.root.children[0];
  CHECK(indexer.ready.how == kraken::model::ready_spec::mode::message);
  CHECK(indexer.alive.how == kraken::model::alive_spec::mode::heartbeat);
  CHECK(values_of<config::process_spec_options>(indexer).process.limits.nofile == 1024U);
  const auto& web = values_of<config::pool_spec_options>(shop.root.children[1]);
  CHECK(web.size.count == 4);
  CHECK(web.size.max == 16);
  CHECK(web.recycle.memory == kraken::bytes{128U << 20U});
  CHECK(web.process.cwd == KRAKEN_SOURCE_DIR "/config/examples");
  const auto& http = values_of<config::http_spec_options>(shop.root.children[3]);
  CHECK(http.listen[1] == "unix:" KRAKEN_SOURCE_DIR "/config/examples/run/shop.sock");
  CHECK(http.routes[1].retry == config::route_retry::idempotent);
}

TEST_CASE("jobs.yaml: anchors, and a group below the root") {
  const auto jobs = load_example("jobs.yaml");
  REQUIRE(jobs.root.children.size() == 3);
  const auto& migrate = jobs.root.children[1];
  CHECK(migrate.id == "migrate");
  CHECK(migrate.kind == "process");
  CHECK(migrate.backoff.min == 200ms);
  CHECK(migrate.shutdown.how == kraken::model::shutdown_spec::mode::infinity);
  const auto& render = jobs.root.children[2];
  CHECK(render.kind == "supervisor");
  REQUIRE(render.children.size() == 2);
  CHECK(values_of<config::process_spec_options>(render.children[0]).process.umask.bits == 022);
}

TEST_CASE("narya.rr.yaml: imported") {
  const auto narya = load_example("narya.rr.yaml");
  REQUIRE(narya.root.children.size() == 2);
  const auto& pool = values_of<config::pool_spec_options>(narya.root.children[0]);
  CHECK(pool.dialect == config::worker_dialect::narya);
  CHECK(pool.size.min == 4);
  CHECK(pool.size.max == 8);
  CHECK(pool.queue.timeout == 1500ms);
  CHECK(pool.process.cwd == KRAKEN_SOURCE_DIR);
}

TEST_CASE("shutdown: who has requests in work gets most of the whole stop") {
  written_files files;
  constexpr const char* tree =
      "root:\n  children:\n    - {id: a, type: process, start: [a]}\n    - {id: web, type: pool, "
      "start: [a]}\n    - id: inner\n      children:\n        - {id: front, type: http, listen: "
      "[\":0\"], routes: [{to: web}]}\n    - {id: own, type: http, listen: [\":0\"], routes: [{to: "
      "web}], shutdown: 3s}\n";
  const auto times = [&files] {
    const auto loaded = files.load();
    std::vector<kraken::milliseconds> out;
    for (const auto& child : loaded.root.children) {
      out.push_back(child.shutdown.time);
    }
    out.push_back(loaded.root.children.at(2).children.at(0).shutdown.time);
    return out;
  };
  files.write("kraken.yaml", tree);
  CHECK(times() == std::vector<kraken::milliseconds>{5s, 60s, 5s, 3s, 60s});
  files.write("kraken.yaml", "shutdown: {deadline: 10s}\n" + std::string{tree});
  CHECK(times() == std::vector<kraken::milliseconds>{5s, 7500ms, 5s, 3s, 7500ms});
  files.write("kraken.yaml", "shutdown: {deadline: 1ms}\n" + std::string{tree});
  CHECK(times() == std::vector<kraken::milliseconds>{5s, 1ms, 5s, 3s, 1ms});
}
