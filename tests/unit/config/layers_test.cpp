// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Who wins: default < file < environment < flag; and what is served without a file.
#include "config/explain.hpp"
#include "unit/config/written_files.hpp"

#include <catch2/catch.hpp>

namespace {

namespace config = kraken::config;
using namespace std::chrono_literals;

constexpr std::string_view base_file = "root:\n"
                                       "  children:\n"
                                       "    - id: web\n"
                                       "      type: pool\n"
                                       "      start: [php, w.php]\n"
                                       "      size: 2\n"
                                       "    - id: http\n"
                                       "      type: http\n"
                                       "      listen: \":8080\"\n"
                                       "      routes: [{to: web}]\n";

std::string origin_of(const config::configuration& from, const std::string& path) {
  const auto options = config::explain_options(from, path);
  return options.size() == 1 ? options.front().value + " from " + options.front().from
                             : "not one option";
}

const config::pool_options& web_of(const config::configuration& from) {
  return values_of<config::pool_spec_options>(from.root.children[0]);
}

const config::http_options& http_of(const config::configuration& from) {
  return values_of<config::http_spec_options>(from.root.children[1]);
}

} // namespace

TEST_CASE("--watch watches every pool of which the file says nothing") {
  written_files files;
  files.write("kraken.yaml",
              "root:\n  children:\n"
              "    - {id: web, type: pool, start: [php, w.php]}\n"
              "    - id: group\n      type: supervisor\n      children:\n"
              "        - {id: jobs, type: pool, start: [php, w.php]}\n"
              "        - {id: own, type: pool, start: [php, w.php], watch: [src]}\n"
              "        - {id: off, type: pool, start: [php, w.php], watch: false}\n");
  CHECK(origin_of(files.load(), "web.watch") == "false from default");
  files.request.watch = true;
  CHECK(origin_of(files.load(), "web.watch") == "true from --watch");
  CHECK(origin_of(files.load(), "group/jobs.watch") == "true from --watch");
  CHECK(origin_of(files.load(), "group/own.watch") == "[\"src\"] from kraken.yaml:8:61");
  CHECK(origin_of(files.load(), "group/off.watch") == "false from kraken.yaml:9:61");
  files.request.sets = {"web.watch=src,templates/**/*.html"};
  CHECK(origin_of(files.load(), "web.watch") == "[\"src\",\"templates/**/*.html\"] from --set");
}

TEST_CASE("each layer wins over the one before") {
  written_files files;
  files.write("kraken.yaml", base_file);
  CHECK(origin_of(files.load(), "web.queue.max") == "1000 from default");
  CHECK(origin_of(files.load(), "web.size.max") == "2 from kraken.yaml:6:13");
  files.request.environment["KRAKEN_WEB_SIZE"] = "3";
  CHECK(origin_of(files.load(), "web.size.max") == "3 from KRAKEN_WEB_SIZE");
  files.request.workers = "5";
  CHECK(origin_of(files.load(), "web.size.max") == "5 from --workers");
  files.request.sets = {"web.size=6"};
  CHECK(origin_of(files.load(), "web.size.max") == "6 from --set");
  files.request.flags = {{"--log-level", "log.level", "debug"}};
  CHECK(origin_of(files.load(), "log.level") == "debug from --log-level");
  CHECK(files.load().root.children[0].supervise.intensity == 12);
}

TEST_CASE("variables reach daemon, root, containers, maps and lists") {
  written_files files;
  files.write("kraken.yaml", base_file);
  files.request.environment = {{"KRAKEN_NODE", "n1"},
                               {"KRAKEN_LOG_LEVEL", "debug"},
                               {"KRAKEN_MAIN_SUPERVISE_INTENSITY", "9"},
                               {"KRAKEN_WEB_QUEUE_TIMEOUT", "3s"},
                               {"KRAKEN_WEB_RECYCLE_MEMORY_HARD", "64M"},
                               {"KRAKEN_WEB_ENV_APP_ENV", "test"},
                               {"KRAKEN_HTTP_LISTEN", ":1,:2"},
                               {"KRAKEN_FD", "3"},
                               {"HOME", "/"}};
  const auto loaded = files.load();
  CHECK(loaded.warnings.empty());
  CHECK(loaded.daemon.node == "n1");
  CHECK(loaded.daemon.log.level == kraken::log::level::debug);
  CHECK(loaded.root.supervise.intensity == 9);
  CHECK(web_of(loaded).queue.timeout == 3s);
  CHECK(web_of(loaded).recycle.memory_hard == kraken::bytes{64U << 20U});
  CHECK(web_of(loaded).process.env.at("APP_ENV") == "test");
  CHECK(http_of(loaded).listen == std::vector<std::string>{":1", ":2"});
}

