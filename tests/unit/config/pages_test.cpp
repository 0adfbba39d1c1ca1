// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What is made from the tables: schema, reference page, first file, JSON, explanations.
#include "config/explain.hpp"
#include "config/kind_table.hpp"
#include "config/php_options.hpp"
#include "config/pool_options.hpp"
#include "config/process_options.hpp"
#include "config/reference_page.hpp"
#include "config/schema.hpp"
#include "console/detail/json.hpp"
#include "kraken/model/solvers.hpp"
#include "unit/config/written_files.hpp"

#include <catch2/catch.hpp>

namespace {

namespace config = kraken::config;

auto json_of(const std::string& text) {
  auto value = kraken::console::detail::parse_json(text);
  REQUIRE(value);
  return std::move(*value);
}

} // namespace

TEST_CASE("the schema is JSON and knows every kind strictly") {
  const auto schema = json_of(config::json_schema());
  CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
  CHECK(schema["additionalProperties"] == false);
  CHECK(schema["properties"]["shards"]["maximum"] == 128);
  for (const auto* kind : {"supervisor", "process", "pool", "http"}) {
    const auto& one = schema["$defs"][kind];
    CHECK(one["additionalProperties"] == false);
    CHECK(one["properties"]["type"]["const"] == kind);
    CHECK(one["properties"].contains("id"));
  }
  const auto& pool = schema["$defs"]["pool"]["properties"];
  CHECK(pool["give_up"]["default"] == "park");
  CHECK(pool["queue"]["properties"]["timeout"]["default"] == "10s");
  CHECK(pool.contains("env"));
  CHECK_FALSE(pool.contains("children"));
}

TEST_CASE("the reference page has a row for every option") {
  const auto page = config::reference_page();
  for (const auto* row :
       {"| `log.level` | `debug`, `info`, `warn`, `error`, `off` | `info` | restart |",
        "| `queue.timeout` | duration, 0 to 1d | `10s` | live |",
        "| `recycle.memory` | size | `0` | live |",
        "| `routes[].to` | text |  | live |",
        "| `listen` | list of text or text | required | restart |",
        "| `umask` | text | `027` | restart |",
        "| `umask` | text | `027` | rolling |"}) {
    CHECK_THAT(page, Catch::Contains(row));
  }
}

TEST_CASE("the reference page has every kind and every answer to a failure") {
  const auto page = config::reference_page();
  for (const auto& each : config::kinds()) {
    CHECK_THAT(page, Catch::Contains("## Kind `" + std::string{each.name} + "`"));
  }
  CHECK_THAT(page, Catch::Contains("| `escalate` | the parent's supervisor decides |"));
  for (const auto& each : kraken::model::solver_table) {
    CHECK_THAT(page, Catch::Contains("| `" + std::string{each.name} + "` | "));
  }
  CHECK_THAT(page, Catch::Contains("| `RuntimeStop` | its parent | the child is stopped |"));
}

TEST_CASE("the first file of config:init loads") {
  written_files files;
  files.write("kraken.yaml", config::init_template());
  const auto loaded = files.load();
  CHECK(loaded.warnings.empty());
  CHECK(loaded.root.children.size() == 2);
}

TEST_CASE("secrets are shown nowhere, but a change of them is seen") {
  written_files files;
  files.write("kraken.yaml",
              "root:\n  children:\n    - {id: a, type: process, start: [x], env: {PASS: hush}}\n");
  const auto before = files.load();
  const auto json = json_of(config::to_json(before));
  CHECK(json["root"]["children"][0]["env"]["PASS"] == "(secret)");
  CHECK_THAT(config::explain(before, ""), !Catch::Contains("hush"));
  files.request.sets = {"a.env.PASS=other"};
  const auto after = files.load();
  CHECK(before.root.children[0].options->fingerprint() !=
        after.root.children[0].options->fingerprint());
}

TEST_CASE("explain narrows to an option or a container") {
  written_files files;
  files.write("kraken.yaml", config::init_template());
  const auto loaded = files.load();
  CHECK(config::explain(loaded, "log") == "log.level   info  kraken.yaml:6:10\n"
                                          "log.format  text  kraken.yaml:7:11\n"
                                          "log.file    ''    default\n");
  CHECK(config::explain(loaded, "web.queue.max") == "web.queue.max  1000  kraken.yaml:17:20\n");
  CHECK(config::explain(loaded, "lo").empty());
}

TEST_CASE("where the output goes is taken over by what runs, of every kind with programs") {
  const auto check = [](auto values, auto spec) {
    const decltype(spec) before{values};
    values.output = {.file = "/var/log/x", .keep = 3};
    CHECK(before.live_change(decltype(spec){values}));
    CHECK(before.fingerprint() != decltype(spec){values}.fingerprint());
    values.process.stop = config::stop_signal::quit;
    return before.live_change(decltype(spec){values});
  };
  CHECK_FALSE(check(config::program_options{}, config::process_spec_options{{}}));
  CHECK_FALSE(check(config::php_options{}, config::php_spec_options{{}}));
  CHECK(check(config::pool_options{}, config::pool_spec_options{{}})); // worker by worker
}

TEST_CASE("a pool takes over what its workers are made with as it runs, not what they speak") {
  config::pool_options values;
  const config::pool_spec_options before{values};
  values.size.max = 9;
  values.queue.timeout = kraken::seconds{1};
  CHECK(before.live_change(config::pool_spec_options{values}));
  CHECK(before.fingerprint() != config::pool_spec_options{values}.fingerprint());
  values.process.cwd = "/elsewhere";
  CHECK(before.live_change(config::pool_spec_options{values}));
  values.dialect = config::worker_dialect::narya;
  CHECK_FALSE(before.live_change(config::pool_spec_options{values}));
}
