// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// The text of every kind of mistake: place, option, what was expected, what was meant.
#include "kraken/base/words.hpp"
#include "unit/config/written_files.hpp"

#include <catch2/catch.hpp>

#include <tuple>

namespace {

std::string mistakes_in(const std::string& text) {
  written_files files;
  files.write("kraken.yaml", text);
  return files.mistakes();
}

/// One container's options below what every test needs.
std::string pool_with(const std::string& options) {
  return "root:\n  children:\n    - id: web\n      type: pool\n      start: [php, w.php]\n      " +
         options + "\n";
}

std::string front_with(const std::string& options) {
  return "root:\n  children:\n    - {id: web, type: pool, start: [php, w.php]}\n    - id: http\n"
         "      type: http\n      " +
         options + "\n";
}

} // namespace

TEST_CASE("a value of the wrong type names the place, the option and the intention") {
  const auto [options, expected] = GENERATE(table<std::string, std::string>({
      {"queue: {timeout: 10}",
       "kraken.yaml:6:24: web.queue.timeout: expected duration, got '10' (did you mean '10s'?)"},
      {"recycle: {memory: 128}",
       "kraken.yaml:6:25: web.recycle.memory: expected size, got '128' (did you mean '128M'?)"},
      {"size: many", "kraken.yaml:6:13: web.size: expected integer, got 'many'"},
      {"size: 0", "kraken.yaml:6:13: web.size: must be between 1 and 10000, got '0'"},
      {"size: {min: 8, max: 4}",
       "kraken.yaml:6:13: web.size: must be min <= count <= max, got min 8, count 8, max 4"},
      {"queue: {max: 99999999999999999999}",
       "kraken.yaml:6:20: web.queue.max: integer '99999999999999999999' is too large"},
      {"request: {timeout: 2d}",
       "kraken.yaml:6:26: web.request.timeout: must be between 1ms and 1d, got '2d'"},
      {"limits: {nofile: 1}", "kraken.yaml:6:24: web.limits.nofile: must be at least 8, got '1'"},
      {"allow_root: yes",
       "kraken.yaml:6:19: web.allow_root: expected true or false, got 'yes' (did you mean "
       "'true'?)"},
      {"dialect: naria",
       "kraken.yaml:6:16: web.dialect: expected kraken or narya, got 'naria' (did you mean "
       "'narya'?)"},
      {"carrier: native\n      ini: {memory_limit: foo, date.timezone: UTC}",
       "kraken.yaml:7:27: web.ini.memory_limit: expected a number as PHP writes it, such as 128M "
       "or -1, got 'foo'"},
      {"carrier: native\n      ini_fixed: {post_max_size: 8MB, memory_limit: 0x10k}",
       "kraken.yaml:7:34: web.ini_fixed.post_max_size: expected a number as PHP writes it, such "
       "as 128M or -1, got '8MB'"},
      {"watch: ['']",
       "kraken.yaml:6:15: web.watch: expected true, false, or paths and globs, got an empty one"},
      {"watch: {a: b}", "kraken.yaml:6:14: web.watch: expected text, got a map"},
      {"umask: 888",
       "kraken.yaml:6:14: web.umask: expected octal permission bits such as 027, got '888'"},
      {"backoff: {factor: x}", "kraken.yaml:6:25: web.backoff.factor: expected number, got 'x'"},
      {"shutdown: infinit",
       "kraken.yaml:6:17: web.shutdown: expected duration, infinity or brutal_kill, got "
       "'infinit' (did you mean 'infinity'?)"},
      {"queue: 10", "kraken.yaml:6:14: web.queue: expected a map of options, got '10'"},
      {"env: [a]", "kraken.yaml:6:12: web.env: expected a map of texts, got a list"},
      {"env: {A: [b]}", "kraken.yaml:6:16: web.env.A: expected text, got a list"},
      {"env: {A: 1, '': x}",
       "kraken.yaml:6:19: web.env: the name of a variable must not be empty, got ''"},
      {"env: {A=B: x}", "kraken.yaml:6:13: web.env: the name of a variable has no '=', got 'A=B'"},
      {R"(env: {"A\0B": x})",
       "kraken.yaml:6:13: web.env: the name of a variable has no NUL byte, got 'A?B'"},
      {"user: {a: b}", "kraken.yaml:6:13: web.user: expected text, got a map"},
      {"ready: {http: /a, fd: 3}",
       "kraken.yaml:6:14: web.ready: only one of message, fd, tcp, http, exec and alive_for is "
       "possible"},
      {"ready: {tcp: nohost}",
       "kraken.yaml:6:20: web.ready.tcp: expected host:port with a numeric host, [v6] or "
       "localhost, got 'nohost'"},
      {"ready: {tcp: '127.0.0.1:99999'}",
       "kraken.yaml:6:20: web.ready.tcp: expected host:port with a numeric host, [v6] or "
       "localhost, got '127.0.0.1:99999'"},
      {"ready: {http: 'https://127.0.0.1/'}",
       "kraken.yaml:6:21: web.ready.http: expected http://host:port/path with a numeric host, "
       "[v6] or localhost, got 'https://127.0.0.1/'"},
      {"ready: {fd: 2}",
       "kraken.yaml:6:19: web.ready.fd: expected a descriptor from 3 to 1023, got '2'"},
      {"ready: {exec: []}", "kraken.yaml:6:21: web.ready.exec: expected a command"},
      {"alive: {every: 1s, http: 'ftp://x'}",
       "kraken.yaml:6:32: web.alive.http: expected http://host:port/path with a numeric host, "
       "[v6] or localhost, got 'ftp://x'"},
      {"alive: {http: /a}",
       "kraken.yaml:6:14: web.alive: needs every: the time between two signs of life"},
      {"local: {X: continu}",
       "kraken.yaml:6:18: web.local.X: rule 'X': unknown directive 'continu' (did you mean "
       "'continue'?)"},
      {"significant: true",
       "kraken.yaml:6:20: web: significant: needs restart: transient or temporary"},
      {"restart: transient\n      significant: true",
       "kraken.yaml:7:20: web: significant: needs auto_shutdown in supervise of its parent"},
      {"local: {X: [escalate, stop]}",
       "kraken.yaml:6:18: web.local.X: rule 'X': nothing runs after 'escalate'"},
      {"local_params: {timeout: 0s}",
       "kraken.yaml:6:31: web.local_params.timeout: must be between 1ms and 1d, got '0s'"},
      {"local_params: {retries_limit: 0}",
       "kraken.yaml:6:37: web.local_params.retries_limit: must be between 1 and 1000, got '0'"},
      {"local_params: {retriesLimit: 3}",
       "kraken.yaml:6:22: web.local_params.retriesLimit: unknown option (did you mean "
       "'retries_limit'?)"},
  }));
  CHECK(mistakes_in(pool_with(options)) == expected);
}

