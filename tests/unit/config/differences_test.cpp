// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Differences of definitions, option by option, secrets kept.
#include "config/differences.hpp"

#include "config/http_options.hpp"
#include "config/pool_options.hpp"
#include "config/process_options.hpp"

#include <catch2/catch.hpp>

namespace config = kraken::config;
namespace model = kraken::model;

namespace {

std::string text_of(const std::vector<config::option_change>& changes) {
  std::string out;
  for (const auto& one : changes) {
    out += one.option + ": " + one.from + " -> " + one.to + "\n";
  }
  return out;
}

model::child_spec program(config::process_options options) {
  model::child_spec spec;
  spec.id = "job";
  spec.kind = "process";
  spec.start = {"sleep", "600"};
  spec.options = std::make_shared<config::process_spec_options>(
      config::program_options{.process = std::move(options)});
  return spec;
}

} // namespace

TEST_CASE("differences: none, and children do not count") {
  const auto one = program({});
  auto two = program({});
  two.children.push_back(one);
  CHECK(config::differences(one, two).empty());
}

TEST_CASE("differences: options of every container and of its kind") {
  auto from = program({});
  config::process_options changed;
  changed.cwd = "/srv";
  auto to = program(changed);
  to.start = {"sleep", "601"};
  to.supervise.intensity = 9;
  CHECK(text_of(config::differences(from, to)) ==
        "start: [\"sleep\",\"600\"] -> [\"sleep\",\"601\"]\n"
        "supervise.intensity: 5 -> 9\n"
        "cwd: '' -> /srv\n");
}

TEST_CASE("differences: a secret is said to differ, not how") {
  config::process_options before;
  before.env = {{"PASSWORD", "one"}, {"GONE", "x"}};
  config::process_options after;
  after.env = {{"PASSWORD", "two"}, {"NEW", "x"}};
  const auto text = text_of(config::differences(program(before), program(after)));
  CHECK(text == "env.GONE: (secret) -> none\n"
                "env.PASSWORD: (secret) -> (secret)\n"
                "env.NEW: none -> (secret)\n");
}

TEST_CASE("differences: elements of a list are told by their place, without what they leave out") {
  const auto front = [](std::vector<std::pair<std::string, std::string>> routes) {
    model::child_spec spec;
    spec.id = "http";
    spec.kind = "http";
    config::http_options options;
    options.listen = {":80"};
    for (const auto& [path, to] : routes) {
      config::route_options route;
      route.path = path;
      route.to = to;
      options.routes.push_back(route);
    }
    spec.options = std::make_shared<config::http_spec_options>(options);
    return spec;
  };
  const auto told = [&](auto before, auto after) {
    return text_of(config::differences(front(std::move(before)), front(std::move(after))));
  };
  using routes = std::vector<std::pair<std::string, std::string>>;
  CHECK(told(routes{{"/a", "web"}, {"/", "web"}}, routes{{"/a", "api"}, {"/", "web"}}) ==
        "routes.0.to: web -> api\n");
  CHECK(told(routes{{"/a", "web"}, {"/", "web"}}, routes{{"/", "web"}}) ==
        "routes.0: {\"path\":\"/a\",\"to\":\"web\",\"retry\":\"none\"} -> none\n");
  CHECK(told(routes{{"/", "web"}}, routes{{"/", "web"}, {"/b", "web"}}) ==
        "routes.1: none -> {\"path\":\"/b\",\"to\":\"web\",\"retry\":\"none\"}\n");
  CHECK(told(routes{}, routes{{"/", "web"}}).starts_with("routes.0: none -> "));
}

TEST_CASE("differences: the daemon's own options") {
  config::daemon_options from;
  config::daemon_options to;
  to.log.level = kraken::log::level::debug;
  to.shards = 3;
  CHECK(text_of(config::differences(from, to)) == "log.level: info -> debug\nshards: 0 -> 3\n");
}
