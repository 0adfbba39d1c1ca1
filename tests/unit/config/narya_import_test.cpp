// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Narya's configuration: every key means what its documentation says.
#include "config/explain.hpp"
#include "unit/config/written_files.hpp"

#include <catch2/catch.hpp>

namespace {

namespace config = kraken::config;
using namespace std::chrono_literals;

struct narya_case {
  written_files files;

  explicit narya_case(std::string_view text) { files.write(".rr.yaml", text); }

  [[nodiscard]] std::string value(const std::string& path) const {
    const auto options = config::explain_options(files.load(), path);
    return options.size() == 1 ? options.front().value : "not one option";
  }
};

} // namespace

TEST_CASE("Narya's defaults") {
  const narya_case narya{""};
  const auto loaded = narya.files.load();
  CHECK(loaded.warnings.empty());
  const auto& pool = values_of<config::pool_spec_options>(loaded.root.children[0]);
  const auto& http = values_of<config::http_spec_options>(loaded.root.children[1]);
  CHECK(loaded.root.children[0].start == std::vector<std::string>{"php", "worker.php"});
  CHECK(pool.dialect == config::worker_dialect::narya);
  CHECK(pool.size.min == 4);
  CHECK(pool.size.max == 4);
  CHECK(pool.request.timeout == 30s);
  CHECK(pool.recycle.requests == 1000);
  CHECK(pool.process.inherit_env);
  CHECK(http.listen == std::vector<std::string>{"0.0.0.0:8888"});
  CHECK(http.timeouts.write == 60s);
}

TEST_CASE("Narya's keys") {
  const auto [text, path, expected] = GENERATE(table<std::string, std::string, std::string>({
      {"server: {host: 127.0.0.1, port: 80}", "http.listen", R"(["127.0.0.1:80"])"},
      {"server: {host: '::1'}", "http.listen", R"(["[::1]:8888"])"},
      {"server: {read_timeout: 5}", "http.timeouts.body", "5s"},
      {"server: {read_timeout: 0}", "http.timeouts.header", "1m"},
      {"server: {write_timeout: 7}", "http.timeouts.write", "7s"},
      {"workers: {count: 8}", "web.size.min", "8"},
      {"workers: {count: 8}", "web.size.max", "8"},
      {"workers: {count: 1}", "web.size.max", "1"},
      {"workers: {count: 2, min_workers: 0, max_workers: 6}", "web.size.min", "2"},
      {"workers: {count: 2, min_workers: 1, max_workers: 6}", "web.size.max", "6"},
      {"workers: {scale_down_idle_secs: 30}", "web.scale.gradual_idle", "30s"},
      {"workers: {aggressive_scale_down_secs: 10}", "web.scale.aggressive_idle", "10s"},
      {"workers: {max_requests: 5}", "web.recycle.requests", "5"},
      {"workers: {max_requests: -1}", "web.recycle.requests", "0"},
      {"workers: {timeout: 9}", "web.request.timeout", "9s"},
      {"workers: {timeout: 0}", "web.request.timeout", "30s"},
      {"workers: {timeout: 9}", "web.queue.timeout", "0"},
      {"workers: {backpressure: {enabled: true}}", "web.queue.max", "0"},
      {"workers: {backpressure: {enabled: true, max_queue: 5}}", "web.queue.max", "5"},
      {"workers: {backpressure: {max_queue: 5}}", "web.queue.max", "1000"},
      {"workers: {queue_timeout: {enabled: true, timeout_ms: 300}}", "web.queue.timeout", "300ms"},
      {"php: {binary: php8.2, worker_script: w.php}", "web.start", R"(["php8.2","w.php"])"},
      {"logging: {level: WARNING}", "log.level", "warn"},
      {"logging: {format: json}", "log.format", "json"},
  }));
  const narya_case narya{text};
  CHECK(narya.value(path) == expected);
}

TEST_CASE("Narya's error texts") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"server: {port: 0}", ".rr.yaml:1:16: porta inválida: 0"},
      {"server: {port: 70000}", ".rr.yaml:1:16: porta inválida: 70000"},
      {"workers: {count: 0}", ".rr.yaml:1:18: number of workers must be at least 1"},
      {"workers: {count: 2, min_workers: 3}",
       ".rr.yaml:1:18: must be min_workers <= count <= max_workers (current: min=3 count=2 "
       "max=2)"},
      {"workers: {queue_timeout: {enabled: true}}",
       ".rr.yaml:1:1: queue_timeout.timeout_ms must be > 0"},
      {"workers: {queue_timeout: {enabled: true, timeout_ms: 5}, backpressure: {enabled: true}}",
       ".rr.yaml:1:1: backpressure and queue_timeout are mutually exclusive - enable only one"},
      {"workers: {backpressure: {enabled: true, max_queue: -1}}",
       ".rr.yaml:1:52: backpressure.max_queue must be >= 0"},
      {"server: {port: x}", ".rr.yaml:1:16: server.port: expected integer, got 'x'"},
      {"server: x", ".rr.yaml:1:9: server: expected a map, got 'x'"},
  }));
  const narya_case narya{text};
  // What follows from a refused value is told too; Narya's own text comes first.
  CHECK_THAT(narya.files.mistakes(), Catch::StartsWith(expected));
}