TEST_CASE("an unknown name brings the nearest one") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"nod: x\n", "kraken.yaml:1:1: nod: unknown option (did you mean 'node'?)"},
      {"log:\n  fromat: json\n",
       "kraken.yaml:2:3: log.fromat: unknown option (did you mean 'format'?)"},
      {"root:\n  supervise:\n    intensty: 5\n",
       "kraken.yaml:3:5: Main.supervise.intensty: unknown option (did you mean 'intensity'?)"},
      {"root:\n  children:\n    - {id: a, type: pol}\n",
       "kraken.yaml:3:21: a.type: no kind 'pol' (kinds: supervisor, process, php, pool, http, "
       "native) (did you mean 'pool'?)"},
      {"xyzzy: 1\n", "kraken.yaml:1:1: xyzzy: unknown option"},
  }));
  CHECK(mistakes_in(text) == expected);
}

TEST_CASE("a container says what it lacks") {
  const auto [container, expected] = GENERATE(table<std::string, std::string>({
      {"{type: supervisor}", "kraken.yaml:3:7: ?.id: is missing (alias among its siblings)"},
      {"{id: a}",
       "kraken.yaml:3:7: a.type: is missing: one of supervisor, process, php, pool, http"},
      {"{id: a, type: pool}",
       "kraken.yaml:3:7: a.start: is missing: program and arguments, such as [php, worker.php]"},
      {"{id: a, type: process, start: \"php 'a.php\"}",
       "kraken.yaml:3:37: a.start: 'php 'a.php' has an open quote"},
      {"{id: a, type: process, start: ''}",
       "kraken.yaml:3:37: a.start: is missing: program and arguments, such as [php, worker.php]"},
      {"{id: a, type: process, start: [x], alive: {every: 1s, exec: [a, [b]]}}", "kraken.yaml:3:"},
      {"{id: a, type: process, start: [x], children: []}",
       "kraken.yaml:3:52: a: a container of this kind has no children of its own to declare"},
      {"text", "kraken.yaml:3:7: ?: expected a container: a map with id, type and its options"},
      {"{id: a b, type: supervisor}",
       "kraken.yaml:3:12: a b: id: alias 'a b': has other characters than A-Z a-z 0-9 _ - . :"},
      {"{type: supervisor, id: b\xc3\xbc}", "kraken.yaml:3:30: b\xc3\xbc: id: alias"},
  }));
  CHECK_THAT(mistakes_in("root:\n  children:\n    - " + container + "\n"),
             Catch::StartsWith(expected));
}