TEST_CASE("a variable that is no option is a warning, a bad value a mistake") {
  written_files files;
  files.write("kraken.yaml", base_file);
  files.request.environment["KRAKEN_WEB_SIZ"] = "3";
  REQUIRE(files.load().warnings.size() == 1);
  CHECK(files.load().warnings[0] ==
        "KRAKEN_WEB_SIZ: is no option (did you mean 'KRAKEN_WEB_SIZE'?)");
  files.request.environment = {{"KRAKEN_WEB_SIZE", "x"}};
  CHECK(files.mistakes() == "KRAKEN_WEB_SIZE: web.size: expected integer, got 'x'");
}

TEST_CASE("a body that a pool's workers cannot take is a warning where the limit is said") {
  const auto [carrier, body, warned] = GENERATE(table<std::string, std::string, std::string>({
      {"", "16M", ""},
      {"", "64M", "64M, but the workers of 'web' take bodies of up to 16M (carrier: program)"},
      {", dialect: narya", "10M", ""},
      {", dialect: narya", "11M", "11M, but the workers of 'web' take bodies of up to 10M"},
      {", carrier: native", "1G", ""},
  }));
  written_files files;
  files.write("kraken.yaml",
              "root:\n  children:\n"
              "    - {id: web, type: pool, start: [php, w.php]" +
                  carrier +
                  "}\n"
                  "    - {id: other, type: pool, start: [php, w.php]}\n"
                  "    - {id: http, type: http, listen: ['127.0.0.1:0'], limits: {body: " +
                  body + "}, routes: [{to: web}]}\n");
  const auto loaded = files.load();
  REQUIRE(loaded.warnings.size() == (warned.empty() ? 0 : 1));
  if (!warned.empty()) {
    CHECK(loaded.warnings[0].find("kraken.yaml:5:70: http.limits.body: " + warned) == 0);
  }
}

TEST_CASE("a .user.ini in a document root is a warning where the root is said") {
  const auto [carrier, file, warned] = GENERATE(table<std::string, std::string, bool>({
      {"classic", "public/.user.ini", true},
      {"classic", "public/user.ini", false},
      {"native", "public/.user.ini", false},
  }));
  written_files files;
  files.write(file, "auto_prepend_file = x.php\n");
  files.write("kraken.yaml",
              "root:\n  children:\n    - {id: web, type: pool, start: [public], carrier: " +
                  carrier + "}\n");
  CHECK(files.load().warnings.empty()); // the machine's files are not looked at
  files.request.machine = [](const auto&, const auto&, const auto&, auto&) {};
  const auto loaded = files.load();
  REQUIRE(loaded.warnings.size() == (warned ? 1 : 0));
  if (warned) {
    CHECK(loaded.warnings[0].find("kraken.yaml:3:36: web.start: " + files.directory() +
                                  "/public/.user.ini is not read") == 0);
  }
}

TEST_CASE("the place of temporary files is relative to the file that names it") {
  written_files files;
  files.write("conf/kraken.yaml", std::string{base_file} + "spool: {directory: ../tmp}\n");
  files.request.files = {"conf/kraken.yaml"};
  CHECK(files.load().daemon.spool.directory == files.directory() + "/tmp");
}

TEST_CASE("the console's KRAKEN_SOCKET is the daemon's too") {
  written_files files;
  files.write("kraken.yaml", base_file);
  files.request.environment["KRAKEN_SOCKET"] = "/run/x.sock";
  CHECK(files.load().daemon.admin.socket == "/run/x.sock");
}

