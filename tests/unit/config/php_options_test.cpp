// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Containers in PHP in a file: what the section `php` hands down, names relative to their file.
#include "unit/config/written_files.hpp"

#include <catch2/catch.hpp>

using namespace kraken;

namespace {

const config::php_options& php_of(const model::child_spec& spec) {
  return values_of<config::php_spec_options>(spec);
}

} // namespace

TEST_CASE("the section php counts for every container in PHP that does not say otherwise") {
  written_files files;
  files.write("kraken.yaml", R"(
php:
  autoload: vendor/autoload.php
  ini: {memory_limit: 64M, display_errors: 0}
  env: {APP: shop}
  user: www-data
  lookup: ['Y\%name%']
root:
  children:
    - id: a
      type: php
      start: Test
    - id: group
      children:
        - id: b
          type: php
          start: \App\Other
          args: {color: red}
          autoload: other.php
          ini: {memory_limit: 1G}
          lookup: ['X\%name%']
)");
  const auto loaded = files.load();
  const auto& standard = loaded.daemon.php;
  CHECK(standard.autoload == files.directory() + "/vendor/autoload.php");
  CHECK(standard.process.cwd == files.directory());
  CHECK(standard.process.user == "www-data");

  const auto& a = loaded.root.children[0];
  CHECK(a.kind == "php");
  CHECK(a.name == "Test");
  CHECK(a.start == std::vector<std::string>{"Test"});
  CHECK(php_of(a).binary == "php");
  CHECK(php_of(a).autoload == files.directory() + "/vendor/autoload.php");
  CHECK(php_of(a).ini ==
        std::map<std::string, std::string>{{"memory_limit", "64M"}, {"display_errors", "0"}});
  CHECK(php_of(a).lookup == std::vector<std::string>{R"(Y\%name%)"});
  CHECK(php_of(a).process.env.at("APP") == "shop");
  CHECK(php_of(a).process.cwd == files.directory());

  const auto& b = loaded.root.children[1].children[0];
  CHECK(b.name == R"(\App\Other)");
  CHECK(b.args.at("color") == "red");
  CHECK(php_of(b).autoload == files.directory() + "/other.php");
  CHECK(php_of(b).ini.at("memory_limit") == "1G");
  CHECK(php_of(b).ini.at("display_errors") == "0");
  CHECK(php_of(b).lookup == std::vector<std::string>{R"(X\%name%)"});
  CHECK(php_of(b).process.user == "www-data");
}

TEST_CASE("what php hands down keeps its place: relative names stay relative to their own file") {
  written_files files;
  files.write("base/php.yaml", "php: {autoload: boot.php, cwd: app}\n");
  files.write("kraken.yaml",
              "root: {children: [{id: a, type: php, name: Test, allow_root: true}]}\n");
  files.request.files = {"base/php.yaml", "kraken.yaml"};
  const auto loaded = files.load();
  const auto& a = php_of(loaded.root.children[0]);
  CHECK(a.autoload == files.directory() + "/base/boot.php");
  CHECK(a.process.cwd == files.directory() + "/base/app");
  CHECK(loaded.root.children[0].start == std::vector<std::string>{"Test"});
}

TEST_CASE("a container in PHP needs one class") {
  const auto [options, expected] = GENERATE(table<std::string, std::string>({
      {"restart: permanent", "a.start: is missing: the name of a class, such as Test"},
      {"start: [A, B]", "a.start: expected one class name; arguments are `args`"},
      {"start: ''", "a.start: is missing: the name of a class, such as Test"},
  }));
  CAPTURE(options);
  written_files files;
  files.write("kraken.yaml",
              "root:\n  children:\n    - id: a\n      type: php\n      " + options + "\n");
  CHECK_THAT(files.mistakes(), Catch::Contains(expected));
}

TEST_CASE("a container in PHP does not run as root unless somebody says so") {
  written_files files;
  files.request.who = config::run_as::root;
  files.write("kraken.yaml", "root: {children: [{id: a, type: php, start: Test}]}\n");
  CHECK_THAT(files.mistakes(), Catch::Contains("would run as root"));
}

TEST_CASE("options of PHP have a fingerprint that follows them") {
  config::php_options one;
  config::php_options other;
  CHECK(config::php_spec_options{one}.fingerprint() ==
        config::php_spec_options{other}.fingerprint());
  other.ini["precision"] = "9";
  CHECK(config::php_spec_options{one}.fingerprint() !=
        config::php_spec_options{other}.fingerprint());
}