TEST_CASE("what only the whole configuration shows") {
  const auto [options, expected] = GENERATE(table<std::string, std::string>({
      {"routes: [{to: web}]",
       "kraken.yaml:4:7: http.listen: is missing (addresses: `host:port`, `:port`, `unix:/path`, "
       "`fd:N`)"},
      {"listen: 8080\n      routes: [{to: web}]",
       "kraken.yaml:6:15: http.listen: expected host:port, :port, unix:/path or fd:N, got '8080' "
       "(did you mean ':8080'?)"},
      {"listen: example.org:80\n      routes: [{to: web}]",
       "kraken.yaml:6:15: http.listen: expected a numeric host, [v6] or localhost before the "
       "port, got 'example.org:80'"},
      {"listen: [\":80\", \"127.0.0.1:80\"]\n      routes: [{to: web}]",
       "kraken.yaml:6:23: http.listen: '127.0.0.1:80' is taken by http.listen"},
      {"listen: \":80\"\n      routes: [{to: wbe}]",
       "kraken.yaml:7:21: http.routes.0.to: no pool 'wbe' (did you mean 'web'?)"},
      {"listen: \":80\"\n      routes: [{to: http}]",
       "kraken.yaml:7:21: http.routes.0.to: no pool 'http'"},
      {"listen: \":80\"\n      routes: []",
       "kraken.yaml:7:15: http.routes: needs at least one route, such as {path: /, to: POOL}"},
      {"listen: \":80\"\n      routes: [{path: /x}]",
       "kraken.yaml:7:16: http.routes.0: needs exactly one of to and respond"},
      {"listen: \":80\"\n      routes: [{path: x, to: web}]",
       "kraken.yaml:7:23: http.routes.0.path: must begin with '/', got 'x'"},
      {"listen: \":80\"\n      routes: [{host: \"a:80\", to: web}]",
       "kraken.yaml:7:23: http.routes.0.host: has no port, got 'a:80'"},
      {"listen: \":80\"\n      routes: [{host: www.a.*, to: web}]",
       "kraken.yaml:7:23: http.routes.0.host: expected a name, or `*.` and a name, got 'www.a.*'"},
      {"listen: \":80\"\n      routes: [{host: .a.b, to: web}]",
       "kraken.yaml:7:23: http.routes.0.host: expected a name, or `*.` and a name, got '.a.b'"},
      {"listen: \":80\"\n      routes: [{host: \"*.\", to: web}]",
       "kraken.yaml:7:23: http.routes.0.host: expected a name, or `*.` and a name, got '*.'"},
      {"listen: \":80\"\n      routes: [{host: \"a b\", to: web}]",
       "kraken.yaml:7:23: http.routes.0.host: no request has such a host, got 'a b'"},
      {"listen: \":80\"\n      routes: [{host: a/b, to: web}]",
       "kraken.yaml:7:23: http.routes.0.host: no request has such a host, got 'a/b'"},
      {"listen: \":80\"\n      routes: [{respond: {headers: {X bad: y}}}]",
       "kraken.yaml:7:44: http.routes.0.respond.headers.X bad: expected the name of a header, got "
       "'X bad'"},
      {"listen: \":80\"\n      routes: [{respond: {headers: {X-A: \"y\\nz\"}}}]",
       "kraken.yaml:7:42: http.routes.0.respond.headers.X-A: must be a single line"},
      {"listen: \":80\"\n      routes: [{respond: {headers: {Content-Length: 3}}}]",
       "kraken.yaml:7:53: http.routes.0.respond.headers.Content-Length: is written by the front "
       "itself"},
      {"listen: \":80\"\n      routes: [{respond: {headers: {transfer-encoding: chunked}}}]",
       "kraken.yaml:7:56: http.routes.0.respond.headers.transfer-encoding: is written by the front "
       "itself"},
      {"listen: \":80\"\n      limits: {header_line: 64K}\n      routes: [{to: web}]",
       "kraken.yaml:7:29: http.limits.header_line: one field of 64K (header_line) does not fit "
       "into 32K (header_bytes)"},
      {"listen: \":80\"\n      routes: [{methods: [get], to: web}]",
       "kraken.yaml:7:26: http.routes.0.methods: expected methods such as GET, got 'get'"},
      {"listen: \":80\"\n      routes: [{to: web}, {path: /a, to: web}]",
       "kraken.yaml:7:27: http.routes.1: can never match: route 0 at kraken.yaml:7:16 takes "
       "everything it would"},
  }));
  CHECK(mistakes_in(front_with(options)) == expected);
}

