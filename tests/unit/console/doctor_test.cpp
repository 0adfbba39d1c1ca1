// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What is said of a machine, one fault at a time.
#include "console/doctor.hpp"

#include <algorithm>
#include <functional>

#include <catch2/catch.hpp>

namespace console = kraken::console;
using console::severity;

namespace {

console::machine_facts healthy_machine() {
  console::machine_facts facts;
  facts.php = console::php_facts{"8.2.35", true, true, false, true, false, "30"};
  facts.native_version = "8.2.30";
  facts.native_php = facts.php;
  facts.open_files = 1'048'576;
  facts.somaxconn = 4'096;
  facts.pidfd = facts.clone3 = true;
  facts.cgroup_unified = facts.cgroup_memory = facts.cgroup_writable = true;
  facts.socket_directory = "/run/kraken";
  facts.socket_state = console::directory_state::ours;
  return facts;
}

struct fault {
  const char* name;
  std::function<void(console::machine_facts&)> make;
  const char* check;
  severity level;
  const char* says;
};

const std::vector<fault>& faults() {
  using facts = console::machine_facts;
  static const std::vector<fault> all{
      {"no php", [](facts& f) { f.php.reset(); }, "php", severity::advice, "only kraken-php"},
      {"nothing that runs PHP",
       [](facts& f) {
         f.php.reset();
         f.native_version.clear();
       },
       "php",
       severity::problem,
       "no php on the PATH"},
      {"no php-msgpack",
       [](facts& f) { f.php->msgpack = false; },
       "msgpack",
       severity::advice,
       "slower"},
      {"no kraken-php",
       [](facts& f) { f.native_version.clear(); },
       "kraken-php",
       severity::advice,
       "not installed"},
      {"kraken-php without its library",
       [](facts& f) { f.native_failure = "libphp8.2.so: cannot open"; },
       "kraken-php",
       severity::problem,
       "libphp8.2.so"},
      {"two PHPs",
       [](facts& f) { f.php->version = "8.3.1"; },
       "kraken-php",
       severity::advice,
       "8.3.1"},
      {"no opcache",
       [](facts& f) { f.native_php->opcache = false; },
       "opcache",
       severity::problem,
       "anew"},
      {"opcache off",
       [](facts& f) { f.native_php->opcache_enabled = false; },
       "opcache",
       severity::problem,
       "off"},
      {"JIT", [](facts& f) { f.native_php->jit = true; }, "jit", severity::advice, "on"},
      {"Xdebug", [](facts& f) { f.php->xdebug = true; }, "xdebug", severity::advice, "slower"},
      {"a time limit in php.ini",
       [](facts& f) { f.native_php->time_limit = "5"; },
       "time-limit",
       severity::advice,
       "max_execution_time = 5"},
      {"few open files",
       [](facts& f) { f.open_files = 1'024; },
       "open-files",
       severity::advice,
       "1024"},
      {"a short backlog",
       [](facts& f) { f.somaxconn = 128; },
       "backlog",
       severity::advice,
       "is 128"},
      {"no pidfd", [](facts& f) { f.pidfd = false; }, "kernel", severity::problem, "pidfd"},
      {"no clone3", [](facts& f) { f.clone3 = false; }, "kernel", severity::advice, "clone3"},
      {"cgroup v1",
       [](facts& f) { f.cgroup_unified = false; },
       "cgroup",
       severity::advice,
       "no cgroup v2"},
      {"no memory controller",
       [](facts& f) { f.cgroup_memory = false; },
       "cgroup",
       severity::advice,
       "memory controller"},
      {"no delegation",
       [](facts& f) { f.cgroup_writable = false; },
       "cgroup",
       severity::advice,
       "not delegated"},
      {"somebody else's directory",
       [](facts& f) { f.socket_state = console::directory_state::foreign; },
       "socket",
       severity::problem,
       "another user"},
      {"an open directory",
       [](facts& f) { f.socket_state = console::directory_state::open; },
       "socket",
       severity::problem,
       "by others"},
      {"everybody's directory",
       [](facts& f) { f.socket_state = console::directory_state::shared; },
       "socket",
       severity::advice,
       "everybody"},
      {"root", [](facts& f) { f.root = true; }, "user", severity::advice, "root"},
  };
  return all;
}

} // namespace

TEST_CASE("a healthy machine has nothing to be told") {
  for (const auto& each : console::diagnose(healthy_machine())) {
    INFO(each.check << ": " << each.found);
    CHECK(each.level == severity::good);
    CHECK(each.hint.empty());
  }
}

TEST_CASE("each fault is told where it belongs, with a hint") {
  for (const auto& one : faults()) {
    INFO(one.name);
    auto facts = healthy_machine();
    one.make(facts);
    const auto all = console::diagnose(facts);
    const auto told = std::ranges::find(all, one.check, &console::finding::check);
    REQUIRE(told != all.end());
    CHECK(told->level == one.level);
    CHECK(told->found.find(one.says) != std::string::npos);
    CHECK_FALSE(told->hint.empty());
  }
}

TEST_CASE("another user's daemon that answers is no fault") {
  auto facts = healthy_machine();
  facts.socket_state = console::directory_state::served;
  for (const auto& each : console::diagnose(facts)) {
    CHECK(each.level == severity::good);
  }
}

TEST_CASE("without kraken-php its settings are no matter") {
  auto facts = healthy_machine();
  facts.native_version.clear();
  facts.native_php.reset();
  for (const auto& each : console::diagnose(facts)) {
    CHECK(each.level != severity::problem);
  }
}

TEST_CASE("findings are lines with their hints below, or JSON") {
  const std::vector<console::finding> findings{
      {"php", severity::good, "php 8.2", ""},
      {"kernel", severity::problem, "it knows\x1b nothing", "another one"}};
  CHECK(console::render_findings(findings, {}) == "php         good     php 8.2\n"
                                                  "kernel      problem  it knows? nothing\n"
                                                  "                     Try: another one\n");
  const console::style colours{.colours = console::paint::ansi};
  CHECK(console::render_findings(findings, colours).find("\x1b[31mproblem\x1b[0m  ") !=
        std::string::npos);
  CHECK(console::to_json(std::span{findings}.first(1)) ==
        R"([{"check":"php","level":"good","found":"php 8.2","hint":""}])");
}