TEST_CASE("flags that cannot be followed") {
  written_files files;
  files.write("kraken.yaml", base_file);
  const auto [set, expected] = GENERATE(table<std::string, std::string>({
      {"x", "--set: expected KEY=VALUE, got 'x'"},
      {"wbe.size=1", "--set: wbe.size: no option and no container 'wbe' (did you mean 'web'?)"},
      {"web.qeue.max=1", "--set: web.qeue: unknown option (did you mean 'queue'?)"},
      {"web.size.max=1", "--set: web.size.max: cannot be set inside of '2' (kraken.yaml:6:13)"},
      {"http.routes.7.to=x", "--set: http.routes.7.to: no such element of the list"},
  }));
  files.request.sets = {set};
  CHECK(files.mistakes() == expected);
}

TEST_CASE("flags reach into lists and take lists") {
  written_files files;
  files.write("kraken.yaml", base_file);
  files.request.sets = {"http.routes.0.retry=idempotent", "web.start=[php, -v]", "log.level=off"};
  files.request.listen = ":9";
  const auto loaded = files.load();
  CHECK(http_of(loaded).routes[0].retry == config::route_retry::idempotent);
  CHECK(http_of(loaded).listen == std::vector<std::string>{":9"});
  CHECK(loaded.root.children[0].start == std::vector<std::string>{"php", "-v"});
  CHECK(loaded.daemon.log.level == kraken::log::level::off);
}

TEST_CASE("a later file is laid over an earlier one, containers by id") {
  written_files files;
  files.write("a.yaml", base_file);
  files.write("sub/b.yaml", "log: {file: x.log}\nroot:\n  children:\n    - {id: web, size: 7}\n");
  files.request.files = {"a.yaml", "sub/b.yaml"};
  const auto loaded = files.load();
  CHECK(web_of(loaded).size.count == 7);
  CHECK(loaded.root.children.size() == 2);
  CHECK(loaded.daemon.log.file == files.directory() + "/sub/x.log");
  CHECK(web_of(loaded).process.cwd == files.directory());
  CHECK(loaded.files ==
        std::vector<std::string>{files.directory() + "/a.yaml", files.directory() + "/sub/b.yaml"});
}

TEST_CASE("sizes: what is missing follows from what is given") {
  const auto [size, min, count, max] =
      GENERATE(table<std::string, std::uint32_t, std::uint32_t, std::uint32_t>({
          {"8", 8, 8, 8},
          {"{min: 4, max: 16}", 4, 4, 16},
          {"{count: 8}", 8, 8, 8},
          {"{max: 2}", 2, 2, 2},
          {"{max: 16}", 4, 4, 16},
          {"{min: 6}", 6, 6, 6},
          {"{min: 1, count: 2, max: 3}", 1, 2, 3},
      }));
  written_files files;
  files.write("kraken.yaml",
              "root:\n  children: [{id: web, type: pool, start: [x], size: " + size + "}]\n");
  const auto loaded = files.load();
  CHECK(web_of(loaded).size.min == min);
  CHECK(web_of(loaded).size.count == count);
  CHECK(web_of(loaded).size.max == max);
}

TEST_CASE("without a file: a worker script is a whole topology") {
  written_files files;
  files.write("app/worker.php", "");
  files.request.target = GENERATE(as<std::string>{}, "app/worker.php", "app", "app/");
  const auto loaded = files.load();
  CHECK(loaded.root.supervise.how == kraken::model::strategy::rest_for_one);
  CHECK(loaded.root.children[0].start == std::vector<std::string>{"php", "worker.php"});
  CHECK(web_of(loaded).process.cwd == files.directory() + "/app");
  CHECK(http_of(loaded).listen == std::vector<std::string>{"127.0.0.1:8888"});
  CHECK(http_of(loaded).routes[0].to == "web");
  CHECK_FALSE(web_of(loaded).process.allow_root);
  CHECK(loaded.warnings.empty());
}