TEST_CASE("PHP's memory limit of a pool") {
  const auto file = [](const std::string& start, const std::string& limit) {
    return "root:\n  children:\n    - id: web\n      type: pool\n      start: [" + start +
           "]\n      memory_limit: " + limit + "\n";
  };
  CHECK(mistakes_in(file("php8.2, w.php", "256M")).empty());
  CHECK(mistakes_in(file("/usr/bin/php, w.php", "2M")).empty());
  CHECK(mistakes_in(file("python3, w.py", "0")).empty());
  CHECK(mistakes_in(file("php, w.php", "1M")) ==
        "kraken.yaml:6:21: web.memory_limit: must be at least 2M, or 0");
  CHECK(mistakes_in(file("./php/worker, w.php", "256M")) ==
        "kraken.yaml:6:21: web.memory_limit: is PHP's: `start` has to begin with php, got "
        "'./php/worker'");
  CHECK(mistakes_in(file("php, w.php", "lots")).find("expected size") != std::string::npos);
}

TEST_CASE("PHP settings of a pool are for kraken-php") {
  const auto option = GENERATE(as<std::string>{}, "ini", "ini_fixed");
  const auto file = [&](const std::string& carrier) {
    return "root:\n  children:\n    - id: web\n      type: pool\n      start: [php, w.php]\n"
           "      carrier: " +
           carrier + "\n      " + option + ": {precision: 7}\n";
  };
  CHECK(mistakes_in(file("native")).empty());
  CHECK(mistakes_in(file("classic")).empty());
  const auto said = mistakes_in(file("program"));
  CHECK(said.find("kraken.yaml:7:") == 0);
  CHECK(said.find(" web." + option + ": is for carrier native or classic") != std::string::npos);
}

TEST_CASE("what a template serves to itself") {
  const auto file = [](const std::string& how, const std::string& warm) {
    return "root:\n  children:\n    - id: web\n      type: pool\n      start: [php, w.php]\n"
           "      " +
           how + "\n      warm: [" + warm + "]\n";
  };
  const std::string app = "carrier: native\n      template: app";
  CHECK(mistakes_in(file(app, "/, '/a?b=%20', 'https://x.example/a', 'http://x'")).empty());
  const auto wrong = GENERATE(as<std::string>{}, "a", "'/a b'", "'/a#b'", "'https:///a'", "''");
  CHECK(mistakes_in(file(app, "/, " + wrong)).find("web.warm: must be paths") != std::string::npos);
  const auto how = GENERATE(as<std::string>{},
                            "carrier: native",
                            "carrier: program",
                            "carrier: classic\n      template: app");
  CHECK(mistakes_in(file(how, "/")).find("web.warm: is served by a template") != std::string::npos);
}

TEST_CASE("a program says that it is ready only if it speaks") {
  const auto file = [](const std::string& options) {
    return "root:\n  children:\n    - id: p\n      type: process\n      start: [x]\n      " +
           options + "\n";
  };
  CHECK(mistakes_in(file("speaks: kraken\n      ready: message")).empty());
  CHECK(mistakes_in(file("speaks: kraken\n      ready: {message: up, within: 5s}")).empty());
  CHECK(mistakes_in(file("ready: message")) ==
        "kraken.yaml:6:14: p.ready: a message needs `speaks: kraken`");
  CHECK(mistakes_in(file("ready: massage")).find("p.ready: expected") != std::string::npos);
}