TEST_CASE("Narya ignores what it does not know; so do we, aloud") {
  const narya_case narya{"foo: 1\nworkers: {keep_warm: 2}\nserver: {enable_http2: true}\n"
                         "logging: {level: loud}\n"};
  CHECK(narya.files.load().warnings ==
        std::vector<std::string>{
            ".rr.yaml:1:1: foo: unknown key, ignored",
            ".rr.yaml:2:11: workers.keep_warm: has no effect here, ignored",
            ".rr.yaml:4:18: logging.level: unknown level 'loud', using info",
            ".rr.yaml:3:24: server.enable_http2: HTTP/2 is not served",
        });
}

TEST_CASE("a file of RoadRunner, which has the same name, is not taken for Narya's") {
  const narya_case narya{"version: '3'\nserver:\n  command: php app/worker.php\n"
                         "http: {address: '127.0.0.1:8080'}\n"};
  CHECK(
      narya.files.mistakes() ==
      ".rr.yaml:3:12: server.command: a file of RoadRunner, which is not read: the keys of Narya, "
      "whose file has the same name, are others. docs/guides/from-roadrunner.md has ours for each");
}

TEST_CASE("the later upstream's file allows both strategies") {
  written_files files;
  files.write(".nry.yaml",
              "workers: {queue_timeout: {enabled: true, timeout_ms: 5}, "
              "backpressure: {enabled: true, max_queue: 7}}\n");
  const auto loaded = files.load();
  const auto& pool = values_of<config::pool_spec_options>(loaded.root.children[0]);
  CHECK(pool.queue.max == 7);
  CHECK(pool.queue.timeout == 5ms);
}

TEST_CASE("default < file < NARYA_* < flags") {
  narya_case narya{"workers: {count: 2}\nserver: {port: 1000}\n"};
  CHECK(narya.value("web.size.count") == "2");
  narya.files.request.environment = {{"NARYA_WORKERS", "3"},
                                     {"NARYA_PORT", "1001"},
                                     {"NARYA_HOST", "127.0.0.1"},
                                     {"NARYA_LOG_LEVEL", "debug"}};
  CHECK(narya.value("web.size.count") == "3");
  CHECK(narya.value("http.listen") == R"(["127.0.0.1:1001"])");
  CHECK(narya.value("log.level") == "debug");
  narya.files.request.narya.workers = "4";
  narya.files.request.narya.port = "1002";
  CHECK(narya.value("web.size.max") == "4");
  CHECK(narya.value("http.listen") == R"(["127.0.0.1:1002"])");
  narya.files.request.narya.port = "0"; // not > 0: as if not given
  CHECK(narya.value("http.listen") == R"(["127.0.0.1:1001"])");
}

TEST_CASE("a Narya file is known by its keys too, and by a missing one nothing is lost") {
  written_files files;
  files.write("old.yaml", "workers: {count: 3}\nphp: {binary: php}\n");
  files.request.files = {"old.yaml"};
  CHECK(values_of<config::pool_spec_options>(files.load().root.children[0]).size.count == 3);
  files.request.files.clear();
  files.request.narya.config = "absent.yaml";
  CHECK(files.load().warnings ==
        std::vector<std::string>{"absent.yaml: there is no such file, using defaults"});
}

TEST_CASE("Narya's flags in the syntax of Go") {
  const std::vector<std::string> words{
      "-config=a.yaml", "--host", "h", "-port", "80", "--workers=2", "-version"};
  const auto flags = config::parse_narya_flags(words);
  REQUIRE(flags);
  CHECK(flags->config == "a.yaml");
  CHECK(flags->host == "h");
  CHECK(flags->port == "80");
  CHECK(flags->workers == "2");
  CHECK(flags->version);
  const auto [word, expected] = GENERATE(table<std::string, std::string>({
      {"-prot=1", "flag provided but not defined: -prot"},
      {"-port", "flag needs an argument: -port"},
      {"-port=x", "invalid value \"x\" for flag -port: parse error"},
      {"serve", "unexpected argument 'serve'"},
  }));
  const auto bad = config::parse_narya_flags(std::vector<std::string>{word});
  REQUIRE_FALSE(bad);
  CHECK(bad.error().context == expected);
}