TEST_CASE("a file beside a target keeps its own names") {
  written_files files;
  files.write("app/public/index.php", "");
  files.write("etc/kraken.yaml",
              "log: {file: a.log}\nroot:\n  children:\n"
              "    - {id: web, watch: [src, ../lib/]}\n"
              "    - {id: http, access_log: {file: b.log}}\n");
  files.request.target = "app/public";
  files.request.files = {"etc/kraken.yaml"};
  const auto etc = files.directory() + "/etc";
  auto loaded = files.load();
  CHECK(loaded.daemon.log.file == etc + "/a.log");
  CHECK(http_of(loaded).access_log.file == etc + "/b.log");
  CHECK(web_of(loaded).process.cwd == files.directory() + "/app/public"); // the target's own
  CHECK(web_of(loaded).watch.paths ==
        std::vector<std::string>{etc + "/src", files.directory() + "/lib"});

  files.write("etc/kraken.yaml",
              "root: {children: [{id: web, start: [bin/worker.php], watch: true}]}");
  loaded = files.load();
  CHECK(loaded.root.children[0].start == std::vector<std::string>{"bin/worker.php"});
  CHECK(web_of(loaded).process.cwd == etc);
  CHECK(web_of(loaded).watch.project);

  files.write("etc/kraken.yaml",
              "root: {children: [{id: web, start: [x], cwd: sub, watch: [src]}]}");
  loaded = files.load();
  CHECK(web_of(loaded).process.cwd == etc + "/sub");
  CHECK(web_of(loaded).watch.paths == std::vector<std::string>{"src"}); // of `cwd`, as always
}

TEST_CASE("without a file: root is allowed, with a warning") {
  written_files files;
  files.write("worker.php", "");
  files.request.target = "worker.php";
  files.request.who = config::run_as::root;
  const auto loaded = files.load();
  CHECK(web_of(loaded).process.allow_root);
  REQUIRE(loaded.warnings.size() == 1);
  CHECK(loaded.warnings[0] == "'web' runs as root; set its user (--set web.user=www-data)");
  files.request.sets = {"web.user=www-data"};
  CHECK(files.load().warnings.empty());
}

TEST_CASE("of a folder its index.php counts, whatever worker script is there too") {
  written_files files;
  files.write("public/index.php", "");
  files.request.target = "public/";
  const auto is_classic = [&files](const config::configuration& loaded) {
    CHECK(web_of(loaded).carrier == config::worker_carrier::classic);
    CHECK(loaded.root.children[0].start == std::vector<std::string>{files.directory() + "/public"});
    REQUIRE(loaded.choice);
    CHECK(loaded.choice->script == files.directory() + "/public/index.php");
    CHECK(loaded.choice->because == "'public/' has an index.php: it runs anew for each request");
    return loaded.choice->instead;
  };
  CHECK(is_classic(files.load()).empty());
  files.write("worker.php", "");
  CHECK(is_classic(files.load()) == "kraken serve " + files.directory() + "/worker.php");
  files.write("public/worker.php", "");
  CHECK(is_classic(files.load()) == "kraken serve " + files.directory() + "/public/worker.php");
}

TEST_CASE("of a folder without an index.php the worker script counts") {
  written_files files;
  files.write("worker.php", "");
  files.write("public/x", "");
  files.request.target = GENERATE(as<std::string>{}, "public/", "public", ".");
  const auto loaded = files.load();
  CHECK(web_of(loaded).process.cwd == files.directory());
  CHECK(web_of(loaded).carrier == config::worker_carrier::program);
  REQUIRE(loaded.choice);
  CHECK(loaded.choice->script == files.directory() + "/worker.php");
  CHECK(loaded.choice->because == "'" + files.request.target +
                                      "' has no index.php, but there is a worker.php: it boots "
                                      "once and serves many requests");
  CHECK(loaded.choice->instead.empty());
}

TEST_CASE("a script that is named is taken by its name") {
  written_files files;
  files.write("app/index.php", "");
  files.write("app/worker.php", "");
  files.request.target = "app/index.php";
  auto loaded = files.load();
  CHECK(web_of(loaded).carrier == config::worker_carrier::classic);
  CHECK(loaded.choice->because == "a script of this name: it runs anew for each request");
  files.request.target = "app/worker.php";
  loaded = files.load();
  CHECK(web_of(loaded).carrier == config::worker_carrier::program);
  CHECK(loaded.choice->because ==
        "a script of another name than index.php: it boots once and serves many requests");
}

TEST_CASE("a target with nothing to serve is refused") {
  written_files files;
  files.request.target = "absent";
  CHECK(files.mistakes() == "there is no file or directory 'absent'");
  files.write("empty/x", "");
  files.write("worker.php", ""); // beside a folder of another name than `public`
  files.request.target = "empty";
  CHECK_THAT(files.mistakes(), Catch::StartsWith("'empty' has no index.php and no worker.php"));
}