TEST_CASE("a program shows a heartbeat only if it says something") {
  const auto file = [](const std::string& options) {
    return "root:\n  children:\n    - id: p\n      type: process\n      start: [x]\n      " +
           options + "\n";
  };
  const auto fine = GENERATE(as<std::string>{},
                             "speaks: kraken\n      alive: {every: 30s}",
                             "ready: {fd: 3}\n      alive: {every: 30s}",
                             "alive: {every: 30s, exec: [y]}",
                             "alive: {every: 30s, http: 'http://127.0.0.1:80/'}",
                             "alive: {every: 0s}");
  CHECK(mistakes_in(file(fine)).empty());
  CHECK(mistakes_in(file("alive: {every: 30s}")) ==
        "kraken.yaml:6:14: p.alive: a heartbeat needs `speaks: kraken`, or `ready: {fd: N}` and a "
        "line for each; `http` or `exec` ask from outside");
  // What is misspelt may have been what is missed.
  const auto [wrong, said] = GENERATE(
      table<std::string, std::string>({{"alive: {every: 30s, htpp: x}", "htpp"},
                                       {"alive: {every: 30s}\n      speaks: k", "speaks"},
                                       {"alive: {every: 30s}\n      ready: {df: 3}", "ready"}}));
  CHECK(mistakes_in(file(wrong)).find(said) != std::string::npos);
  CHECK(mistakes_in(file(wrong)).find("heartbeat") == std::string::npos);
}

TEST_CASE("what options are together is told beside other mistakes, unless it follows from them") {
  const auto file = [](const std::string& options) {
    return "root:\n  children:\n    - id: p\n      type: process\n      start: [x]\n      " +
           options + "\n";
  };
  const std::string more = "restrat: permanent\n      ";
  const std::string told = "kraken.yaml:6:7: p.restrat: unknown option (did you mean 'restart'?)";
  CHECK(mistakes_in(file(more + "backoff: {min: 9s, max: 1s}")) ==
        told + "\nkraken.yaml:7:22: p: backoff.min: must be 0 or more and not above backoff.max");
  CHECK(mistakes_in(file(more + "significant: true")) ==
        told + "\nkraken.yaml:7:20: p: significant: needs restart: transient or temporary");
  const auto [wrong, said] = GENERATE(
      table<std::string, std::string>({{"backoff: {min: 40s, max: 1}", "p.backoff.max"},
                                       {"significant: true\n      restart: transiant", "p.restart"},
                                       {"local: {'*': nothing}", "p.local"}}));
  const auto found = mistakes_in(file(wrong));
  CHECK(found.find(said) != std::string::npos);
  CHECK(found.find('\n') == std::string::npos);
}

TEST_CASE("a container is on a shard that there is") {
  const auto mistakes = [](const std::string& top, std::uint32_t cores) {
    written_files files;
    files.request.cores = cores;
    files.write("kraken.yaml",
                top + "root:\n  children:\n    - {id: p, type: process, start: [x], shard: 2}\n");
    return files.mistakes();
  };
  CHECK(mistakes("shards: 2\n", 0) ==
        "kraken.yaml:4:49: p.shard: must be less than the number of shards (2), got '2'");
  CHECK(mistakes("shards: 3\n", 2).empty());
  CHECK(mistakes("", 2) ==
        "kraken.yaml:3:49: p.shard: must be less than the number of shards (2), got '2'");
  CHECK(mistakes("", 0).empty()); // of another machine nothing is known
}

TEST_CASE("routes that can match are left alone") {
  const auto routes = GENERATE(as<std::string>{},
                               "[{path: /a, to: web}, {path: /ab, to: web}]",
                               "[{exact: /a, to: web}, {path: /a, to: web}]",
                               "[{host: a.example, to: web}, {to: web}]",
                               "[{methods: [GET], to: web}, {to: web}]",
                               "[{methods: [GET], to: web}, {methods: [GET, PUT], to: web}]");
  CHECK(mistakes_in(front_with("listen: \":80\"\n      routes: " + routes)).empty());
}

TEST_CASE("names that must differ") {
  CHECK(mistakes_in("root:\n  children:\n    - {id: a, type: process, start: [x]}\n"
                    "    - {id: a, type: process, start: [y]}\n") ==
        "kraken.yaml:4:7: Main.children: two containers have the id 'a'");
  CHECK(mistakes_in("root:\n  children:\n    - {id: web, type: pool, start: [x]}\n"
                    "    - id: g\n      children: [{id: web, type: pool, start: [x]}]\n") ==
        "kraken.yaml:5:23: g/web.id: there is another pool 'web': web");
  CHECK(mistakes_in("root:\n  children: [{id: admin, type: pool, start: [x]}]\n") ==
        "kraken.yaml:2:19: admin.id: 'admin' is the admin API's own name");
}

TEST_CASE("the admin API's socket has a path that a socket can have") {
  const std::string longest = "/" + std::string(106, 'y');
  CHECK(mistakes_in("admin: {socket: " + longest + "}\n").empty());
  CHECK(mistakes_in("admin: {socket: " + longest + "y}\n") ==
        "kraken.yaml:1:17: admin.socket: a socket's path has at most 107 bytes, this one 108: '" +
            longest + "y'");
  // What counts is the path that it becomes.
  CHECK_THAT(mistakes_in("admin: {socket: " + longest.substr(1) + "}\n"),
             Catch::StartsWith("kraken.yaml:1:17: admin.socket: a socket's path has at most 107"));
}

TEST_CASE("the admin API on a port needs a token") {
  CHECK(mistakes_in("admin: {listen: \":9000\"}\n") ==
        "kraken.yaml:1:17: admin.listen: needs admin.token_file");
}

TEST_CASE("a program that would run as root is refused before it starts") {
  written_files files;
  files.request.who = kraken::config::run_as::root;
  files.write("kraken.yaml", pool_with("size: 1"));
  CHECK(files.mistakes() ==
        "kraken.yaml:3:7: web: would run as root: set user, or allow_root: true");
  files.write("kraken.yaml", pool_with("user: www-data"));
  CHECK(files.mistakes().empty());
  files.write("kraken.yaml", pool_with("allow_root: true"));
  CHECK(files.mistakes().empty());
}

TEST_CASE("all mistakes are told at once, in the order of the file") {
  CHECK(mistakes_in("nod: x\nshards: 200\nlog: {level: loud}\n") ==
        "kraken.yaml:1:1: nod: unknown option (did you mean 'node'?)\n"
        "kraken.yaml:2:9: shards: must be between 0 and 128, got '200'\n"
        "kraken.yaml:3:14: log.level: expected debug, info, warn, error or off, got 'loud'");
}

TEST_CASE("a mistake hides no other one") {
  CHECK(mistakes_in("root:\n  children:\n"
                    "    - {id: web, type: pool, start: [php, w.php], sise: 4}\n"
                    "    - id: http\n      type: http\n      listen: 8888\n"
                    "      routes:\n        - to: wbe\n") ==
        "kraken.yaml:3:50: web.sise: unknown option (did you mean 'size'?)\n"
        "kraken.yaml:6:15: http.listen: expected host:port, :port, unix:/path or fd:N, got '8888' "
        "(did you mean ':8888'?)\n"
        "kraken.yaml:8:15: http.routes.0.to: no pool 'wbe' (did you mean 'web'?)");
}

TEST_CASE("what follows from a mistake is not told") {
  written_files files;
  files.request.who = kraken::config::run_as::root;
  const auto [options, expected] = GENERATE(table<std::string, std::string>({
      {"allow_root: yes", "expected true or false"},
      {"usr: www-data", "unknown option"},
      {"user: [a]", "expected text"},
  }));
  files.write("kraken.yaml", pool_with(options));
  CHECK_THAT(files.mistakes(), Catch::Contains(expected) && !Catch::Contains("\n"));
  // Containers whose kind or id is not known may be the pool that is meant.
  CHECK_THAT(mistakes_in("root:\n  children:\n    - {id: web, type: pol, start: [x]}\n"
                         "    - {id: http, type: http, listen: \":1\", routes: [{to: web}]}\n"),
             !Catch::Contains("no pool"));
  CHECK_THAT(mistakes_in("root:\n  children:\n    - {id: web, type: pool, start: [x]}\n"
                         "    - {id: web, type: pool, start: [y]}\n"),
             Catch::Contains("two containers") && !Catch::Contains("another pool"));
  CHECK_THAT(mistakes_in(front_with("listen: \":1\"\n      routes: [{too: web}]")),
             Catch::Contains("unknown option") && !Catch::Contains("exactly one"));
  CHECK_THAT(mistakes_in(front_with("listen:\n      routes: [{to: web}]")),
             Catch::Contains("got nothing") && !Catch::Contains("at least one"));
}

TEST_CASE("a command line is a list of words, or text with blanks between them") {
  written_files files;
  files.write(
      "kraken.yaml",
      "root:\n  children:\n"
      "    - id: a\n      type: process\n      start: php -d 'x=1 2' a.php\n"
      "      ready: {exec: [php, -r, \"echo 'it''s';\", '']}\n"
      "      alive: {every: 1s, exec: php 'my check.php'}\n"
      "    - {id: b, type: process, start: [my program, x], alive: {every: 1s, exec: [a]}}\n");
  const auto loaded = files.load();
  const auto& a = loaded.root.children.at(0);
  using words = std::vector<std::string>;
  CHECK(a.start == words{"php", "-d", "x=1 2", "a.php"});
  CHECK(kraken::split_words(a.ready.target).value() == words{"php", "-r", "echo 'it''s';", ""});
  CHECK(kraken::split_words(a.alive.target).value() == words{"php", "my check.php"});
  CHECK(loaded.root.children.at(1).start == words{"my program", "x"});
  CHECK(loaded.root.children.at(1).alive.target == "a");
}

TEST_CASE("what the machine says of a container stands among the other mistakes") {
  written_files files;
  std::vector<std::string> asked;
  files.request.machine =
      [&asked](const auto& spec, const auto& written, const auto& path, auto& errors) {
        asked.push_back(path);
        const auto* start = written.find("start");
        if (start != nullptr && spec.start.front() == "absent") {
          errors.push_back({written.at, path + ".user", "no user"});
          errors.push_back({start->at, path + ".start", "no program"});
        }
      };
  files.write("kraken.yaml",
              "root:\n  children:\n    - {id: a, type: process, start: [absent]}\n"
              "    - {id: b, type: process, start: [absent], user: [x]}\n"
              "    - {id: c, type: process, start: {a: b}}\n"
              "    - {id: http, type: http, listen: 80, routes: [{to: web}]}\n");
  const auto told = files.mistakes();
  CHECK_THAT(told,
             Catch::StartsWith("kraken.yaml:3:7: a.user: no user\n"
                               "kraken.yaml:3:37: a.start: no program\n"
                               "kraken.yaml:4:37: b.start: no program\n"
                               "kraken.yaml:4:53: b.user: expected text"));
  CHECK_THAT(told, Catch::Contains("kraken.yaml:6:38: http.listen"));
  CHECK(asked == std::vector<std::string>{"a", "b", "http"}); // c was not read as it is meant
}

TEST_CASE("files that cannot be used") {
  written_files files;
  CHECK_THAT(files.mistakes(), Catch::StartsWith("nothing to serve: there is no kraken.yaml"));
  files.request.files = {"absent.yaml"};
  CHECK(files.mistakes() == "absent.yaml: cannot be read: No such file or directory");
  files.write("sub/x.yaml", "");
  files.request.files = {"sub"};
  CHECK(files.mistakes() == "sub: is a directory");
  files.write("list.yaml", "- a\n");
  files.request.files = {"list.yaml"};
  CHECK(files.mistakes() == "list.yaml:1:1: expected a map of options such as `root: {children: "
                            "[...]}`, got a list");
  files.write("list.yaml", "# a word\n\n  hello world\n");
  CHECK(files.mistakes() == "list.yaml:3:3: expected a map of options such as `root: {children: "
                            "[...]}`, got 'hello world'");
}

TEST_CASE("the solvers of a local rule and how they are tried") {
  written_files files;
  files.write("kraken.yaml",
              "root:\n  children:\n    - id: web\n      type: process\n      start: [sleep, '1']\n"
              "      local:\n        App\\DomainError: continue\n        exit:255: [CmdLog, "
              "RuntimeRecreate]\n      local_params: {timeout: 2s, retries_limit: 3, "
              "retries_interval: 500ms}\n");
  const auto loaded = files.load();
  const auto& web = loaded.root.children.at(0);
  REQUIRE(web.local.size() == 2);
  CHECK(web.local[0].match == "App\\DomainError");
  CHECK(web.local[1].solvers == std::vector<std::string>{"CmdLog", "RuntimeRecreate"});
  CHECK(web.local_params.timeout == std::chrono::seconds{2});
  CHECK(web.local_params.retries_limit == 3);
  CHECK(web.local_params.retries_interval == std::chrono::milliseconds{500});
}
